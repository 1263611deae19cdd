// tools/common/compat_log.cc: see compat_log.h.
#include "tools/common/compat_log.h"

#include <algorithm>

#include "base/clock.h"

namespace cairn::tools {

std::string CompatLog::Path(std::string_view path) {
  std::vector<std::string_view> names;
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    if (name.empty() || name == ".") continue;
    if (name == ".." && !names.empty() && names.back() != "..") {
      names.pop_back();
    } else {
      names.push_back(name);
    }
  }
  std::string clean = path.starts_with('/') ? "/" : "";
  for (const std::string_view name : names) {
    if (!clean.empty() && !clean.ends_with('/')) clean += '/';
    clean += name;
  }
  return clean;
}

void CompatLog::Write(LogLevel level, std::string_view logger, std::string_view caller,
                      std::string_view message, const std::vector<LogField>& fields) const {
  if (!on()) return;
  in_.Note(
      FormatLogLine(format_, level, SystemClock().WallNanos(), logger, message, fields, caller));
}

void CompatLog::Info(std::string_view caller, std::string_view message,
                     const std::vector<LogField>& fields, std::string_view logger) const {
  Write(LogLevel::kInfo, logger, caller, message, fields);
}

void CompatLog::Warn(std::string_view caller, std::string_view message,
                     const std::vector<LogField>& fields) const {
  Write(LogLevel::kWarn, {}, caller, message, fields);
}

void CompatLog::Error(std::string_view caller, std::string_view message,
                      const std::vector<LogField>& fields) const {
  Write(LogLevel::kError, {}, caller, message, fields);
}

}  // namespace cairn::tools
