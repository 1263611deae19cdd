// tests/unit/ctl/watch_line_test.cc: the words of a watch.
#include "tools/ctl/watch_line.h"

#include <doctest/doctest.h>

namespace cairn::ctl {

namespace {

using Words = std::vector<std::string>;

std::string Error(const StatusOr<WatchLine>& line) {
  return line.ok() ? "" : std::string(Message(line.status()));
}

}  // namespace

TEST_CASE("a key, a range, a prefix") {
  CHECK(ReadWatch({"a"}, {}, {}, {})->request.key() == "a");
  CHECK(ReadWatch({"a"}, {}, {}, {})->request.range_end().empty());
  CHECK(ReadWatch({"a", "b"}, {}, {}, {})->request.range_end() == "b");
  WatchFlags flags;
  flags.prefix = true;
  CHECK(ReadWatch({"a"}, {}, flags, {})->request.range_end() == "b");
  CHECK(ReadWatch({"a\xff"}, {}, flags, {})->request.range_end() == "b");
  CHECK(ReadWatch({""}, {}, flags, {})->request.key() == std::string(1, '\0'));
  CHECK(ReadWatch({""}, {}, flags, {})->request.range_end() == std::string(1, '\0'));
  CHECK(Error(ReadWatch({"a", "b"}, {}, flags, {})) ==
        "`range_end` and `--prefix` are mutually exclusive");
}

TEST_CASE("a command stands after the dashes") {
  const auto line = ReadWatch({"a", "b", "echo", "a"}, 2, {}, {});
  CHECK(line->request.key() == "a");
  CHECK(line->request.range_end() == "b");
  CHECK(line->command == Words{"echo", "a"});
  CHECK(Error(ReadWatch({"a"}, 1, {}, {})) ==
        "bad number of arguments (found separator --, but no commands)");
  CHECK(Error(ReadWatch({"echo"}, 0, {}, {})) == "bad number of arguments");
  CHECK(Error(ReadWatch({}, {}, {}, {})) == "bad number of arguments");
}

TEST_CASE("a third key is refused, and left aside under etcd's name") {
  for (const auto& [words, dash] : {std::pair<Words, std::optional<size_t>>{{"a", "b", "c"}, {}},
                                    {{"a", "b", "c", "echo"}, 3}}) {
    CHECK(Error(ReadWatch(words, dash, {}, {})) ==
          "bad number of arguments (watch takes a key and one range end: \"c\" is too many; a "
          "command stands after --)");
    CHECK(ReadWatch(words, dash, {}, {}, Surplus::kIgnored)->request.key() == "a");
  }
  WatchLine line;
  std::string invalid;
  CHECK(ReadInteractiveWatch({"watch", "a", "b", "echo"}, {}, line, invalid).code ==
        cli::ExitCode::kBadArgs);
}

TEST_CASE("the environment's keys stand for those of the line, and not beside them") {
  const auto line = ReadWatch({"echo"}, 0, {}, {"a", "b"});
  CHECK(line->request.key() == "a");
  CHECK(line->request.range_end() == "b");
  CHECK(line->command == Words{"echo"});
  CHECK(Error(ReadWatch({"x"}, {}, {}, {"a", ""})) ==
        "bad number of arguments (found conflicting environment key)");
  CHECK(Error(ReadWatch({"x", "echo"}, 1, {}, {"a", ""})) ==
        "bad number of arguments (found conflicting environment key)");
}

TEST_CASE("a line of the interactive mode has flags of its own") {
  WatchLine line;
  std::string invalid;
  CHECK(ReadInteractiveWatch({"watch", "--rev", "7", "a", "--prefix", "--prev-kv", "--", "x", "-y"},
                             {}, line, invalid)
            .status.ok());
  CHECK(line.request.start_revision() == 7);
  CHECK(line.request.prev_kv());
  CHECK(!line.request.progress_notify());
  CHECK(line.request.range_end() == "b");
  CHECK(line.command == Words{"x", "-y"});
  CHECK(ReadInteractiveWatch({"watch", "a", "b", "--prefix"}, {}, line, invalid).status.ok());
  CHECK(invalid == "`range_end` and `--prefix` are mutually exclusive");
  const cli::Outcome unknown = ReadInteractiveWatch({"watch", "a", "--x"}, {}, line, invalid);
  CHECK(unknown.code == cli::ExitCode::kBadArgs);
  CHECK(Message(unknown.status) == "unknown flag: --x");
}

}  // namespace cairn::ctl
