// cli/flag_store.cc: see flag_store.h. The only file that sees CLI11, which throws.
#include "cli/flag_store.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace cairn::cli {

FlagStore::FlagStore() = default;
FlagStore::~FlagStore() = default;

Status FlagStore::Store(const Program& program, const Command& command, const GivenFlags& flags) {
  std::vector<const Command*> path, holding;  // holding: whose flags this command has
  for (const Command* up = &command; up != nullptr; up = up->flag_parent()) holding.push_back(up);
  for (const Command* up = &command; up != nullptr; up = up->parent()) path.push_back(up);
  std::reverse(path.begin(), path.end());
  try {
    app_ = std::make_unique<CLI::App>(program.root().summary(), program.name());
    CLI::App* app = app_.get();
    std::vector<std::string> words;
    for (const Command* level : path) {
      if (level->parent() != nullptr) {
        app = app->add_subcommand(level->name(), level->summary());
        words.push_back(level->name());
      }
      app->set_help_flag();  // usage.h writes the help
      if (std::find(holding.begin(), holding.end(), level) == holding.end()) continue;
      for (const Flag* flag : level->flags()) {
        const size_t before = words.size();
        for (const auto& [given, value] : flags) {
          if (given != flag) continue;
          words.push_back("--" + flag->name());
          words.push_back(value);
        }
        if (words.size() == before && !flag->required()) continue;
        // Every flag takes one value here, a bool "true" or "false": arguments.h has made it so.
        CLI::Option* option = app->add_option(
            "--" + flag->name(), [](const CLI::results_t&) { return true; }, flag->help());
        options_[flag] = option->take_last()->required(flag->required());
      }
    }
    std::reverse(words.begin(), words.end());  // CLI11 takes its arguments last first
    app_->parse(std::move(words));
  } catch (const CLI::Error& error) {
    return absl::InvalidArgumentError(error.what());
  }
  return absl::OkStatus();
}

bool FlagStore::Has(const Flag& flag) const {
  const auto found = options_.find(&flag);
  return found != options_.end() && found->second->count() > 0;
}

const std::string& FlagStore::Text(const Flag& flag) const {
  return Has(flag) ? options_.at(&flag)->results().back() : flag.default_text();
}

}  // namespace cairn::cli
