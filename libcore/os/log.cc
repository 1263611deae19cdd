// os/log.cc: see log.h.
#include "os/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>

#include "gotext/json.h"
#include "gotext/quote.h"
#include "os/standard_streams.h"

namespace cairn {

namespace {

std::string_view LevelWord(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

std::string_view PlainPrefix(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug: ";
    case LogLevel::kInfo:
      return "";
    case LogLevel::kWarn:
      return "warning: ";
    case LogLevel::kError:
      return "error: ";
  }
  return "error: ";
}

std::string Timestamp(int64_t wall_nanos) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::microseconds> time(
      floor<std::chrono::microseconds>(std::chrono::nanoseconds(wall_nanos)));
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<std::chrono::microseconds> clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

// RFC 3339 in the machine's zone, whole seconds.
std::string LocalTimestamp(int64_t wall_nanos) {
  using std::chrono::floor;
  const std::time_t seconds =
      floor<std::chrono::seconds>(std::chrono::nanoseconds(wall_nanos)).count();
  std::tm local = {};
  if (localtime_r(&seconds, &local) == nullptr) return Timestamp(wall_nanos);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", local.tm_year + 1900,
                                 local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min,
                                 local.tm_sec);
  const long minutes = local.tm_gmtoff / 60;
  if (minutes == 0) return text + 'Z';
  return text + fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                            std::abs(minutes) % 60);
}

// `separator` stands between the elements of an array.
void AppendJsonValue(const LogField::Value& value, std::string_view separator, std::string* out) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    AppendLogJsonString(*text, out);
  } else if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    *out += '[';
    for (const std::string& element : *texts) {
      if (&element != texts->data()) *out += separator;
      AppendLogJsonString(element, out);
    }
    *out += ']';
  } else if (const auto* number = std::get_if<double>(&value); number && !std::isfinite(*number)) {
    AppendLogJsonString(std::isnan(*number) ? "NaN" : *number > 0 ? "+Inf" : "-Inf", out);
  } else {
    std::visit(
        [&]<typename T>(const T& v) {
          if constexpr (std::is_arithmetic_v<T>) *out += fmt::format("{}", v);
        },
        value);
  }
}

// Text as it is, unless it could break the line.
void AppendPlain(std::string_view text, std::string* out) {
  const bool one_line = std::none_of(text.begin(), text.end(),
                                     [](char c) { return static_cast<unsigned char>(c) < ' '; });
  if (one_line) {
    *out += text;
  } else {
    const std::string quoted = QuoteGo(text);
    out->append(quoted, 1, quoted.size() - 2);
  }
}

class StderrSink : public LogSink {
 public:
  void Write(std::string_view line) override { (void)WriteStandard(StandardStream::kError, line); }
};

}  // namespace

std::string FormatLogLine(LogFormat format, LogLevel level, int64_t wall_nanos,
                          std::string_view logger, std::string_view message,
                          const std::vector<LogField>& fields, std::string_view caller) {
  std::string line;
  if (format == LogFormat::kConsole) {
    line = fmt::format("{}\t{}\t", LocalTimestamp(wall_nanos), LevelWord(level));
    for (const std::string_view part : {logger, caller}) {
      if (!part.empty()) line += fmt::format("{}\t", part);
    }
    AppendPlain(message, &line);
    const char* before = "\t{";
    for (const LogField& field : fields) {
      line += before;
      before = ", ";
      AppendLogJsonString(field.key, &line);
      line += ": ";
      AppendJsonValue(field.value, ", ", &line);
    }
    if (!fields.empty()) line += '}';
    return line;
  }
  if (format == LogFormat::kPlain) {
    line = PlainPrefix(level);
    AppendPlain(message, &line);
    const char* separator = " (";
    for (const LogField& field : fields) {
      line += fmt::format("{}{}: ", separator, field.key);
      separator = ", ";
      if (const auto* text = std::get_if<std::string>(&field.value)) {
        AppendPlain(*text, &line);
      } else {
        AppendJsonValue(field.value, ",", &line);
      }
    }
    if (!fields.empty()) line += ')';
    return line;
  }
  line = fmt::format(R"({{"level":"{}","ts":"{}")", LevelWord(level), Timestamp(wall_nanos));
  if (!logger.empty()) {
    line += ",\"logger\":";
    AppendLogJsonString(logger, &line);
  }
  if (!caller.empty()) {
    line += ",\"caller\":";
    AppendLogJsonString(caller, &line);
  }
  line += ",\"msg\":";
  AppendLogJsonString(message, &line);
  for (const LogField& field : fields) {
    line += ',';
    AppendLogJsonString(field.key, &line);
    line += ':';
    AppendJsonValue(field.value, ",", &line);
  }
  return line + '}';
}

LogSink& StderrLogSink() {
  static StderrSink sink;
  return sink;
}

Logger Logger::Named(std::string_view name) const {
  Logger named = *this;
  named.name_ = name;
  return named;
}

void Logger::Log(LogLevel level, std::string_view message,
                 std::initializer_list<LogField> fields) const {
  if (level < lowest_) return;
  sink_->Write(FormatLogLine(format_, level, clock_->WallNanos(), name_, message, fields) + '\n');
}

void Logger::Debug(std::string_view message, std::initializer_list<LogField> fields) const {
  Log(LogLevel::kDebug, message, fields);
}

void Logger::Info(std::string_view message, std::initializer_list<LogField> fields) const {
  Log(LogLevel::kInfo, message, fields);
}

void Logger::Warn(std::string_view message, std::initializer_list<LogField> fields) const {
  Log(LogLevel::kWarn, message, fields);
}

void Logger::Error(std::string_view message, std::initializer_list<LogField> fields) const {
  Log(LogLevel::kError, message, fields);
}

}  // namespace cairn
