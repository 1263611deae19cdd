// os/log.h: one line a message: etcd's JSON, etcdutl's console form, or plain text for a person.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace cairn {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

// kJson is what etcd and etcdctl write:
//   {"level":"info","ts":"2006-01-02T15:04:05.000000Z","logger":"raft","caller":"a/b.go:7",
//    "msg":"…","path":"/x"}
// kConsole is what etcdutl writes, in local time and with tabs between the parts:
//   2006-01-02T15:04:05Z  info  raft  a/b.go:7  …  {"path": "/x"}
// kPlain is "warning: text (path: /x)"; info messages have no word in front.
enum class LogFormat { kJson, kConsole, kPlain };

// A named value after the message.
struct LogField {
  using Value =
      std::variant<std::string, int64_t, uint64_t, double, bool, std::vector<std::string>>;

  LogField(std::string_view field_key, std::string_view text)
      : key(field_key), value(std::string(text)) {}
  LogField(std::string_view field_key, const char* text)
      : key(field_key), value(std::string(text)) {}
  LogField(std::string_view field_key, const std::string& text) : key(field_key), value(text) {}
  LogField(std::string_view field_key, std::vector<std::string> texts)
      : key(field_key), value(std::move(texts)) {}
  template <typename T>
  requires std::is_arithmetic_v<T> LogField(std::string_view field_key, T number)
      : key(field_key), value(Convert(number)) {}

  std::string key;
  Value value;

 private:
  template <typename T>
  static Value Convert(T number) {
    if constexpr (std::is_same_v<T, bool>) return number;
    if constexpr (std::is_floating_point_v<T>) return static_cast<double>(number);
    if constexpr (std::is_signed_v<T>) return static_cast<int64_t>(number);
    return static_cast<uint64_t>(number);
  }
};

// The line, without a line end. `wall_nanos` is since the Unix epoch; the time is shown in UTC, by
// kConsole in the machine's zone. `logger` and `caller` may be empty and are left out then. A line
// never has a line end inside.
std::string FormatLogLine(LogFormat format, LogLevel level, int64_t wall_nanos,
                          std::string_view logger, std::string_view message,
                          const std::vector<LogField>& fields, std::string_view caller = {});

// Where lines go. Called with a whole line and its '\n', from any thread.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void Write(std::string_view line) = 0;
};

// Standard error; lines that can't be written are lost. Lives for ever.
LogSink& StderrLogSink();

// Keeps the lines, for tests. Not thread-safe.
class MemoryLogSink : public LogSink {
 public:
  void Write(std::string_view line) override { text.append(line); }
  std::string text;
};

// Writes messages of `lowest` and above to a sink. Cheap to copy; thread-safe. The sink and the
// clock must outlive it.
class Logger {
 public:
  explicit Logger(LogFormat format, LogLevel lowest = LogLevel::kInfo,
                  LogSink& sink = StderrLogSink(), Clock& clock = SystemClock())
      : format_(format), lowest_(lowest), sink_(&sink), clock_(&clock) {}

  // The same with a name, which is shown in JSON lines.
  Logger Named(std::string_view name) const;

  void Debug(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Info(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Warn(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Error(std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Log(LogLevel level, std::string_view message,
           std::initializer_list<LogField> fields = {}) const;

 private:
  LogFormat format_;
  LogLevel lowest_;
  LogSink* sink_;
  Clock* clock_;
  std::string name_;
};

}  // namespace cairn
