// tools/ctl/commands/watch.cc: the command watch.
#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "base/background_thread.h"
#include "client/watcher.h"
#include "gotext/quote.h"
#include "os/environment.h"
#include "os/interrupt.h"
#include "os/subprocess.h"
#include "os/terminal.h"
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/watch.h"
#include "tools/ctl/txn_text.h"
#include "tools/ctl/wait_for_server.h"
#include "tools/ctl/watch_line.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::ExitCode;
using cli::Format;
using cli::Outcome;

WatchKeys KeysOfEnvironment() {
  WatchKeys keys;
  for (const auto& [name, value] : EnvironmentVariables("ETCDCTL_WATCH_")) {
    if (name == "ETCDCTL_WATCH_KEY") keys.key = value;
    if (name == "ETCDCTL_WATCH_RANGE_END") keys.range_end = value;
  }
  return keys;
}

// What runs at the events of each watch, by the watch's number. Thread-safe.
class Commands {
 public:
  void Set(size_t watch, std::vector<std::string> words) {
    const std::lock_guard lock(mutex_);
    if (all_.size() <= watch) all_.resize(watch + 1);
    all_[watch] = std::move(words);
  }
  std::vector<std::string> Of(size_t watch) {
    const std::lock_guard lock(mutex_);
    return watch < all_.size() ? all_[watch] : std::vector<std::string>();
  }

 private:
  std::mutex mutex_;
  std::vector<std::vector<std::string>> all_;
};

// As Go's %q shows a list.
std::string Quoted(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += QuoteGo(word);
  }
  return fmt::format("[{}]", text);
}

// With etcd's variables; what is too large for them stands on stdin.
StatusOr<ProcessEnd> RunForEvent(const std::vector<std::string>& words,
                                 const etcdserverpb::WatchResponse& response,
                                 const mvccpb::Event& event) {
  std::vector<std::string> settings = WatchEnvironment(response, event);
  settings.emplace_back("ETCD_WATCH_VALUE_BYTES");  // not that of a watch that runs this one
  if (std::all_of(settings.begin(), settings.end(),
                  [](const std::string& s) { return s.size() < kMaxSettingBytes; })) {
    auto end = RunProgram(words, settings);
    if (!absl::IsResourceExhausted(end.status())) return end;
  }
  return RunProgram(words, LargeWatchEnvironment(response, event), event.kv().value());
}

// One run after the other, an event each.
Outcome RunCommands(cli::Invocation& in, const std::vector<std::string>& words,
                    const etcdserverpb::WatchResponse& response) {
  if (words.empty()) return absl::OkStatus();
  // The command may take its time; as with etcdctl it is not waited for.
  const OnInterrupt die([] { DieByInterrupt(); });
  for (const mvccpb::Event& event : response.events()) {
    const auto end = RunForEvent(words, response, event);
    if (!CheckInterrupt().ok()) return DieQuietly();
    if (end.ok() && end->ok()) continue;
    in.NoteError(fmt::format("command {} error ({})", Quoted(words),
                             end.ok() ? end->Text() : std::string(Message(end.status()))));
    return cli::Silent(ExitCode::kError);
  }
  return absl::OkStatus();
}

// Tells what the watches see, until one's command fails or `ends_with_watch` and it is over.
Outcome Follow(cli::Invocation& in, client::Watcher& watcher, Commands& commands,
               bool ends_with_watch) {
  WatchPrinter printer(StyleOf(in));
  for (;;) {
    auto answer = watcher.Next();
    if (!answer.ok()) return DieQuietly();
    if (answer->response.canceled()) {
      in.NoteError(fmt::format("watch was canceled ({})", answer->reason), ExitCode::kInterrupted);
    }
    if (!answer->withdrawn) {
      CAIRN_RETURN_IF_ERROR(in.Print(printer.Print(answer->watch, answer->response)));
    }
    Outcome ran = RunCommands(in, commands.Of(answer->watch), answer->response);
    if (!ran.status.ok()) return ran;
    if (ends_with_watch && answer->response.canceled()) {
      return {ExitCode::kInterrupted, "watch is canceled by the server"};
    }
  }
}

// Takes one line of the interactive mode. Not OK: the program ends.
Outcome TakeLine(cli::Invocation& in, const std::string& text, const WatchKeys& keys,
                 client::Watcher& watcher, Commands& commands) {
  const auto words = SplitLine(text);
  if (!words.ok()) return {ExitCode::kInvalidInput, Message(words.status())};
  if (words->empty()) {
    in.Note(fmt::format("Invalid command: {} (watch and progress supported)", text));
    return absl::OkStatus();
  }
  if (words->front() == "progress") {
    watcher.RequestProgress();
    return absl::OkStatus();
  }
  std::string invalid;
  WatchLine line;
  if (words->front() != "watch") {
    invalid = "only support watch";
  } else if (words->size() < 2 && keys.key.empty()) {
    invalid = "command type or key is not provided";
  } else {
    Outcome read = ReadInteractiveWatch(*words, keys, line, invalid, SurplusOf(in));
    if (!read.status.ok()) return read;
  }
  if (!invalid.empty()) {
    in.Note(fmt::format("Invalid command {} ({})", text, invalid));
    return absl::OkStatus();
  }
  // Told before an event of it can come.
  commands.Set(watcher.size(), std::move(line.command));
  watcher.Add(std::move(line.request));
  return absl::OkStatus();
}

Outcome RunInteractive(cli::Invocation& in, client::Client& client, const WatchKeys& keys) {
  client::Watcher watcher(client);
  Commands commands;
  Outcome input = absl::OkStatus();
  Event stop;
  auto reading = BackgroundThread::Start([&] {
    std::string line;
    while (input.status.ok()) {
      const auto more = ReadInputLine(line, stop);
      if (!more.ok() || *more != InputLine::kWhole) {
        input = Outcome(ExitCode::kInvalidInput,
                        fmt::format("error reading watch request line: {}",
                                    more.ok() ? "EOF" : Message(more.status())));
      } else {
        input = TakeLine(in, line, keys, watcher, commands);
      }
    }
    watcher.Stop();
  });
  CAIRN_RETURN_IF_ERROR(reading.status());
  Outcome followed = Follow(in, watcher, commands, false);
  stop.Set();
  reading->reset();
  if (!CheckInterrupt().ok()) return DieQuietly();
  return absl::IsCancelled(followed.status) ? input : followed;
}

Outcome RunWatch(cli::Invocation& in) {
  const WatchKeys keys = KeysOfEnvironment();
  if (keys.key.empty() && !keys.range_end.empty()) {
    return BadArgs(fmt::format("ETCDCTL_WATCH_KEY is empty but got ETCDCTL_WATCH_RANGE_END={}",
                               QuoteGo(keys.range_end)));
  }
  const bool interactive = in.Bool("interactive");
  WatchLine line;
  if (!interactive) {
    const WatchFlags flags{in.Bool("prefix"), in.Bool("prev-kv"), in.Bool("progress-notify"),
                           in.Int64("rev")};
    const auto read = ReadWatch(in.args(), in.dash(), flags, keys, SurplusOf(in));
    if (!read.ok()) return BadArgs(Message(read.status()));
    line = *read;
  }
  Connection connection = ConnectAndWait(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  if (interactive) return RunInteractive(in, *connection.client, keys);
  client::Watcher watcher(*connection.client);
  Commands commands;
  commands.Set(watcher.Add(std::move(line.request)), std::move(line.command));
  return Follow(in, watcher, commands, true);
}

}  // namespace

void AddWatch(cli::Program& program) {
  cli::Command& watch = program.root().Add(
      "watch [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]",
      "Watches events stream on keys or prefixes");
  watch
      .Long(
          "Prints each change of a key, of the keys from KEY up to (and without) RANGE_END, or of\n"
          "those with a prefix, as it happens or from --rev on. When the connection breaks, it "
          "goes\n"
          "on at another endpoint after the last change that it printed.\n"
          "\n"
          "A command behind \"--\" runs once for each change, with ETCD_WATCH_REVISION,\n"
          "ETCD_WATCH_EVENT_TYPE, ETCD_WATCH_KEY and ETCD_WATCH_VALUE in its environment (all but\n"
          "the first as quoted Go strings); when it fails, the watch ends. A value that is too\n"
          "large for an environment (from 128 KiB on, quoted) is given on its standard input\n"
          "instead, as it is: then ETCD_WATCH_VALUE is not set and ETCD_WATCH_VALUE_BYTES is.\n"
          "\n"
          "With --interactive, standard input has a watch a line: \"watch [options] KEY\n"
          "[RANGE_END] [-- COMMAND]\"; the line \"progress\" asks up to which revision all is "
          "told.\n"
          "\n"
          "ETCDCTL_WATCH_KEY and ETCDCTL_WATCH_RANGE_END stand for KEY and RANGE_END.")
      .ArgKinds({{cli::ValueKind::kKey}, {cli::ValueKind::kKey}})
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Example("{prog} watch /config/ --prefix", "All below /config/.")
      .Example("{prog} watch /jobs --rev=1000 --prev-kv", "From revision 1000 on, with old values.")
      .Example("{prog} watch /config/app -- systemctl reload app", "A command for each change.")
      .Environment("ETCDCTL_WATCH_KEY, ETCDCTL_WATCH_RANGE_END",
                   "the key and the end of the range, where the command line has none")
      .Environment("ETCD_WATCH_*", "set for the command that runs for each change, see above")
      .Exit(ExitCode::kInvalidInput, "standard input of --interactive ended")
      .Exit(ExitCode::kBadFeature, "the answer has no such output format")
      .Exit(ExitCode::kInterrupted,
            "the server ended the watch: its revision was compacted away, or it isn't permitted")
      .Exit(ExitCode::kBadArgs, "the arguments make no sense; nothing was sent")
      .Run(RunWatch);
  AddWatchFlags(watch);
}

}  // namespace cairn::ctl
