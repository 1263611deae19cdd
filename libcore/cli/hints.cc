// cli/hints.cc: see hints.h.
#include "cli/hints.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "absl/strings/str_join.h"
#include "cli/completion.h"
#include "cli/usage.h"
#include "gotext/number.h"
#include "gotext/quote.h"

namespace cairn::cli {

namespace {

constexpr size_t kColumns = 80;
constexpr size_t kMostNear = 3;

std::string Folded(std::string_view word) {
  std::string out;
  for (const char c : word) {
    out += c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

// Edits (insert, delete, replace, swap two neighbours) between two words.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> above, last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], above[j - 2] + 1);
      }
    }
    above = std::exchange(last, row);
  }
  return last[b.size()];
}

bool HasPart(std::string_view name, std::string_view part) {
  return fmt::format("-{}-", name).find(fmt::format("-{}-", part)) != std::string::npos;
}

// "--cert", "--cert or --key", "--a, --b or --c".
std::string Listed(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

// Both where they fit a line, else the first.
std::string WithMore(std::string first, const std::string& more) {
  if (first.size() + 1 + more.size() <= kColumns) first += " " + more;
  return first;
}

std::string Lists(const Program& program, const Command& command, std::string_view what) {
  return fmt::format("'{} --help' lists the {}.", command.Path(program.shown_name()), what);
}

}  // namespace

std::vector<std::string> Nearest(std::string_view word, const std::vector<std::string>& names) {
  const std::string typed = Folded(word);
  std::vector<std::pair<size_t, std::string>> near;
  if (typed.empty()) return {};
  for (const std::string& name : names) {
    const std::string folded = Folded(name);
    const size_t most = std::min(typed.size(), folded.size()) <= 4 ? 1 : 2;
    size_t rank = EditDistance(typed, folded);
    if (rank > most) rank = folded.starts_with(typed) ? 3 : HasPart(folded, typed) ? 4 : 5;
    if (rank < 5) near.emplace_back(rank, name);
  }
  std::sort(near.begin(), near.end());
  std::vector<std::string> best;
  for (auto& [rank, name] : near) {
    // What is one letter away leaves no doubt, unless it may be the beginning of another.
    if (best.size() == kMostNear || (rank != 3 && rank > 1 && near.front().first <= 1)) break;
    best.push_back(std::move(name));
  }
  return best;
}

std::string UsageHint(const Program& program, const Command& command) {
  return fmt::format("Run '{} --help' for usage.", command.Path(program.shown_name()));
}

std::string FlagHint(const Program& program, const Command& command, std::string_view word) {
  const std::string_view name =
      word.substr(0, word.find('=')).substr(word.starts_with("--") ? 2 : 1);
  std::vector<std::string> names = {"help"};
  if (command.parent() == nullptr) names.emplace_back("version");
  for (const Flag* flag : FlagsAt(command)) names.push_back(flag->name());
  std::vector<std::string> near;
  if (name == "version") return fmt::format("Did you mean '{} --version'?", program.shown_name());
  if (name.size() > 1) near = Nearest(name, names);
  if (near.empty()) return UsageHint(program, command);
  for (std::string& one : near) one = "--" + one;
  return WithMore(fmt::format("Did you mean {}?", Listed(near)), Lists(program, command, "flags"));
}

std::string CommandHint(const Program& program, const Command& parent, std::string_view word) {
  std::vector<std::string> names, near, deeper;
  for (const Command* child : parent.commands()) {
    if (!child->hidden()) names.push_back(child->name());
  }
  near = Nearest(word, names);
  // `grant-role` is a command, after `user`.
  VisitCommands(program, [&](const Command& command, const std::string&) {
    if (command.name() != word || command.parent() == nullptr) return;
    deeper.push_back(QuoteGo(command.Path(program.shown_name())));
  });
  if (near.empty() && (deeper.empty() || deeper.size() > kMostNear)) {
    return UsageHint(program, parent);
  }
  for (std::string& one : near) one = QuoteGo(one);
  return WithMore(fmt::format("Did you mean {}?", Listed(near.empty() ? deeper : near)),
                  Lists(program, parent, "commands"));
}

std::string SubcommandHint(const Program& program, const Command& parent) {
  std::vector<std::string> names;
  for (const Command* child : parent.commands()) {
    if (!child->hidden()) names.push_back(child->name());
  }
  const std::string hint = fmt::format("It has {}.", absl::StrJoin(names, ", "));
  return hint.size() > kColumns ? UsageHint(program, parent)
                                : WithMore(hint, UsageHint(program, parent));
}

std::string UseHint(const Program& program, const Command& command) {
  const std::string hint = "Usage: " + UseLine(program, command);
  return hint.size() > kColumns ? UsageHint(program, command) : hint;
}

std::string ChoiceHint(std::string_view word, const std::vector<std::string>& choices) {
  std::vector<std::string> near = Nearest(word, choices);
  for (std::string& one : near) one = QuoteGo(one);
  const std::string all = fmt::format("It is one of {}.", absl::StrJoin(choices, ", "));
  if (near.empty()) return all.size() > kColumns ? "" : all;
  return WithMore(fmt::format("Did you mean {}?", Listed(near)), all);
}

std::string ValueHint(const Program& program, const Command& command, const Flag& flag,
                      std::string_view value) {
  std::string hint;
  if (!flag.choices().empty()) {
    hint = ChoiceHint(value, flag.choices());
  } else if (flag.type() == FlagType::kBool) {
    hint = ChoiceHint(value, {"true", "false"});
  } else if (flag.type() == FlagType::kDuration) {
    hint = "A duration has a unit: 500ms, 10s, 1m30s.";
    if (ParseGoUint64(value).ok()) hint = fmt::format("Did you mean {}s? {}", value, hint);
  }
  return hint.empty() ? UsageHint(program, command) : hint;
}

}  // namespace cairn::cli
