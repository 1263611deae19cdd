// tools/utl/main.cc: cairnutl: what an operator does to etcd's files, without a server.
#include "cli/run.h"
#include "tools/common/commands.h"
#include "tools/utl/commands/commands.h"

namespace {

std::unique_ptr<cairn::cli::Program> MakeProgram() {
  auto program = std::make_unique<cairn::cli::Program>(
      "cairnutl", "etcdutl", "An administrative command line tool for etcd's data");
  program->root()
      .Long(
          "Works on the files of etcd 3.4 to 3.7: snapshots, data directories and db files. No\n"
          "server is needed, and none may be running on the files that a command changes.")
      .Example("{prog} snapshot status backup.db -w table", "What a snapshot holds.");
  program->root().Duration(
      "timeout", "10s", "time to wait to obtain a file lock on db file, 0 to block indefinitely");
  program->AddOutputFlags();
  program->EndSoonAfterSignal();
  cairn::utl::AddBackup(*program);
  cairn::utl::AddBbolt(*program);
  cairn::utl::AddCheck(*program);
  cairn::utl::AddDefrag(*program);
  cairn::utl::AddDiff(*program);
  cairn::utl::AddHashKv(*program);
  cairn::utl::AddInspect(*program);
  cairn::utl::AddMigrate(*program);
  cairn::utl::AddRecover(*program);
  cairn::utl::AddSalvage(*program);
  cairn::utl::AddSnapshot(*program);
  cairn::utl::AddVerify(*program);
  cairn::tools::AddOptions(*program);
  cairn::tools::AddVersion(*program);
  cairn::tools::AddCompletion(*program);
  program->root().Groups({
      {"Backup and restore commands", {"snapshot", "backup"}},
      {"Commands for what is lost or damaged", {"recover", "salvage", "verify"}},
      {"Maintenance commands", {"defrag", "migrate", "check"}},
      {"Commands that look into files", {"inspect", "diff", "hashkv", "bbolt"}},
      {"Utility commands", {"completion", "help", "options", "version"}},
  });
  return program;
}

}  // namespace

int main(int argc, char** argv) {
  return cairn::cli::RunMain(argc, argv, MakeProgram, "run as root or as the server's user");
}
