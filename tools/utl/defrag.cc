// tools/utl/defrag.cc: `cairnutl defrag`: gives a stopped member's free pages back to the file
// system.
#include <fmt/format.h>

#include "offline/defrag.h"
#include "render/human.h"
#include "tools/utl/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

cli::Outcome RunDefrag(cli::Invocation& in) {
  const std::string& data_dir = in.String("data-dir");
  const auto result = offline::Defragment(OfflineContext(in), data_dir);
  if (!result.ok()) {
    if (absl::IsCancelled(result.status())) return result.status();
    return {cli::ExitCode::kError, fmt::format("Failed to defragment etcd data[{}] ({})", data_dir,
                                               Message(result.status()))};
  }
  in.Note(fmt::format("Defragmented {}: {} -> {}", offline::DbPath(data_dir),
                      render::HumanBytes(result->bytes_before),
                      render::HumanBytes(result->bytes_after)));
  for (const std::string& alarm : result->alarms) {
    in.Note(fmt::format("alarm {} is still on: writes stay refused until `etcdctl alarm disarm`",
                        alarm));
  }
  return absl::OkStatus();
}

void AddDefrag(cli::Program& program) {
  cli::Command& command = program.root().Add("defrag", "Defragments the storage of the etcd");
  command
      .Long(
          "Rewrites the db file of a member that is not running, without its free pages. The new\n"
          "file takes the old one's place at the end; until then the old one is not touched. "
          "Needs\n"
          "room for a second copy of the data.")
      .Args(0, SIZE_MAX)
      .Example("{prog} defrag --data-dir /var/lib/etcd", "Of a stopped member.")
      .Exit(cli::ExitCode::kError, "nothing was changed: the reason is on stderr");
  command.String("data-dir", "", "Required. Defragments a data directory not in use by etcd.")
      .Required()
      .Directory();
  command.Run(RunDefrag);
}

}  // namespace cairn::utl
