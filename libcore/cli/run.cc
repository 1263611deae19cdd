// cli/run.cc: see run.h.
#include "cli/run.h"

#include <algorithm>
#include <exception>
#include <new>
#include <optional>

#include <fmt/format.h>

#include "absl/strings/match.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/staged_output.h"
#include "cli/arguments.h"
#include "cli/environment.h"
#include "cli/file_advice.h"
#include "cli/hints.h"
#include "cli/usage.h"
#include "gotext/number.h"
#include "gotext/quote.h"
#include "gotext/units.h"
#include "os/environment.h"
#include "os/interrupt.h"
#include "os/standard_streams.h"
#include "render/json.h"
#include "render/progress_bar.h"

namespace cairn::cli {

namespace {

// Nothing can be done when stderr is gone.
void WriteError(std::string_view text) { (void)WriteStandard(StandardStream::kError, text); }
// What may hold the words of a file, a server or the command line.
void WriteErrorLines(std::string_view text) { WriteError(PrintableLines(text)); }

// Set by --json-errors or its variable as soon as the words are there: an error of theirs is told
// so too.
bool g_json_errors = false;

void PrintError(std::string_view message, int code) {
  if (g_json_errors) {
    render::JsonWriter json;
    json.BeginObject().Field("error", message).Field("exitCode", code).EndObject();
    WriteError(json.text() + "\n");
    return;
  }
  WriteErrorLines(fmt::format("Error: {}\n", message));
}

// A guess at what the words will turn out to say.
bool AsksForJsonErrors(const Program& program, const std::vector<std::string>& words) {
  constexpr std::string_view kFlag = "--json-errors";
  bool asks = EnvironmentSets(program, kFlag.substr(2));
  for (const std::string_view word : words) {
    if (word == "--") break;
    if (word == kFlag) {
      asks = true;
    } else if (word.starts_with(kFlag) && word[kFlag.size()] == '=') {
      asks = ParseGoBool(word.substr(kFlag.size() + 1)).value_or(false);
    }
  }
  return asks;
}

// Time for a command to see the signal and to stop by itself.
constexpr int kMillisAfterSignal = 100;

// For one that didn't: it sorts, hashes or waits for a disk.
void EndByInterrupt() {
  if (!AbandonStages()) return;
  if (IsTerminal(StandardStream::kError)) WriteError(render::kEraseLine);  // a bar
  PrintError("interrupted", static_cast<int>(ExitCode::kError));
  DieByInterrupt();
}

class Running : public Invocation {
 public:
  Running(const Program& program, const Arguments& arguments)
      : program_(program), arguments_(arguments) {}

  // Of the command's flags, those that were given, here or in the environment.
  void set_flags(GivenFlags flags) { flags_ = std::move(flags); }
  const GivenFlags& flags() const { return flags_; }

  const Program& program() const override { return program_; }
  const Command& command() const override { return *arguments_.command; }
  const std::vector<std::string>& args() const override { return arguments_.args; }
  std::optional<size_t> dash() const override { return arguments_.dash; }

  bool Bool(std::string_view name) const override {
    return ParseGoBool(ValueOf(flags_, Find(name, FlagType::kBool))).value();
  }
  const std::string& String(std::string_view name) const override {
    return ValueOf(flags_, Find(name, FlagType::kString));
  }
  int64_t Int64(std::string_view name) const override {
    return ParseGoInt64(ValueOf(flags_, Find(name, FlagType::kInt64))).value();
  }
  uint64_t Uint64(std::string_view name) const override {
    return ParseGoUint64(ValueOf(flags_, Find(name, FlagType::kUint64))).value();
  }
  int64_t DurationNanos(std::string_view name) const override {
    return ParseDuration(ValueOf(flags_, Find(name, FlagType::kDuration))).value();
  }
  bool Changed(std::string_view name) const override {
    const Flag* flag = Look(name);
    CAIRN_CHECK(flag != nullptr);
    return IsGiven(flags_, *flag);
  }

  Format format() const override { return format_; }
  void set_format(Format format) { format_ = format; }
  bool box_drawing() const override {
    return !program_.compat() && IsTerminal(StandardStream::kOutput) && LocaleIsUtf8();
  }

  bool TellsJsonErrors() const { return Look("json-errors") != nullptr && Bool("json-errors"); }

  Progress& progress() override {
    // Asked for by whatever may take long.
    if (program_.ends_soon_after_signal() && !deadline_.has_value()) {
      deadline_.emplace(EndByInterrupt, kMillisAfterSignal);
    }
    if (!progress_.has_value()) {
      progress_.emplace(Mode(), TerminalColumns(StandardStream::kError), SystemClock(), WriteError);
    }
    return *progress_;
  }
  void EndDeadline() { deadline_.reset(); }
  void FinishProgress() {
    if (progress_.has_value()) progress_->Finish();
  }

  Status Print(std::string_view text) override {
    FinishProgress();
    Status status = WriteStandard(StandardStream::kOutput, text);
    broken_pipe_ = broken_pipe_ || absl::IsFailedPrecondition(status);
    return status;
  }
  bool broken_pipe() const { return broken_pipe_; }

  void Note(std::string_view line) override {
    FinishProgress();
    if (g_json_errors) {
      render::JsonWriter json;
      json.BeginObject().Field("note", line).EndObject();
      WriteError(json.text() + "\n");
    } else {
      WriteErrorLines(fmt::format("{}\n", line));
    }
  }

  void NoteError(std::string_view line, ExitCode code) override {
    if (!g_json_errors) return Note(line);
    FinishProgress();
    PrintError(line, static_cast<int>(code));
  }

 private:
  const Flag* Look(std::string_view name) const { return FindFlag(*arguments_.command, name); }
  const Flag& Find(std::string_view name, FlagType type) const {
    const Flag* flag = Look(name);
    CAIRN_CHECK(flag != nullptr && flag->type() == type);
    return *flag;
  }

  render::ProgressMode Mode() const {
    const Flag* flag = Look("progress");
    const std::string_view mode = flag == nullptr ? "" : std::string_view(ValueOf(flags_, *flag));
    if (mode == "bar") return render::ProgressMode::kBar;
    if (mode == "plain") return render::ProgressMode::kPlain;
    // What reads the terminal of etcd's tool (ssh -tt, expect) finds nothing there that it has not.
    if (program_.compat()) return render::ProgressMode::kNone;
    if (mode.empty() && IsTerminal(StandardStream::kError) && !g_json_errors) {
      return render::ProgressMode::kBar;
    }
    return render::ProgressMode::kNone;
  }

  const Program& program_;
  const Arguments& arguments_;
  GivenFlags flags_;
  Format format_ = Format::kSimple;
  std::optional<render::ProgressBar> progress_;
  std::optional<OnInterrupt> deadline_;
  bool broken_pipe_ = false;
};

// Refuses a format that the command doesn't print before any work is done.
Outcome ChooseFormat(Running& running) {
  const std::vector<Format>& known = running.command().formats();
  if (known.empty()) return absl::OkStatus();
  const std::string& name = running.String("write-out");
  const std::optional<Format> format = render::ParseFormat(name);
  if (!format.has_value()) return {ExitCode::kBadFeature, "unsupported output format"};
  if (std::find(known.begin(), known.end(), *format) == known.end()) {
    return {ExitCode::kBadFeature, fmt::format("{} not supported as output format", name)};
  }
  running.set_format(*format);
  return absl::OkStatus();
}

// The error last and two lines at most, as on a small screen a usage text would push it away.
int Report(const UsageError& error) {
  PrintError(error.message, static_cast<int>(error.code));
  if (!g_json_errors && !error.hint.empty()) WriteErrorLines(error.hint + "\n");
  return static_cast<int>(error.code);
}

// What to say below a command's own complaint about a value out of a short list: `--order ascnd`.
std::string MistypedChoice(const Command& command, const GivenFlags& flags) {
  for (const auto& [flag, value] : flags) {
    const std::vector<std::string> choices =
        flag->name() == "write-out" ? FormatNames(command) : flag->choices();
    const auto same = [&, &given = value](const std::string& choice) {
      return absl::EqualsIgnoreCase(choice, given);
    };
    if (choices.empty() || value.empty() || std::any_of(choices.begin(), choices.end(), same))
      continue;
    return ChoiceHint(value, choices);
  }
  return "";
}

int Run(const Program& program, const std::vector<std::string>& words,
        std::string_view denied_advice) {
  g_json_errors = AsksForJsonErrors(program, words);
  const auto read = ReadArguments(program, words);
  if (const auto* error = std::get_if<UsageError>(&read)) return Report(*error);
  const auto& arguments = std::get<Arguments>(read);

  Running running(program, arguments);
  Outcome outcome = absl::OkStatus();
  if (arguments.help) {
    outcome = running.Print(
        HelpText(program, *arguments.command, TerminalColumns(StandardStream::kOutput)));
  } else {
    EnvironmentFlags environment = ReadEnvironmentFlags(program, arguments);
    for (const std::string& notice : environment.notices) running.Note(notice);
    GivenFlags flags = std::move(environment.flags);
    flags.insert(flags.end(), arguments.flags.begin(), arguments.flags.end());
    running.set_flags(std::move(flags));
    g_json_errors = running.TellsJsonErrors();
    outcome = ChooseFormat(running);
    if (outcome.status.ok()) {
      CatchInterrupts();
      outcome = arguments.command->run()(running);
      running.EndDeadline();
    }
  }
  running.FinishProgress();
  if (running.broken_pipe() && !BrokenPipeIsOrdinaryError()) DieByBrokenPipe();
  if (running.broken_pipe() && outcome.status.ok()) {
    outcome = {ExitCode::kError, "write /dev/stdout: broken pipe"};
  }
  if (outcome.status.ok()) return 0;
  if (!Message(outcome.status).empty()) {
    std::string message = program.WordsOf(Message(outcome.status));
    if (!program.compat()) message += FileAdvice(message, denied_advice, RunsAsRoot());
    PrintError(message, static_cast<int>(outcome.code));
    if (outcome.code == ExitCode::kBadArgs || outcome.code == ExitCode::kBadFeature) {
      const std::string hint = MistypedChoice(*arguments.command, running.flags());
      if (!g_json_errors && !hint.empty()) WriteErrorLines(hint + "\n");
    }
  } else if (g_json_errors && !outcome.json_only.empty()) {
    PrintError(outcome.json_only, static_cast<int>(outcome.code));
  }
  // Only a command that stopped because of the signal: one that failed by itself tells its code.
  if (InterruptSignal() != 0 && absl::IsCancelled(outcome.status)) DieByInterrupt();
  return static_cast<int>(outcome.code);
}

}  // namespace

int RunMain(int argc, char** argv, const std::function<std::unique_ptr<Program>()>& make,
            std::string_view denied_advice) {
  PrepareStandardStreams();
  try {
    // Never taken apart: the process ends with the run.
    static Program* const program = make().release();
    program->SetShownName(argc > 0 ? argv[0] : "");
    return Run(*program, std::vector<std::string>(argv + std::min(argc, 1), argv + argc),
               denied_advice);
  } catch (const std::bad_alloc&) {
    PrintError("out of memory", static_cast<int>(ExitCode::kError));
  } catch (const std::exception& error) {
    PrintError(fmt::format("internal error: {}", error.what()), static_cast<int>(ExitCode::kError));
  }
  return static_cast<int>(ExitCode::kError);
}

}  // namespace cairn::cli
