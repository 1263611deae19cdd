// offline/recover/lines.h: the lines of a recovery plan that a shell runs: members whose names and
// URLs are fit for them, and the commands etcd and etcdctl (or cairnctl) with all flags.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cluster/member.h"
#include "offline/recover/recovery.h"

namespace cairn::offline {

// Where the lines put what they make, and how a plan tells of a member that is rebuilt.
inline constexpr std::string_view kRecoveryOutput = "recovered";
inline constexpr std::string_view kReplacedText =
    "is replaced (`member remove`, `member add`, start)";

// The program over the network that goes with cairnutl or etcdutl.
std::string CtlOf(std::string_view utl);

// "m0, m1 and m2".
std::string Enumerate(const std::vector<std::string>& words);

// Names and URLs come from files that anybody may have written. A name that is empty, or that can't
// be a word of --initial-cluster and the name of a folder, or that two members have, is replaced by
// the member's id; a URL that etcd would not take is left out. `notes` gets what was changed.
void MakeFitForLines(std::vector<cluster::Member>& members, std::vector<std::string>& notes);

// Whether the text can stand in a line as a member's name and as its folder's.
bool IsPlainName(std::string_view name);

// A path as a word of a command, which is never taken for a flag.
std::string QuotePath(const std::string& path);

// NAME=URL,… of all of them.
std::string InitialCluster(const std::vector<cluster::Member>& members);

// One start of a server, with all URLs to listen on and to advertise. Where they are https, the
// line begins with the variables from which etcd takes its certificates: ETCD_CERT_FILE and so on,
// as they are set where it is run; a shell that has not set them refuses the line and says which.
struct EtcdLineParts {
  std::string data_dir;
  std::string wal_dir;  // empty: in the data directory
  std::string flags;    // after these, with a blank at the front
};
std::string EtcdLine(const cluster::Member& member, const EtcdLineParts& parts);

// `ctl` (cairnctl or etcdctl) with the client URLs of `through` as its endpoints, and `words`. With
// https it begins with the variables of the client's certificates.
std::string CtlLine(std::string_view ctl, const std::vector<cluster::Member>& through,
                    std::string_view words);

// Adds `member` with an empty directory to the running cluster of `present`, which it joins.
void AppendAddSteps(std::string_view ctl, const std::vector<cluster::Member>& through,
                    const cluster::Member& member, std::vector<cluster::Member>& present,
                    std::vector<RecoveryPlan::Step>& steps);

}  // namespace cairn::offline
