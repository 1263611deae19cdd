// tools/common/compat_log.cc: see compat_log.h.
#include "tools/common/compat_log.h"

#include "base/clock.h"
#include "base/fs.h"

namespace cairn::tools {

std::string CompatLog::Path(std::string_view path) {
  return CleanPath(path);
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
