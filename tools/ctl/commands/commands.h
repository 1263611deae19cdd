// tools/ctl/commands/commands.h: the commands of cairnctl, each in the file of its name or group.
#pragma once

#include "cli/program.h"

namespace cairn::ctl {

void AddPut(cli::Program& program);         // kv.cc
void AddGet(cli::Program& program);         // get.cc
void AddDel(cli::Program& program);         // del.cc
void AddTxn(cli::Program& program);         // txn.cc
void AddComplete(cli::Program& program);    // complete.cc, hidden
void AddCompaction(cli::Program& program);  // kv.cc
void AddWatch(cli::Program& program);       // watch.cc
void AddLease(cli::Program& program);       // lease.cc
void AddLock(cli::Program& program);        // lock.cc
void AddElect(cli::Program& program);       // elect.cc
void AddMakeMirror(cli::Program& program);  // make_mirror.cc
void AddCheck(cli::Program& program);       // check_perf.cc, check_datascale.cc
void AddMember(cli::Program& program);      // member.cc
void AddEndpoint(cli::Program& program);    // endpoint.cc
void AddAlarm(cli::Program& program);       // alarm.cc
void AddDefrag(cli::Program& program);      // defrag.cc
void AddMoveLeader(cli::Program& program);  // move_leader.cc
void AddDowngrade(cli::Program& program);   // downgrade.cc
void AddAuth(cli::Program& program);        // auth.cc
void AddUser(cli::Program& program);        // user.cc
void AddRole(cli::Program& program);        // role.cc
void AddSnapshot(cli::Program& program);    // snapshot_save.cc, deprecated.cc

}  // namespace cairn::ctl
