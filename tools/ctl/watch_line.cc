// tools/ctl/watch_line.cc: see watch_line.h.
#include "tools/ctl/watch_line.h"

#include <memory>

#include <fmt/format.h>

#include "gotext/quote.h"

#include "cli/arguments.h"
#include "client/key_prefix.h"
#include "gotext/number.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::Outcome;

constexpr const char* kBadNumber = "bad number of arguments";

// What a line of the interactive mode may hold.
const cli::Program& Lines() {
  static const std::unique_ptr<cli::Program> program = [] {
    auto made = std::make_unique<cli::Program>("watch", "watch", "");
    AddWatchFlags(made->root().Add("watch", "Watches").Run([](cli::Invocation&) -> Outcome {
      return absl::OkStatus();
    }));
    return made;
  }();
  return *program;
}

StatusOr<std::vector<std::string>> KeyWords(const std::vector<std::string>& args,
                                            std::optional<size_t> dash, const WatchKeys& keys,
                                            Surplus surplus) {
  if (dash.has_value() && *dash == args.size()) {
    return absl::InvalidArgumentError(
        "bad number of arguments (found separator --, but no commands)");
  }
  std::vector<std::string> words(args.begin(),
                                 args.begin() + static_cast<ptrdiff_t>(dash.value_or(args.size())));
  if (!keys.key.empty()) {
    if (!words.empty()) {
      return absl::InvalidArgumentError(
          "bad number of arguments (found conflicting environment key)");
    }
    words.push_back(keys.key);
    if (!keys.range_end.empty()) words.push_back(keys.range_end);
  }
  if (words.empty()) return absl::InvalidArgumentError(kBadNumber);
  if (words.size() > 2 && surplus == Surplus::kRefused) {
    return absl::InvalidArgumentError(
        fmt::format("{} (watch takes a key and one range end: {} is too many; a command stands "
                    "after --)",
                    kBadNumber, QuoteGo(words[2])));
  }
  return words;
}

WatchFlags FlagsOf(const cli::Arguments& arguments) {
  WatchFlags flags;
  for (const auto& [flag, value] : arguments.flags) {
    const bool on = ParseGoBool(value).value_or(false);
    if (flag->name() == "prefix") flags.prefix = on;
    if (flag->name() == "prev-kv") flags.prev_kv = on;
    if (flag->name() == "progress-notify") flags.progress_notify = on;
    if (flag->name() == "rev") flags.rev = ParseGoInt64(value).value_or(0);
  }
  return flags;
}

StatusOr<etcdserverpb::WatchCreateRequest> Request(const std::vector<std::string>& words,
                                                   const WatchFlags& flags) {
  etcdserverpb::WatchCreateRequest request;
  request.set_key(words[0]);
  if (words.size() == 2) {
    if (flags.prefix) {
      return absl::FailedPreconditionError("`range_end` and `--prefix` are mutually exclusive");
    }
    request.set_range_end(words[1]);
  }
  if (flags.prefix) client::SetPrefixRange(words[0], request);
  request.set_start_revision(flags.rev);
  request.set_prev_kv(flags.prev_kv);
  request.set_progress_notify(flags.progress_notify);
  return request;
}

}  // namespace

void AddWatchFlags(cli::Command& command) {
  command.Bool("interactive", false, "interactive mode").Short('i');
  command.Bool("prefix", false, "watch on a prefix if prefix is set");
  command.Int64("rev", 0, "revision to start watching");
  command.Bool("prev-kv", false, "get the previous key-value pair before the event happens");
  command.Bool("progress-notify", false, "get periodic watch progress notification from server");
}

StatusOr<WatchLine> ReadWatch(const std::vector<std::string>& args, std::optional<size_t> dash,
                              const WatchFlags& flags, const WatchKeys& keys, Surplus surplus) {
  CAIRN_ASSIGN_OR_RETURN(const auto words, KeyWords(args, dash, keys, surplus));
  WatchLine line;
  CAIRN_ASSIGN_OR_RETURN(line.request, Request(words, flags));
  if (dash.has_value()) {
    line.command.assign(args.begin() + static_cast<ptrdiff_t>(*dash), args.end());
  }
  return line;
}

Outcome ReadInteractiveWatch(const std::vector<std::string>& words, const WatchKeys& keys,
                             WatchLine& line, std::string& invalid, Surplus surplus) {
  const auto read = cli::ReadArguments(Lines(), words);
  if (const auto* error = std::get_if<cli::UsageError>(&read)) return BadArgs(error->message);
  const auto& arguments = std::get<cli::Arguments>(read);
  if (arguments.help) return BadArgs("pflag: help requested");
  const auto watch = ReadWatch(arguments.args, arguments.dash, FlagsOf(arguments), keys, surplus);
  if (watch.ok()) {
    line = *watch;
    return absl::OkStatus();
  }
  // etcdctl goes on after this one, and after no other.
  if (!absl::IsFailedPrecondition(watch.status())) return BadArgs(Message(watch.status()));
  invalid = Message(watch.status());
  return absl::OkStatus();
}

}  // namespace cairn::ctl
