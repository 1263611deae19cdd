// cli/environment.cc: see environment.h.
#include "cli/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "gotext/number.h"
#include "os/environment.h"

namespace cairn::cli {

std::string EnvironmentName(const Program& program, const Flag& flag) {
  std::string name = program.environment_prefix() + "_";
  for (const char c : flag.name()) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

EnvironmentFlags ReadEnvironmentFlags(const Program& program, const Arguments& arguments) {
  EnvironmentFlags result;
  if (program.environment_prefix().empty()) return result;
  const std::vector<const Flag*> flags = program.root().flags();
  std::string used, unused;  // flags that win over their variables
  for (const auto& [name, value] : EnvironmentVariables(program.environment_prefix() + "_")) {
    const auto flag = std::find_if(flags.begin(), flags.end(), [&](const Flag* f) {
      return EnvironmentName(program, *f) == name;
    });
    if (flag == flags.end()) {
      const auto& known = program.environment_known();
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        result.notices.push_back(
            fmt::format("warning: unrecognized environment variable {}", name));
      }
      continue;
    }
    if (value.empty()) continue;
    if (IsGiven(arguments.flags, **flag)) {
      used += fmt::format("{}--{}", used.empty() ? "" : ", ", (*flag)->name());
      unused += fmt::format("{}{}", unused.empty() ? "" : ", ", name);
      continue;
    }
    if (const std::string fault = CheckFlagValue(**flag, value); !fault.empty()) {
      result.notices.push_back(fmt::format("warning: {} is left aside: {}", name, fault));
      continue;
    }
    result.flags.emplace_back(*flag, value);
  }
  if (!used.empty()) {
    const bool more = used.find(',') != std::string::npos;
    result.notices.push_back(fmt::format("notice: {} {} used, {} of the environment {} not", used,
                                         more ? "are" : "is", unused, more ? "are" : "is"));
  }
  return result;
}

bool EnvironmentSets(const Program& program, std::string_view name) {
  if (program.environment_prefix().empty()) return false;
  for (const Flag* flag : program.root().flags()) {
    if (flag->name() != name) continue;
    const std::string variable = EnvironmentName(program, *flag);
    for (const auto& [found, value] : EnvironmentVariables(variable)) {
      if (found == variable) return ParseGoBool(value).value_or(false);
    }
  }
  return false;
}

}  // namespace cairn::cli
