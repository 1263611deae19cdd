// tools/ctl/main.cc: cairnctl: what an operator does to a running cluster.
#include <malloc.h>

#include <cstdlib>

#include "cli/run.h"
#include "tools/common/commands.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/connection.h"
#include "tools/ctl/space_advice.h"

namespace {

std::unique_ptr<cairn::cli::Program> MakeProgram() {
  auto program = std::make_unique<cairn::cli::Program>("cairnctl", "etcdctl",
                                                       "A simple command line client for etcd3.");
  program->root()
      .Long(
          "Talks to clusters of etcd 3.4 to 3.7 and of cairnd. Global options can also be set in\n"
          "the environment: ETCDCTL_ENDPOINTS for --endpoints, and so on.")
      .Example("{prog} get /registry/pods --prefix --keys-only", "The keys of all pods.")
      .Example("{prog} --endpoints=https://10.0.0.1:2379 endpoint status -w table",
               "How a member is.");
  program->SetErrorWords(cairn::ctl::WithSpaceAdvice);
  cairn::ctl::AddConnectionFlags(*program);
  program->AddOutputFlags();
  cairn::ctl::AddAlarm(*program);
  cairn::ctl::AddAuth(*program);
  cairn::ctl::AddCheck(*program);
  cairn::ctl::AddCompaction(*program);
  cairn::ctl::AddComplete(*program);
  cairn::ctl::AddDefrag(*program);
  cairn::ctl::AddDel(*program);
  cairn::ctl::AddDowngrade(*program);
  cairn::ctl::AddElect(*program);
  cairn::ctl::AddEndpoint(*program);
  cairn::ctl::AddGet(*program);
  cairn::ctl::AddLease(*program);
  cairn::ctl::AddLock(*program);
  cairn::ctl::AddMakeMirror(*program);
  cairn::ctl::AddMember(*program);
  cairn::ctl::AddMoveLeader(*program);
  cairn::ctl::AddPut(*program);
  cairn::ctl::AddRole(*program);
  cairn::ctl::AddSnapshot(*program);
  cairn::ctl::AddTxn(*program);
  cairn::ctl::AddUser(*program);
  cairn::ctl::AddWatch(*program);
  cairn::tools::AddOptions(*program);
  cairn::tools::AddVersion(*program);
  cairn::tools::AddCompletion(*program);
  program->root().Groups({
      {"Key-value commands", {"get", "put", "del", "txn", "watch", "lease", "compaction"}},
      {"Cluster maintenance commands",
       {"endpoint", "member", "snapshot", "alarm", "defrag", "move-leader", "downgrade"}},
      {"Concurrency commands", {"lock", "elect"}},
      {"Authentication commands", {"auth", "user", "role"}},
      {"Utility commands", {"check", "make-mirror", "completion", "help", "options", "version"}},
  });
  return program;
}

}  // namespace

int main(int argc, char** argv) {
  // What a stream frees it takes again at once: giving it back to the kernel each time took a tenth
  // of a snapshot's CPU.
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
  // Ends at once: taking gRPC's threads and connections down in good order takes longer than a put.
  std::_Exit(cairn::cli::RunMain(argc, argv, MakeProgram,
                                 "run as root, or as the user that it belongs to"));
}
