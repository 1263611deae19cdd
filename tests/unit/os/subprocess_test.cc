// tests/unit/os/subprocess_test.cc: other programs, events and threads beside the main one.
#include "os/subprocess.h"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>

#include "base/background_thread.h"
#include "base/event.h"
#include "os/interrupt.h"

namespace cairn {

TEST_CASE("a program's end is told as the shell sees it") {
  CHECK(RunProgram({"true"}, {})->ok());
  CHECK(RunProgram({"sh", "-c", "exit 7"}, {})->exit_code == 7);
  CHECK(RunProgram({"sh", "-c", "exit 7"}, {})->Text() == "exit status 7");
  const auto killed = RunProgram({"sh", "-c", "kill -9 $$"}, {});
  CHECK(killed->exit_code == 255);
  CHECK(killed->signal == SIGKILL);
  CHECK(killed->Text() == "signal: killed");
}

TEST_CASE("a program that can't be started is an error that says why") {
  CHECK(Message(RunProgram({"nosuchprogram"}, {}).status()) ==
        "exec: \"nosuchprogram\": executable file not found in $PATH");
  CHECK(Message(RunProgram({"/nosuch/program"}, {}).status()) ==
        "fork/exec /nosuch/program: no such file or directory");
  CHECK(Message(RunProgram({"/"}, {}).status()) == "fork/exec /: permission denied");
}

TEST_CASE("added settings win over those that are there, and stdin is empty") {
  setenv("CAIRN_TEST_SETTING", "old", 1);
  CHECK(RunProgram({"sh", "-c", "test \"$CAIRN_TEST_SETTING\" = new && ! read line"},
                   {"CAIRN_TEST_SETTING=new"})
            ->ok());
  CHECK(RunProgram({"sh", "-c", "test \"$CAIRN_TEST_SETTING\" = old"}, {})->ok());
  CHECK(RunProgram({"sh", "-c", "test -z \"${CAIRN_TEST_SETTING+there}\""}, {"CAIRN_TEST_SETTING"})
            ->ok());
  unsetenv("CAIRN_TEST_SETTING");
}

TEST_CASE("stdin may be given, of any size and with every byte") {
  CHECK(RunProgram({"sh", "-c", "test \"$(cat)\" = 'two words'"}, {}, "two words")->ok());
  const std::string large(3 << 20, '\0');
  CHECK(RunProgram({"sh", "-c", "test $(wc -c) = 3145728"}, {}, large)->ok());
  CHECK(RunProgram({"true"}, {}, large)->ok());  // nobody reads it
}

TEST_CASE("a setting that is too large is told apart from other errors") {
  const std::string name = "CAIRN_TEST_SETTING=";
  const std::string fits(kMaxSettingBytes - name.size() - 1, 'x');
  CHECK(RunProgram({"true"}, {name + fits})->ok());
  CHECK(absl::IsResourceExhausted(RunProgram({"true"}, {name + fits + 'x'}).status()));
}

TEST_CASE("a signal that was taken is forgotten, the next one counts, and none while held") {
  // A shell ignores it for what it runs in the background.
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
  CatchInterrupts();
  CHECK(CheckInterrupt().ok());
  std::raise(SIGINT);
  CHECK(absl::IsCancelled(CheckInterrupt()));
  CHECK(TakeInterrupt() == SIGINT);
  CHECK(CheckInterrupt().ok());
  CHECK(TakeInterrupt() == 0);
  {
    const HoldInterrupts hold;
    std::raise(SIGINT);
    std::raise(SIGTERM);
    CHECK(CheckInterrupt().ok());
  }
  std::raise(SIGTERM);
  CHECK(TakeInterrupt() == SIGTERM);
  // Who waits for a signal isn't woken by one that was taken.
  Event woken;
  const OnInterrupt wake([&] { woken.Set(); });
  CHECK(!woken.Wait(50'000'000));
  std::raise(SIGINT);
  CHECK(woken.Wait(10'000'000'000));
  CHECK(TakeInterrupt() == SIGINT);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
}

TEST_CASE("a signal that is ignored already stays ignored, also after another was taken") {
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP}) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
    std::signal(ignored, SIG_IGN);
    CatchInterrupts();
    std::raise(ignored);
    CHECK(CheckInterrupt().ok());
    const int other = ignored == SIGTERM ? SIGINT : SIGTERM;
    std::raise(other);
    CHECK(TakeInterrupt() == other);
    std::raise(ignored);
    CHECK(CheckInterrupt().ok());
    // A program that is started from here ignores it too.
    const auto end = RunProgram({"sh", "-c", "kill -$0 $$; exit 7", std::to_string(ignored)}, {});
    CHECK(end->exit_code == 7);
  }
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
}

TEST_CASE("a program's end is known where SIGCHLD is ignored") {
  std::signal(SIGCHLD, SIG_IGN);
  const auto end = RunProgram({"sh", "-c", "exit 7"}, {});
  REQUIRE(end.ok());
  CHECK(end->exit_code == 7);
}

TEST_CASE("an event wakes who waits for it, and stays") {
  Event event;
  CHECK(!event.Wait(1));
  const auto thread = BackgroundThread::Start([&] { event.Set(); });
  CHECK(thread.ok());
  event.Wait();
  CHECK(event.IsSet());
  CHECK(event.Wait(0));
}

}  // namespace cairn
