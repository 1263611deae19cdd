// cli/program.cc: see program.h.
#include "cli/program.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "base/fs.h"
#include "cli/usage.h"
#include "os/standard_streams.h"

namespace cairn::cli {

namespace {

std::string_view FirstWord(std::string_view use) { return use.substr(0, use.find(' ')); }

bool ByName(const Flag* a, const Flag* b) { return a->name() < b->name(); }

// The text of `help [command]`.
Outcome Help(Invocation& in) {
  const Command* command = &in.program().root();
  for (const std::string& word : in.args()) {
    const Command* next = nullptr;
    for (const Command* child : command->commands()) {
      if (child->name() == word) next = child;
    }
    if (next == nullptr) {
      return Outcome(ExitCode::kError, fmt::format("unknown help topic \"{}\"\nRun '{} --help' for "
                                                   "the commands there are.",
                                                   word, in.program().shown_name()));
    }
    command = next;
  }
  return in.Print(HelpText(in.program(), *command, TerminalColumns(StandardStream::kOutput)));
}

}  // namespace

Flag& Flag::Short(char letter) {
  letter_ = letter;
  return *this;
}

Flag& Flag::Repeats() {
  repeats_ = true;
  return *this;
}

Flag& Flag::List() {
  separator_ = '\0';  // in no argument
  return Repeats();
}

Flag& Flag::Required() {
  required_ = true;
  return *this;
}

Flag& Flag::Kind(ValueKind kind) {
  kind_ = kind;
  return *this;
}

Flag& Flag::Choices(std::vector<std::string> values, bool checked) {
  choices_ = std::move(values);
  checked_ = checked;
  return *this;
}

Command::Command(Command* parent, std::string_view use, std::string_view summary)
    : parent_(parent), name_(FirstWord(use)), use_(use), summary_(summary) {}

Command& Command::Add(std::string_view use, std::string_view summary) {
  commands_.emplace_back(new Command(this, use, summary));
  return *commands_.back();
}

Command& Command::Long(std::string_view text) {
  long_ = text;
  return *this;
}

Command& Command::Example(std::string_view command, std::string_view text) {
  examples_.push_back({std::string(command), std::string(text)});
  return *this;
}

Command& Command::Exit(ExitCode code, std::string_view meaning) {
  exits_.emplace_back(code, meaning);
  return *this;
}

Command& Command::Hidden() {
  hidden_ = true;
  return *this;
}

Command& Command::Args(size_t min, size_t max, std::string_view message, ExitCode code) {
  min_args_ = min;
  max_args_ = max;
  args_message_ = message;
  args_code_ = code;
  return *this;
}

Command& Command::ArgKind(ValueKind kind) {
  arg_kind_ = kind;
  arg_kinds_.clear();
  return *this;
}

Command& Command::ArgKinds(std::vector<Position> positions) {
  arg_kinds_ = std::move(positions);
  return *this;
}

Command& Command::Environment(std::string_view name, std::string_view meaning) {
  environment_.emplace_back(name, meaning);
  return *this;
}

Command& Command::Groups(std::vector<CommandGroup> groups) {
  groups_ = std::move(groups);
  return *this;
}

Position Command::position(size_t count) const {
  if (count >= max_args_) return {};
  if (!arg_kinds_.empty()) return count < arg_kinds_.size() ? arg_kinds_[count] : Position{};
  return {arg_kind_, arg_choices_};
}

size_t Command::positions() const {
  if (!arg_kinds_.empty()) return arg_kinds_.size() + 1;
  return max_args_ == SIZE_MAX ? 1 : max_args_ + 1;
}

Command& Command::ArgChoices(std::vector<std::string> values) {
  arg_choices_ = std::move(values);
  return *this;
}

Command& Command::Formats(std::initializer_list<Format> formats) {
  formats_ = formats;
  return *this;
}

Command& Command::Run(RunFunction run) {
  run_ = std::move(run);
  return *this;
}

Flag& Command::AddFlag(FlagType type, std::string_view name, std::string default_text,
                       std::string_view help) {
  Flag& flag = flags_.emplace_back();
  flag.name_ = name;
  flag.type_ = type;
  flag.default_text_ = std::move(default_text);
  flag.help_ = help;
  return flag;
}

Flag& Command::Bool(std::string_view name, bool default_value, std::string_view help) {
  return AddFlag(FlagType::kBool, name, default_value ? "true" : "false", help);
}
Flag& Command::String(std::string_view name, std::string_view default_value,
                      std::string_view help) {
  return AddFlag(FlagType::kString, name, std::string(default_value), help);
}
Flag& Command::Int64(std::string_view name, int64_t default_value, std::string_view help) {
  return AddFlag(FlagType::kInt64, name, std::to_string(default_value), help);
}
Flag& Command::Uint64(std::string_view name, uint64_t default_value, std::string_view help) {
  return AddFlag(FlagType::kUint64, name, std::to_string(default_value), help);
}
Flag& Command::Duration(std::string_view name, std::string_view default_value,
                        std::string_view help) {
  return AddFlag(FlagType::kDuration, name, std::string(default_value), help);
}

std::vector<const Command*> Command::commands() const {
  std::vector<const Command*> sorted;
  for (const auto& command : commands_) sorted.push_back(command.get());
  std::sort(sorted.begin(), sorted.end(),
            [](const Command* a, const Command* b) { return a->name() < b->name(); });
  return sorted;
}

std::vector<const Flag*> Command::flags() const {
  std::vector<const Flag*> sorted;
  for (const Flag& flag : flags_) sorted.push_back(&flag);
  std::sort(sorted.begin(), sorted.end(), ByName);
  return sorted;
}

const Command* Command::flag_parent() const {
  const Command* up = parent_;
  while (up != nullptr && up->parent_ != nullptr && up->run_) up = up->parent_;
  return up;
}

std::vector<const Flag*> Command::inherited_flags() const {
  std::vector<const Flag*> all;
  for (const Command* up = flag_parent(); up != nullptr; up = up->flag_parent()) {
    for (const Flag& flag : up->flags_) all.push_back(&flag);
  }
  std::sort(all.begin(), all.end(), ByName);
  return all;
}

std::string Command::Path(std::string_view program_name) const {
  if (parent_ == nullptr) return std::string(program_name);
  return parent_->Path(program_name) + " " + name_;
}

Program::Program(std::string_view name, std::string_view compat_name, std::string_view summary)
    : name_(name),
      compat_name_(compat_name),
      shown_name_(name),
      root_(new Command(nullptr, name, summary)) {
  root_->Add("help [command]", "Help about any command")
      .Long("Prints what a command does, its flags and examples of its use.")
      .Example("{prog} help", "All commands.")
      .Run(Help);
}

Program::~Program() = default;

void Program::AddOutputFlags() {
  std::vector<std::string> formats = {"fields", "json", "protobuf", "simple", "table"};
  root_
      ->String("write-out", "simple",
               "set the output format (fields, json, protobuf, simple, table)")
      .Short('w')
      .Choices(std::move(formats), false);
  root_
      ->String("progress", "",
               "how progress is shown: bar, plain or none (default: bar on a terminal)")
      .Choices({"bar", "plain", "none"}, true);
  root_->Bool("json-errors", false,
              "print errors as a JSON object on stderr: {\"error\":\"TEXT\",\"exitCode\":1}");
}

void Program::SetShownName(std::string_view argv0) {
  shown_name_ = BaseName(argv0) == compat_name_ ? compat_name_ : name_;
}

std::vector<std::string> Invocation::Strings(std::string_view name) const {
  std::vector<std::string> values;
  if (!Changed(name)) return values;
  std::string_view joined = String(name);
  for (;;) {
    const size_t end = joined.find('\0');
    values.emplace_back(joined.substr(0, end));
    if (end == std::string_view::npos) return values;
    joined.remove_prefix(end + 1);
  }
}

}  // namespace cairn::cli
