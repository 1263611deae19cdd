// cli/program.h: a program's commands and flags, declared once. Parsing, --help, man pages and
// completions all come from this tree; flag_parser.h gives CLI11 the flags of the command reached.
//
//   void AddHashKv(cli::Program& program) {
//     auto& command = program.root().Add("hashkv <filename>", "Prints the KV history hash of a
//     file"); command.Long("More than one line, as the man page shows it. {prog} becomes the
//     name.")
//         .Args(1, 1)                                    // "accepts 1 arg(s), received 0", exit 1
//         .ArgKind(cli::ValueKind::kDbFile)              // for completion
//         .Formats({Format::kSimple, Format::kJson})     // -w; others are refused before Run
//         .Example("{prog} hashkv backup.db", "Hash at the latest revision.")
//         .Exit(cli::ExitCode::kError, "the file can't be read");
//     command.Int64("rev", 0, "maximum revision to hash (default: latest revision)");
//     command.String("data-dir", "", "path to the data directory").Required().Directory();
//     command.Run([](cli::Invocation& in) -> cli::Outcome {  // or a lambda that returns Status
//       CAIRN_ASSIGN_OR_RETURN(auto hash, Hash(in.args()[0], in.Int64("rev"), in.progress()));
//       if (in.format() == Format::kJson) return in.Print(ToJson(hash) + "\n");
//       return in.Print(...);      // stdout; a failed write is the outcome
//     });                          // cli::BadArgs("…") is exit 128, cli::Silent(code) says nothing
//   }
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "cli/outcome.h"
#include "render/format.h"

namespace cairn::cli {

using render::Format;

class Command;
class Invocation;
class Program;

enum class FlagType { kBool, kString, kInt64, kUint64, kDuration };

// What a value or a positional argument names; completion offers accordingly.
enum class ValueKind {
  kAny,
  kFile,
  kDbFile,
  kDirectory,
  // Names that only the cluster knows.
  kKey,
  kLease,
  kMember,
  kEndpoint,
  kUser,
  kRole,
};

// One flag of a command. Owned by its command; the setters return the flag, for chaining.
class Flag {
 public:
  Flag& Short(char letter);
  // Absent: `required flag(s) "NAME" not set`, exit code 1.
  Flag& Required();
  // Given more than once, its values are joined by commas instead of the last one counting.
  Flag& Repeats();
  // A list of any texts: each time it is given adds one (Invocation::Strings).
  Flag& List();
  Flag& Directory() { return Kind(ValueKind::kDirectory); }
  Flag& File() { return Kind(ValueKind::kFile); }
  Flag& Kind(ValueKind kind);
  // Offered by completion. With `checked`, any other value is refused when parsed.
  Flag& Choices(std::vector<std::string> values, bool checked);

  const std::string& name() const { return name_; }
  char letter() const { return letter_; }  // 0: none
  FlagType type() const { return type_; }
  const std::string& default_text() const { return default_text_; }
  const std::string& help() const { return help_; }
  bool required() const { return required_; }
  bool repeats() const { return repeats_; }
  char separator() const { return separator_; }  // of the values of one that repeats
  ValueKind kind() const { return kind_; }
  const std::vector<std::string>& choices() const { return choices_; }
  bool checked() const { return checked_; }

 private:
  friend class Command;

  std::string name_, default_text_, help_;
  char letter_ = 0, separator_ = ',';
  FlagType type_ = FlagType::kString;
  bool required_ = false, checked_ = false, repeats_ = false;
  ValueKind kind_ = ValueKind::kAny;
  std::vector<std::string> choices_;
};

struct Example {
  std::string command, text;
};

// What one positional argument names, or the values that it may have.
struct Position {
  ValueKind kind = ValueKind::kAny;
  std::vector<std::string> choices = {};
};

// Subcommands of one purpose, by their names, as help shows them together.
struct CommandGroup {
  std::string title;
  std::vector<std::string> names;
};

// One command, a group of commands, or the root. A group's flags hold for its subcommands too.
// Owned by its parent; references stay valid as long as the Program.
//
// A command that runs may have subcommands besides (`salvage <path>`, `salvage wal <dir>`): a word
// that is exactly the name of one is that one, anything else is an argument, and its flags hold for
// it alone.
class Command {
 public:
  using RunFunction = std::function<Outcome(Invocation&)>;

  // A subcommand. The first word of `use` is its name, the rest says what follows ("restore
  // <filename> --data-dir {output dir} [options]").
  Command& Add(std::string_view use, std::string_view summary);

  Command& Long(std::string_view text);
  // `command` is a whole command line; both may hold {prog}.
  Command& Example(std::string_view command, std::string_view text);
  // A line of the EXIT STATUS section; 0 and "any other error" are there already.
  Command& Exit(ExitCode code, std::string_view meaning);
  Command& Hidden();
  // How many positional arguments. Without a message the error is cobra's, exit code 1, with usage.
  Command& Args(size_t min, size_t max, std::string_view message = {},
                ExitCode code = ExitCode::kError);
  // More arguments than Args() allows are refused under the program's own name alone: etcd's
  // program leaves them aside.
  Command& EtcdIgnoresMore() {
    etcd_ignores_more_ = true;
    return *this;
  }
  // Each argument is of this kind.
  Command& ArgKind(ValueKind kind);
  // The first argument, the second, …; those after them are of no kind.
  Command& ArgKinds(std::vector<Position> positions);
  // The only values that arguments may have (`invalid argument "x" for "etcdutl completion"`).
  Command& ArgChoices(std::vector<std::string> values);
  // The arguments are numbers: -5 is one, and not the flag -5.
  Command& NumberArgs() {
    number_args_ = true;
    return *this;
  }
  // An environment variable, other than those of flags, that the command reads or sets for others.
  Command& Environment(std::string_view name, std::string_view meaning);
  // How help orders the subcommands; those without a group come last.
  Command& Groups(std::vector<CommandGroup> groups);
  // The formats that this command prints; without a call it has one form and ignores -w.
  Command& Formats(std::initializer_list<Format> formats);
  Command& Run(RunFunction run);

  // Flags; `help` begins in lower case and has no full stop. A duration is written as Go writes it
  // ("1m30s"), in the default too.
  Flag& Bool(std::string_view name, bool default_value, std::string_view help);
  Flag& String(std::string_view name, std::string_view default_value, std::string_view help);
  Flag& Int64(std::string_view name, int64_t default_value, std::string_view help);
  Flag& Uint64(std::string_view name, uint64_t default_value, std::string_view help);
  Flag& Duration(std::string_view name, std::string_view default_value, std::string_view help);

  // The tree, for parsing and generators.
  const std::string& name() const { return name_; }
  const std::string& use() const { return use_; }
  const std::string& summary() const { return summary_; }
  const std::string& long_text() const { return long_; }
  const std::vector<cli::Example>& examples() const { return examples_; }
  const std::vector<std::pair<ExitCode, std::string>>& exits() const { return exits_; }
  const std::vector<Format>& formats() const { return formats_; }
  const std::vector<std::string>& arg_choices() const { return arg_choices_; }
  bool etcd_ignores_more() const { return etcd_ignores_more_; }
  bool number_args() const { return number_args_; }
  // What the argument after `count` others names.
  Position position(size_t count) const;
  // How many positions have to be told apart: from the last one on all are the same.
  size_t positions() const;
  const std::vector<std::pair<std::string, std::string>>& environment() const {
    return environment_;
  }
  const std::vector<CommandGroup>& groups() const { return groups_; }
  size_t min_args() const { return min_args_; }
  size_t max_args() const { return max_args_; }
  const std::string& args_message() const { return args_message_; }
  ExitCode args_code() const { return args_code_; }
  bool hidden() const { return hidden_; }
  const RunFunction& run() const { return run_; }
  Command* parent() const { return parent_; }
  // The nearest command above this one whose flags hold here too.
  const Command* flag_parent() const;
  // Subcommands sorted by name; flags of this command alone, sorted by name.
  std::vector<const Command*> commands() const;
  std::vector<const Flag*> flags() const;
  // Flags of all commands above this one, sorted by name.
  std::vector<const Flag*> inherited_flags() const;
  // "etcdutl snapshot restore", where `program_name` is the root's shown name.
  std::string Path(std::string_view program_name) const;

 private:
  friend class Program;
  Command(Command* parent, std::string_view use, std::string_view summary);
  Flag& AddFlag(FlagType type, std::string_view name, std::string default_text,
                std::string_view help);

  Command* parent_;
  std::string name_, use_, summary_, long_;
  std::vector<cli::Example> examples_;
  std::vector<std::pair<ExitCode, std::string>> exits_;
  std::vector<Format> formats_;
  std::vector<std::string> arg_choices_;
  bool etcd_ignores_more_ = false;
  bool number_args_ = false;
  ValueKind arg_kind_ = ValueKind::kAny;
  std::vector<Position> arg_kinds_;  // instead, if there are any
  std::vector<std::pair<std::string, std::string>> environment_;
  std::vector<CommandGroup> groups_;
  size_t min_args_ = 0, max_args_ = SIZE_MAX;
  std::string args_message_;
  ExitCode args_code_ = ExitCode::kError;
  bool hidden_ = false;
  RunFunction run_;
  std::deque<Flag> flags_;
  std::deque<std::unique_ptr<Command>> commands_;
};

// The whole program: the root command and its names.
class Program {
 public:
  // `name` is the program's own name (cairnutl), `compat_name` the one of etcd's that it stands in
  // for (etcdutl): called by that name, it shows that name.
  Program(std::string_view name, std::string_view compat_name, std::string_view summary);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  Command& root() { return *root_; }
  const Command& root() const { return *root_; }

  // -w/--write-out, --progress and --json-errors, which run.h understands, on the root.
  void AddOutputFlags();

  // The root's flags are also read from the environment, as PREFIX_FLAG_NAME. `known` are whole
  // names of other variables that begin so; any further one is warned about.
  void ReadEnvironment(std::string_view prefix, std::vector<std::string> known) {
    environment_prefix_ = prefix;
    environment_known_ = std::move(known);
  }
  const std::string& environment_prefix() const { return environment_prefix_; }
  const std::vector<std::string>& environment_known() const { return environment_known_; }

  // What an error's message becomes before it is told: a program may know what to do about it.
  using ErrorWords = std::function<std::string(const Program&, std::string_view message)>;
  void SetErrorWords(ErrorWords words) { error_words_ = std::move(words); }
  std::string WordsOf(std::string_view message) const {
    return error_words_ ? error_words_(*this, message) : std::string(message);
  }

  // A signal ends each command a moment later, wherever it is: for a program whose commands hold
  // nothing but files in the making (AbandonStages, base/staged_output.h).
  void EndSoonAfterSignal() { ends_soon_after_signal_ = true; }
  bool ends_soon_after_signal() const { return ends_soon_after_signal_; }

  // Chooses the shown name from argv[0].
  void SetShownName(std::string_view argv0);
  const std::string& name() const { return name_; }
  const std::string& shown_name() const { return shown_name_; }
  // Called by etcd's name: nothing is asked and no bar shown then, on a terminal either, as scripts
  // run etcd's tools on pseudo-terminals too.
  bool compat() const { return shown_name_ == compat_name_; }

 private:
  std::string name_, compat_name_, shown_name_;
  std::string environment_prefix_;
  std::vector<std::string> environment_known_;
  ErrorWords error_words_;
  bool ends_soon_after_signal_ = false;
  std::unique_ptr<Command> root_;
};

// One run of a command: its arguments and flags, and where its output goes. Lives while the run
// function runs, on the main thread.
class Invocation {
 public:
  virtual ~Invocation() = default;

  virtual const Program& program() const = 0;
  virtual const Command& command() const = 0;
  virtual const std::vector<std::string>& args() const = 0;
  // How many of args() stood before "--"; nothing when there was none.
  virtual std::optional<size_t> dash() const = 0;

  // The value of a flag of this command or of one above it, the default when it wasn't given. The
  // name and type must be as declared (a CHECK).
  virtual bool Bool(std::string_view name) const = 0;
  virtual const std::string& String(std::string_view name) const = 0;
  virtual int64_t Int64(std::string_view name) const = 0;
  virtual uint64_t Uint64(std::string_view name) const = 0;
  virtual int64_t DurationNanos(std::string_view name) const = 0;
  // The values of a flag that is a List, in the order in which they were given.
  std::vector<std::string> Strings(std::string_view name) const;
  // Whether it was given on the command line.
  virtual bool Changed(std::string_view name) const = 0;

  // -w; kSimple for a command without Formats().
  virtual Format format() const = 0;
  // Whether tables are drawn with box characters: stdout is a terminal that speaks UTF-8, and the
  // program wasn't called by etcd's name.
  virtual bool box_drawing() const = 0;
  // Where the work tells how far it is. Its Update returns an error after Ctrl-C, so that it must
  // be given to all long work, which then cleans up.
  virtual Progress& progress() = 0;

  // Writes to stdout (the bar is erased before), as it is: the newline is the caller's.
  virtual Status Print(std::string_view text) = 0;
  // One line on stderr: something that the operator should know and scripts may ignore.
  // With --json-errors it is {"note":"LINE"}, so that all of stderr is JSON.
  virtual void Note(std::string_view line) = 0;
  // The same for a failure that doesn't end the run at once, or whose line the run's own error
  // won't repeat: with --json-errors it is an error's object.
  virtual void NoteError(std::string_view line, ExitCode /*code*/ = ExitCode::kError) {
    Note(line);
  }
};

}  // namespace cairn::cli
