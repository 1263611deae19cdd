// tools/ctl/txn_text.cc: see txn_text.h.
#include "tools/ctl/txn_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <variant>

#include "cli/arguments.h"
#include "gotext/number.h"
#include "gotext/quote.h"
#include "tools/ctl/kv_requests.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Outcome;
using etcdserverpb::Compare;

constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::string_view SkipBlanks(std::string_view text) {
  const size_t at = text.find_first_not_of(kBlanks);
  return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

// `"key") op "value"`, as far as it can be read.
struct Parts {
  std::string key, op, value, rest;
  bool whole = false;
};

Parts ReadParts(std::string_view text) {
  Parts parts;
  size_t used = 0;
  const auto key = UnquoteGo(SkipBlanks(text), used);
  if (!key.has_value()) return parts;
  parts.key = *key;
  text = SkipBlanks(text).substr(used);
  if (!text.starts_with(')')) return parts;
  text = SkipBlanks(text.substr(1));
  const size_t end = std::min(text.find_first_of(kBlanks), text.size());
  parts.op = text.substr(0, end);
  if (parts.op.empty()) return parts;
  text = SkipBlanks(text.substr(end));
  const auto value = UnquoteGo(text, used);
  if (!value.has_value()) return parts;
  parts.value = *value;
  parts.rest = SkipBlanks(text.substr(used));
  parts.whole = true;
  return parts;
}

// A small program of three commands, so that a line is read as the program's own words are.
const cli::Program& LineCommands() {
  static const std::unique_ptr<cli::Program> program = [] {
    auto made = std::make_unique<cli::Program>("txn", "txn", "");
    // What runs is a command; what doesn't would be a group.
    const auto nothing = [](cli::Invocation&) { return Outcome(absl::OkStatus()); };
    AddPutFlags(made->root().Add("put", "").Run(nothing));
    AddGetFlags(made->root().Add("get", "").Run(nothing));
    AddDelFlags(made->root().Add("del", "").Run(nothing));
    return made;
  }();
  return *program;
}

class LineWords : public Words {
 public:
  LineWords(const cli::Arguments& arguments, Surplus surplus)
      : arguments_(arguments), surplus_(surplus) {}
  const std::vector<std::string>& args() const override { return arguments_.args; }
  bool Bool(std::string_view name) const override { return *ParseGoBool(String(name)); }
  int64_t Int64(std::string_view name) const override { return *ParseGoInt64(String(name)); }
  const std::string& String(std::string_view name) const override {
    for (auto at = arguments_.flags.rbegin(); at != arguments_.flags.rend(); ++at) {
      if (at->first->name() == name) return at->second;
    }
    const std::vector<const cli::Flag*> flags = arguments_.command->flags();
    return (*std::find_if(flags.begin(), flags.end(),
                          [&](const cli::Flag* flag) { return flag->name() == name; }))
        ->default_text();
  }

  Surplus surplus() const override { return surplus_; }

 private:
  const cli::Arguments& arguments_;
  const Surplus surplus_;
};

}  // namespace

StatusOr<Compare> ParseCompare(std::string_view line, Surplus surplus) {
  const auto malformed = [&](std::string_view rest) {
    return absl::InvalidArgumentError(fmt::format("malformed comparison: {}{}", line, rest));
  };
  const size_t open = line.find('(');
  if (open == std::string_view::npos) return malformed("");
  const std::string_view target = line.substr(0, open);
  const Parts parts = ReadParts(line.substr(open + 1));
  if (!parts.whole) {
    return malformed(fmt::format("; got {}({}) {} {}", target, QuoteGo(parts.key), parts.op,
                                 QuoteGo(parts.value)));
  }
  if (!parts.rest.empty() && surplus == Surplus::kRefused) {
    return malformed(fmt::format(" (nothing may follow the value, got {})", QuoteGo(parts.rest)));
  }
  Compare compare;
  compare.set_key(parts.key);
  if (parts.op == "=") {
    compare.set_result(Compare::EQUAL);
  } else if (parts.op == "!=") {
    compare.set_result(Compare::NOT_EQUAL);
  } else if (parts.op == ">") {
    compare.set_result(Compare::GREATER);
  } else if (parts.op == "<") {
    compare.set_result(Compare::LESS);
  } else {
    return malformed(fmt::format(" (unknown result op {}: it must be =, !=, > or <)", parts.op));
  }
  if (target == "val" || target == "value") {
    compare.set_target(Compare::VALUE);
    compare.set_value(parts.value);
    return compare;
  }
  const bool lease = target == "lease";
  const auto number = ParseGoInt64(parts.value, lease ? 16 : 10);
  if (target == "ver" || target == "version") {
    compare.set_target(Compare::VERSION);
  } else if (target == "c" || target == "create") {
    compare.set_target(Compare::CREATE);
  } else if (target == "m" || target == "mod") {
    compare.set_target(Compare::MOD);
  } else if (lease) {
    compare.set_target(Compare::LEASE);
  } else {
    return malformed(fmt::format(" (unknown target {})", target));
  }
  if (!number.ok()) {
    return absl::InvalidArgumentError(fmt::format("invalid txn compare request: {}", line));
  }
  switch (compare.target()) {
    case Compare::VERSION:
      compare.set_version(*number);
      break;
    case Compare::CREATE:
      compare.set_create_revision(*number);
      break;
    case Compare::MOD:
      compare.set_mod_revision(*number);
      break;
    default:
      compare.set_lease(*number);
  }
  return compare;
}

StatusOr<std::vector<std::string>> SplitLine(std::string_view line) {
  std::vector<std::string> words;
  while (!(line = SkipBlanks(line)).empty()) {
    if (line[0] == '"') {
      size_t used = 0;
      const auto text = UnquoteGo(line, used);
      if (!text.has_value()) {
        return absl::InvalidArgumentError(fmt::format("the quotes don't end well: {}", line));
      }
      words.push_back(*text);
      line.remove_prefix(used);
    } else if (line[0] == '\'') {
      const size_t end = line.find('\'', 1);
      if (end == std::string_view::npos) {
        return absl::InvalidArgumentError(fmt::format("the quotes don't end: {}", line));
      }
      words.emplace_back(line.substr(1, end - 1));
      line.remove_prefix(end + 1);
    } else {
      const size_t end = std::min(line.find_first_of(kBlanks), line.size());
      words.emplace_back(line.substr(0, end));
      line.remove_prefix(end);
    }
  }
  return words;
}

Outcome ParseRequest(std::string_view line, etcdserverpb::RequestOp& op, Surplus surplus) {
  const auto words = SplitLine(line);
  if (!words.ok()) return {ExitCode::kInvalidInput, Message(words.status())};
  if (words->size() < 2) {
    return {ExitCode::kInvalidInput, fmt::format("invalid txn compare request: {}", line)};
  }
  const auto read = cli::ReadArguments(LineCommands(), *words);
  const auto* arguments = std::get_if<cli::Arguments>(&read);
  if (arguments == nullptr || arguments->help) {
    return {ExitCode::kInvalidInput, fmt::format("invalid txn request: {}", line)};
  }
  const LineWords line_words(*arguments, surplus);
  if (arguments->command->name() == "put") return ReadPut(line_words, *op.mutable_request_put());
  if (arguments->command->name() == "get") return ReadGet(line_words, *op.mutable_request_range());
  if (arguments->command->name() == "del") {
    return ReadDel(line_words, *op.mutable_request_delete_range());
  }
  return {ExitCode::kInvalidInput, fmt::format("invalid txn request: {}", line)};
}

}  // namespace cairn::ctl
