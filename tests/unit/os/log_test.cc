// tests/unit/os/log_test.cc: log lines in etcd's JSON and in plain text.
#include "os/log.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <limits>

namespace cairn {

namespace {

// 2006-01-02T15:04:05.000007999Z
constexpr int64_t kNow = 1136214245000007999;

}  // namespace

TEST_CASE("a JSON line has level, time, name, message and fields in this order") {
  MemoryLogSink sink;
  ManualClock clock(kNow);
  const Logger log(LogFormat::kJson, LogLevel::kInfo, sink, clock);
  log.Info("restoring snapshot", {{"path", "/x \"y\""}, {"revision", 7}, {"skip", true}});
  CHECK(sink.text ==
        R"({"level":"info","ts":"2006-01-02T15:04:05.000007Z","msg":"restoring snapshot",)"
        R"("path":"/x \"y\"","revision":7,"skip":true})"
        "\n");
  sink.text.clear();
  log.Named("raft").Warn("two\nlines");
  CHECK(sink.text == R"({"level":"warn","ts":"2006-01-02T15:04:05.000007Z","logger":"raft",)"
                     R"("msg":"two\nlines"})"
                     "\n");
}

TEST_CASE("fields of each kind") {
  const auto json = [](const LogField& field) {
    const std::string line = FormatLogLine(LogFormat::kJson, LogLevel::kError, 0, "", "", {field});
    const std::string start =
        R"({"level":"error","ts":"1970-01-01T00:00:00.000000Z","msg":"","k":)";
    REQUIRE(line.starts_with(start));
    return line.substr(start.size(), line.size() - start.size() - 1);
  };
  CHECK(json({"k", std::string("s")}) == R"("s")");
  CHECK(json({"k", std::string_view("s")}) == R"("s")");
  CHECK(json({"k", -1}) == "-1");
  CHECK(json({"k", std::numeric_limits<uint64_t>::max()}) == "18446744073709551615");
  CHECK(json({"k", std::numeric_limits<int64_t>::min()}) == "-9223372036854775808");
  CHECK(json({"k", 1.5}) == "1.5");
  CHECK(json({"k", std::numeric_limits<double>::quiet_NaN()}) == R"("NaN")");
  CHECK(json({"k", -std::numeric_limits<double>::infinity()}) == R"("-Inf")");
  CHECK(json({"k", false}) == "false");
}

TEST_CASE("a console line is etcdutl's: tabs between its parts, blanks in its fields, local time") {
  const char* const zone = std::getenv("TZ");
  const std::string zone_before = zone == nullptr ? "" : zone;
  const auto line = [](const char* where, std::string_view logger, std::string_view message,
                       const std::vector<LogField>& fields) {
    setenv("TZ", where, 1);
    tzset();
    return FormatLogLine(LogFormat::kConsole, LogLevel::kInfo, kNow, logger, message, fields,
                         "a/b.go:7");
  };
  CHECK(line("UTC", "", "added member",
             {{"id", "8e9"},
              {"urls", std::vector<std::string>{"x", "\"y\""}},
              {"learner", false}}) ==
        "2006-01-02T15:04:05Z\tinfo\ta/b.go:7\tadded member\t"
        R"({"id": "8e9", "urls": ["x", "\"y\""], "learner": false})");
  CHECK(line("XXX5", "", "m", {}) == "2006-01-02T10:04:05-05:00\tinfo\ta/b.go:7\tm");
  CHECK(line("XXX-5:30", "raft", "m", {}) ==
        "2006-01-02T20:34:05+05:30\tinfo\traft\ta/b.go:7\tm");
  if (zone == nullptr) {
    unsetenv("TZ");
  } else {
    setenv("TZ", zone_before.c_str(), 1);
  }
  tzset();
}

TEST_CASE("a JSON line names its caller after the logger, and arrays have no blanks") {
  CHECK(FormatLogLine(LogFormat::kJson, LogLevel::kInfo, kNow, "client", "saved",
                      {{"urls", std::vector<std::string>{"x", "y"}}}, "a/b.go:7") ==
        R"({"level":"info","ts":"2006-01-02T15:04:05.000007Z","logger":"client",)"
        R"("caller":"a/b.go:7","msg":"saved","urls":["x","y"]})");
}

TEST_CASE("times before 1970 and on leap days") {
  const auto time = [](int64_t nanos) {
    return FormatLogLine(LogFormat::kJson, LogLevel::kDebug, nanos, "", "", {}).substr(23, 27);
  };
  CHECK(time(-1) == "1969-12-31T23:59:59.999999Z");
  CHECK(time(1709164800000000000) == "2024-02-29T00:00:00.000000Z");
}

TEST_CASE("a plain line is for a person, and is one line whatever is in it") {
  MemoryLogSink sink;
  const Logger log(LogFormat::kPlain, LogLevel::kDebug, sink);
  log.Info("done");
  log.Warn("gr\xc3\xbc\xc3\x9f \"x\"", {{"path", "/a"}, {"n", 2}});
  log.Error("bad\nname\x1b[0m");
  log.Debug("d");
  CHECK(sink.text ==
        "done\n"
        "warning: gr\xc3\xbc\xc3\x9f \"x\" (path: /a, n: 2)\n"
        "error: bad\\nname\\x1b[0m\n"
        "debug: d\n");
}

TEST_CASE("messages below the lowest level are not written") {
  MemoryLogSink sink;
  const Logger log(LogFormat::kPlain, LogLevel::kWarn, sink);
  log.Debug("d");
  log.Info("i");
  CHECK(sink.text.empty());
  log.Warn("w");
  log.Error("e");
  CHECK(sink.text == "warning: w\nerror: e\n");
}

}  // namespace cairn
