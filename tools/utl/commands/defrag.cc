// tools/utl/commands/defrag.cc: `cairnutl defrag`: gives a stopped member's free pages back to the
// file system.
#include <fmt/format.h>

#include <optional>

#include "gotext/units.h"
#include "offline/defrag.h"
#include "render/human.h"
#include "tools/common/compat_log.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

// Both of etcdutl's lines tell sizes so; the last one also by how much they changed.
void AddSize(const char* name, uint64_t now, std::optional<uint64_t> before,
             std::vector<LogField>* fields) {
  const std::string key(name);
  if (before.has_value()) {
    fields->emplace_back(key + "-bytes-diff", static_cast<int64_t>(now - *before));
  }
  fields->emplace_back(key + "-bytes", now);
  fields->emplace_back(key, FormatSize(now));
}

}  // namespace

cli::Outcome RunDefrag(cli::Invocation& in) {
  const std::string& data_dir = in.String("data-dir");
  const tools::CompatLog log(in, LogFormat::kConsole);
  const std::string db = offline::DbPath(data_dir);
  const int64_t began = SystemClock().MonotonicNanos();
  std::optional<offline::DbUse> before;
  offline::DefragOptions options;
  if (log.on()) {
    options.on_begin = [&](const offline::DbUse& use) {
      before = use;
      std::vector<LogField> fields = {{"path", log.Path(db)}};
      AddSize("current-db-size", use.size_bytes, {}, &fields);
      AddSize("current-db-size-in-use", use.in_use_bytes, {}, &fields);
      log.Info("backend/backend.go:532", "defragmenting", fields);
    };
  }
  const auto result = offline::Defragment(OfflineContext(in), data_dir, options);
  if (!result.ok()) {
    if (absl::IsCancelled(result.status())) return result.status();
    return {cli::ExitCode::kError, fmt::format("Failed to defragment etcd data[{}] ({})", data_dir,
                                               Message(result.status()))};
  }
  if (before.has_value()) {
    std::vector<LogField> fields = {{"path", log.Path(db)}};
    AddSize("current-db-size", result->use_after.size_bytes, before->size_bytes, &fields);
    AddSize("current-db-size-in-use", result->use_after.in_use_bytes, before->in_use_bytes,
            &fields);
    fields.emplace_back("took", FormatDuration(SystemClock().MonotonicNanos() - began));
    log.Info("backend/backend.go:602", "finished defragmenting directory", fields);
  }
  if (result->larger_bytes > 0) {
    in.Note(fmt::format("Kept {}: at {} it is already smaller than a defragmented copy, by {}", db,
                        render::HumanBytes(result->bytes_before),
                        render::HumanBytes(result->larger_bytes)));
  } else {
    in.Note(fmt::format("Defragmented {}: {} -> {}", db, render::HumanBytes(result->bytes_before),
                        render::HumanBytes(result->bytes_after)));
  }
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
          "room for a second copy of the data. A copy that comes out larger is thrown away.")
      .Args(0, SIZE_MAX)
      .Example("{prog} defrag --data-dir /var/lib/etcd", "Of a stopped member.")
      .Exit(cli::ExitCode::kError, "nothing was changed: the reason is on stderr");
  command.String("data-dir", "", "Required. Defragments a data directory not in use by etcd.")
      .Required()
      .Directory();
  command.Run(RunDefrag);
}

}  // namespace cairn::utl
