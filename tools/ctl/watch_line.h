// tools/ctl/watch_line.h: the words of a watch: which keys, how, and what runs at each event.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/program.h"
#include "etcdserverpb.pb.h"
#include "tools/ctl/surplus.h"

namespace cairn::ctl {

// --prefix, --rev, --prev-kv, --progress-notify and --interactive.
void AddWatchFlags(cli::Command& command);

// ETCDCTL_WATCH_KEY and ETCDCTL_WATCH_RANGE_END; empty when not set.
struct WatchKeys {
  std::string key, range_end;
};

struct WatchLine {
  etcdserverpb::WatchCreateRequest request;
  std::vector<std::string> command;  // after "--"; empty: none
};

struct WatchFlags {
  bool prefix = false, prev_kv = false, progress_notify = false;
  int64_t rev = 0;
};

// `args` are the words but for flags, of which `dash` stood before a "--". Errors: for exit code
// 128, etcdctl's texts.
StatusOr<WatchLine> ReadWatch(const std::vector<std::string>& args, std::optional<size_t> dash,
                              const WatchFlags& flags, const WatchKeys& keys,
                              Surplus surplus = Surplus::kRefused);

// A line of the interactive mode, split into words, the first of which is "watch". The outcome is
// an error that ends the program (exit code 128), or OK; `invalid` is why the line was not taken.
cli::Outcome ReadInteractiveWatch(const std::vector<std::string>& words, const WatchKeys& keys,
                                  WatchLine& line, std::string& invalid,
                                  Surplus surplus = Surplus::kRefused);

}  // namespace cairn::ctl
