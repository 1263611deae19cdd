// cli/flag_store.h: the values of flags, kept in CLI11's options. What arguments.h has read and
// checked goes in here, and an Invocation reads it back.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "base/status.h"
#include "cli/arguments.h"
#include "cli/program.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cairn::cli {

// Made for one run.
class FlagStore {
 public:
  FlagStore();
  ~FlagStore();

  // Hands CLI11 the way from the program to the command, with the flags that were given and those
  // that must be: declaring all hundred for each run costs more than many a run does.
  Status Store(const Program& program, const Command& command, const GivenFlags& flags);

  bool Has(const Flag& flag) const;
  // The given text or the default.
  const std::string& Text(const Flag& flag) const;

 private:
  std::unique_ptr<CLI::App> app_;
  std::unordered_map<const Flag*, CLI::Option*> options_;
};

}  // namespace cairn::cli
