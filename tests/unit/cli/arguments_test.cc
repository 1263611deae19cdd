// tests/unit/cli/arguments_test.cc: command lines read as pflag and cobra read them.
#include "cli/arguments.h"

#include <doctest/doctest.h>

#include "base/random.h"
#include "sample_program.h"

namespace cairn::cli {
namespace {

using Words = std::vector<std::string>;

// What was read, in one line: the command, its flags, its arguments; or the error.
std::string Read(const Words& words) {
  const auto program = SampleProgram();
  const auto result = ReadArguments(*program, words);
  if (const auto* error = std::get_if<UsageError>(&result)) return "! " + error->message;
  const auto& arguments = std::get<Arguments>(result);
  std::string line = arguments.command->Path("");
  if (arguments.help) line += " HELP";
  for (const auto& [flag, value] : arguments.flags) line += " " + flag->name() + "=" + value;
  for (const std::string& arg : arguments.args) line += " <" + arg + ">";
  return line;
}

TEST_CASE("a flag of the resolved command may stand anywhere") {
  const std::string expected = " snapshot restore data-dir=D <f>";
  CHECK(Read({"snapshot", "restore", "f", "--data-dir", "D"}) == expected);
  CHECK(Read({"snapshot", "restore", "--data-dir=D", "f"}) == expected);
  CHECK(Read({"--data-dir", "D", "snapshot", "restore", "f"}) == expected);
  CHECK(Read({"snapshot", "--data-dir", "D", "restore", "f"}) == expected);
  // A bool of a command further down doesn't swallow the command's name.
  CHECK(Read({"--skip-hash-check", "snapshot", "restore", "f"}) ==
        " snapshot restore skip-hash-check=true <f>");
  CHECK(Read({"-f", "hashkv", "x"}) == " hashkv force=true <x>");
}

TEST_CASE("a value may be joined or apart, empty, or look like a flag or a command") {
  CHECK(Read({"-w", "json", "snapshot", "status", "f"}) == " snapshot status write-out=json <f>");
  CHECK(Read({"-wjson", "snapshot", "status", "f"}) == " snapshot status write-out=json <f>");
  CHECK(Read({"-w=json", "snapshot", "status", "f"}) == " snapshot status write-out=json <f>");
  CHECK(Read({"snapshot", "restore", "f", "--data-dir="}) == " snapshot restore data-dir= <f>");
  CHECK(Read({"snapshot", "restore", "f", "--data-dir", ""}) == " snapshot restore data-dir= <f>");
  CHECK(Read({"snapshot", "restore", "f", "--data-dir", "-x"}) ==
        " snapshot restore data-dir=-x <f>");
  CHECK(Read({"--data-dir", "snapshot", "snapshot", "restore", "f"}) ==
        " snapshot restore data-dir=snapshot <f>");
  CHECK(Read({"snapshot", "restore", "f", "--data-dir=a=b"}) ==
        " snapshot restore data-dir=a=b <f>");
}

TEST_CASE("a bool stands alone or takes its value after an equals sign") {
  CHECK(Read({"hashkv", "--force", "false"}) == " hashkv force=true <false>");
  for (const char* value : {"true", "T", "1", "f", "FALSE", "0"}) {
    CHECK(Read({"hashkv", "x", std::string("--force=") + value}) ==
          std::string(" hashkv force=") + value + " <x>");
  }
  CHECK(Read({"hashkv", "-fwjson", "x"}) == " hashkv force=true write-out=json <x>");
  CHECK(Read({"hashkv", "x", "--force=maybe"}) ==
        "! invalid argument \"maybe\" for \"-f, --force\" flag: strconv.ParseBool: parsing "
        "\"maybe\": invalid syntax");
}

TEST_CASE("two hyphens end the flags, one is an argument") {
  CHECK(Read({"hashkv", "--", "--rev"}) == " hashkv <--rev>");
  CHECK(Read({"hashkv", "-"}) == " hashkv <->");
  CHECK(Read({"--", "hashkv", "x"}) == "! unknown command \"hashkv\" for \"etcdutl\"");
}

TEST_CASE("where arguments are numbers, a negative one is no flag") {
  CHECK(Read({"__hidden", "-15"}) == " __hidden <-15>");
  CHECK(Read({"__hidden", "-1x"}) == "! unknown shorthand flag: '1' in -1x");
  CHECK(Read({"hashkv", "-15"}) == "! unknown shorthand flag: '1' in -15");
}

TEST_CASE("a command may be shortened as long as only one begins so") {
  CHECK(Read({"snap", "rest", "f"}) == " snapshot restore <f>");
  CHECK(Read({"ha", "f"}) == " hashkv <f>");
  CHECK(Read({"h", "f"}).starts_with("! unknown command \"h\" for \"etcdutl\""));  // or help
  CHECK(Read({"__hid"}).starts_with("! unknown command"));
  CHECK(Read({"__hidden"}) == " __hidden");
}

TEST_CASE("a command with arguments and subcommands takes only a subcommand's whole name as one") {
  CHECK(Read({"salvage", "--output", "o", "f"}) == " salvage output=o <f>");
  CHECK(Read({"salvage", "wal", "d"}) == " salvage wal <d>");
  CHECK(Read({"salvage", "--output", "o", "wal", "d"}) == " salvage wal output=o <d>");
  CHECK(Read({"salvage", "wa", "--output=o"}) == " salvage output=o <wa>");
  CHECK(Read({"salvage", "./wal", "--output=o"}) == " salvage output=o <./wal>");
  CHECK(Read({"salvage", "--output=o", "--", "wal"}) == " salvage output=o <wal>");
  CHECK(Read({"salvage", "f", "wal", "--output=o"}) == "! accepts 1 arg(s), received 2");
  CHECK(Read({"salvage", "--output", "wal", "f"}) == " salvage output=wal <f>");
}

TEST_CASE("the flags of a command that runs hold for it alone, those of a group for all below") {
  CHECK(Read({"salvage", "f"}) == "! required flag(s) \"output\" not set");
  CHECK(Read({"salvage", "wal", "d"}) == " salvage wal <d>");
  CHECK(Read({"salvage", "wal", "d", "--doubtful"}) == "! unknown flag: --doubtful");
  CHECK(Read({"salvage", "wal", "d", "-wjson"}) == " salvage wal write-out=json <d>");
}

TEST_CASE("an unknown command is refused") {
  CHECK(Read({"nosuch"}) == "! unknown command \"nosuch\" for \"etcdutl\"");
  CHECK(Read({"snapshto"}) == "! unknown command \"snapshto\" for \"etcdutl\"");
  CHECK(Read({"snapshot", "save", "f"}) == "! unknown command \"save\" for \"etcdutl snapshot\"");
  CHECK(Read({"snapshot"}) == "! \"etcdutl snapshot\" needs a subcommand");
  CHECK(Read({"nosuch", "--help"}) == "! unknown command \"nosuch\" for \"etcdutl\"");
}

TEST_CASE("flags that don't fit are told in pflag's words") {
  CHECK(Read({"hashkv", "--nosuch", "x"}) == "! unknown flag: --nosuch");
  CHECK(Read({"hashkv", "--nosuch=1", "x"}) == "! unknown flag: --nosuch");
  CHECK(Read({"hashkv", "-fxw", "x"}) == "! unknown shorthand flag: 'x' in -xw");
  CHECK(Read({"hashkv", "x", "--rev"}) == "! flag needs an argument: --rev");
  CHECK(Read({"hashkv", "x", "-w"}) == "! flag needs an argument: 'w' in -w");
  CHECK(Read({"hashkv", "---x"}) == "! bad flag syntax: ---x");
  CHECK(Read({"hashkv", "--=x"}) == "! bad flag syntax: --=x");
  CHECK(Read({"hashkv", "x", "--rev", "abc"}) ==
        "! invalid argument \"abc\" for \"--rev\" flag: strconv.ParseInt: parsing \"abc\": "
        "invalid syntax");
  CHECK(Read({"hashkv", "x", "--rev=9223372036854775808"}) ==
        "! invalid argument \"9223372036854775808\" for \"--rev\" flag: strconv.ParseInt: parsing "
        "\"9223372036854775808\": value out of range");
  CHECK(Read({"hashkv", "x", "--progress=x"}) ==
        "! invalid argument \"x\" for \"--progress\" flag: must be one of bar, plain, none");
  // A flag that another command has is unknown here.
  CHECK(Read({"hashkv", "x", "--data-dir", "d"}) == "! unknown flag: --data-dir");
}

TEST_CASE("arguments are counted, and required flags must be there") {
  CHECK(Read({"hashkv"}) == "! accepts 1 arg(s), received 0");
  CHECK(Read({"hashkv", "a", "b"}) == "! accepts 1 arg(s), received 2");
  CHECK(Read({"completion", "tcsh"}) == "! invalid argument \"tcsh\" for \"etcdutl completion\"");
  CHECK(Read({"migrate"}) == "! required flag(s) \"data-dir\", \"target-version\" not set");
  CHECK(Read({"migrate", "--data-dir="}) == "! required flag(s) \"target-version\" not set");
  const auto program = SampleProgram();
  const auto result = ReadArguments(*program, {"snapshot", "restore"});
  const auto& error = std::get<UsageError>(result);
  CHECK(error.message == "snapshot restore requires exactly one argument");
  CHECK(error.code == ExitCode::kBadArgs);
  CHECK(error.hint.empty());
}

// The line below the error.
std::string Hint(const Words& words) {
  const auto program = SampleProgram();
  const auto result = ReadArguments(*program, words);
  REQUIRE(std::holds_alternative<UsageError>(result));
  return std::get<UsageError>(result).hint;
}

TEST_CASE("a mistyped command is told with the nearest names") {
  const std::string lists = " 'etcdutl --help' lists the commands.";
  CHECK(Hint({"snapshto"}) == "Did you mean \"snapshot\"?" + lists);
  CHECK(Hint({"SNAPSHOTS"}) == "Did you mean \"snapshot\"?" + lists);
  CHECK(Hint({"h"}) == "Did you mean \"hashkv\" or \"help\"?" + lists);
  CHECK(Hint({"--", "hashkv"}) == "Did you mean \"hashkv\"?" + lists);
  CHECK(Hint({"nosuch"}) == "Run 'etcdutl --help' for usage.");
  CHECK(Hint({"snapshot", "sttus"}) ==
        "Did you mean \"status\"? 'etcdutl snapshot --help' lists the commands.");
  // A command of a group, without the group.
  CHECK(Hint({"restore", "f"}) == "Did you mean \"etcdutl snapshot restore\"?" + lists);
  CHECK(Hint({"snapshot"}) == "It has restore, status. Run 'etcdutl snapshot --help' for usage.");
  CHECK(Hint({"__hiden"}) == "Run 'etcdutl --help' for usage.");
}

TEST_CASE("a mistyped flag is told with the nearest names") {
  const std::string lists = " 'etcdutl hashkv --help' lists the flags.";
  for (const char* word : {"--forse", "--forc", "--froce", "--force-", "--FORCE", "--fo=true"}) {
    CHECK_MESSAGE(Hint({"hashkv", "x", word}) == "Did you mean --force?" + lists, word);
  }
  CHECK(Hint({"hashkv", "x", "-rev"}) == "Did you mean --rev?" + lists);
  CHECK(Hint({"hashkv", "x", "--write_out", "json"}) == "Did you mean --write-out?" + lists);
  CHECK(Hint({"hashkv", "x", "--writeout=json"}) == "Did you mean --write-out?" + lists);
  CHECK(Hint({"hashkv", "x", "--time-out"}) == "Did you mean --timeout?" + lists);
  CHECK(Hint({"hashkv", "x", "--out=json"}) == "Did you mean --write-out?" + lists);
  CHECK(Hint({"migrate", "--dir", "d"}) ==
        "Did you mean --data-dir? 'etcdutl migrate --help' lists the flags.");
  CHECK(Hint({"hashkv", "x", "--nosuch"}) == "Run 'etcdutl hashkv --help' for usage.");
  CHECK(Hint({"hashkv", "x", "-o", "json"}) == "Run 'etcdutl hashkv --help' for usage.");
  CHECK(Hint({"hashkv", "x", "--version"}) == "Did you mean 'etcdutl --version'?");
  CHECK(Hint({"--vesion"}).starts_with("Did you mean --version?"));
}

TEST_CASE("a mistyped value is told with the nearest one, or with how they are written") {
  CHECK(Hint({"hashkv", "x", "--progress=plian"}) ==
        "Did you mean \"plain\"? It is one of bar, plain, none.");
  CHECK(Hint({"hashkv", "x", "--progress=loud"}) == "It is one of bar, plain, none.");
  CHECK(Hint({"hashkv", "x", "--force=ture"}) ==
        "Did you mean \"true\"? It is one of true, false.");
  CHECK(Hint({"hashkv", "x", "--timeout", "10"}) ==
        "Did you mean 10s? A duration has a unit: 500ms, 10s, 1m30s.");
  CHECK(Hint({"hashkv", "x", "--timeout", "soon"}) == "A duration has a unit: 500ms, 10s, 1m30s.");
  CHECK(Hint({"hashkv", "x", "--rev=abc"}) == "Run 'etcdutl hashkv --help' for usage.");
  CHECK(Hint({"completion", "zhs"}) == "Did you mean \"zsh\"? It is one of bash, zsh.");
  CHECK(Hint({"hashkv"}) == "Usage: etcdutl hashkv <filename> [flags]");
  CHECK(Hint({"migrate"}) == "Usage: etcdutl migrate [flags]");
}

TEST_CASE("no hint is wider than a screen") {
  const auto program = SampleProgram();
  const auto shown = [](const std::string& hint) { return hint.size() <= 80 && !hint.empty(); };
  for (const Words& words : {Words{"snapshot", "restore", "x", "--skip-hash-chek"},
                             Words{"snapshot", "restore", "x", "--bump-revison"}, Words{"migrate"},
                             Words{"salvage"}, Words{"hashkv", "a", "b", "c"}}) {
    CHECK(shown(Hint(words)));
  }
}

TEST_CASE("--version before any command is the command version, after one it is unknown") {
  auto program = SampleProgram();
  program->root().Add("version", "Prints the version").Run([](Invocation&) {
    return absl::OkStatus();
  });
  const auto read = [&](const Words& words) {
    const auto result = ReadArguments(*program, words);
    if (const auto* error = std::get_if<UsageError>(&result)) return "! " + error->message;
    return std::get<Arguments>(result).command->Path("");
  };
  CHECK(read({"--version"}) == " version");
  CHECK(read({"-w", "json", "--version", "--timeout=1s"}) == " version");
  CHECK(read({"--version", "hashkv", "--nosuch"}) == " version");
  CHECK(read({"--version", "--nosuch"}) == "! unknown flag: --nosuch");
  CHECK(read({"hashkv", "x", "--version"}) == "! unknown flag: --version");
  CHECK(read({"-w", "--version", "hashkv", "x"}) == " hashkv");
  CHECK(Read({"--version"}) == "! unknown flag: --version");  // of a program without the command
}

TEST_CASE("help comes before arguments and required flags are checked, not before broken flags") {
  CHECK(Read({}) == " HELP");
  CHECK(Read({"-h"}) == " HELP");
  CHECK(Read({"snapshot", "--help"}) == " snapshot HELP");
  CHECK(Read({"--help", "migrate"}) == " migrate HELP");
  CHECK(Read({"hashkv", "-fh"}) == " hashkv HELP force=true");
  CHECK(Read({"hashkv", "--help", "--nosuch"}) == "! unknown flag: --nosuch");
  CHECK(Read({"hashkv", "--help=false", "x"}) == " hashkv <x>");
}

TEST_CASE("values are read as given, the last one wins, else the default counts") {
  for (const std::string value : {"D", "", "-x", "--", "[a,b]", "a b", "{}", "--timeout", "=", "++",
                                  "--data-dir=", "-w=json", "--skip-hash-check={}"}) {
    CAPTURE(value);
    const auto program = SampleProgram();
    for (const Words& last : {Words{"--data-dir", value}, Words{"--data-dir=" + value}}) {
      Words words = {"snapshot", "restore", "f", "--data-dir", "first", "-wjson"};
      words.insert(words.end(), last.begin(), last.end());
      const auto read = ReadArguments(*program, words);
      const auto& [command, help, args, dash, flags] = std::get<Arguments>(read);
      const auto text = [&](std::string_view name) {
        return ValueOf(flags, *FindFlag(*command, name));
      };
      CHECK(text("data-dir") == value);
      CHECK(text("write-out") == "json");
      CHECK(text("timeout") == "10s");
      CHECK(text("bump-revision") == "0");
      CHECK_FALSE(IsGiven(flags, *FindFlag(*command, "bump-revision")));
      CHECK(args == Words{"f"});
    }
  }
}

TEST_CASE("what CLI11 would read in its own way is read as pflag reads it") {
  const struct {
    Words words;
    const char* read;
  } kLines[] = {
      // No value, not the next word.
      {{"hashkv", "--progress=", "x"},
       "! invalid argument \"\" for \"--progress\" flag: must be one of bar, plain, none"},
      {{"snapshot", "restore", "--data-dir=", "x"}, " snapshot restore data-dir= <x>"},
      {{"snapshot", "restore", "x", "--data-dir="}, " snapshot restore data-dir= <x>"},
      {{"hashkv", "x", "--force="},
       "! invalid argument \"\" for \"-f, --force\" flag: strconv.ParseBool: parsing \"\": "
       "invalid syntax"},
      {{"hashkv", "x", "--force={}"},
       "! invalid argument \"{}\" for \"-f, --force\" flag: strconv.ParseBool: parsing \"{}\": "
       "invalid syntax"},
      {{"hashkv", "x", "--help=maybe"},
       "! invalid argument \"maybe\" for \"-h, --help\" flag: strconv.ParseBool: parsing "
       "\"maybe\": invalid syntax"},
      // An equals sign after a letter.
      {{"hashkv", "x", "-f=0"}, " hashkv force=0 <x>"},
      {{"hashkv", "x", "-fw=json"}, " hashkv force=true write-out=json <x>"},
      {{"hashkv", "x", "-w="}, " hashkv write-out== <x>"},
      {{"hashkv", "x", "-w==a"}, " hashkv write-out==a <x>"},
      {{"hashkv", "x", "-w", "=a"}, " hashkv write-out==a <x>"},
      {{"hashkv", "x", "--write-out==a"}, " hashkv write-out==a <x>"},
      {{"hashkv", "x", "-w-f"}, " hashkv write-out=-f <x>"},
      {{"hashkv", "x", "-w--"}, " hashkv write-out=-- <x>"},
      {{"hashkv", "x", "-f="}, "! unknown shorthand flag: '=' in -="},
      {{"hashkv", "x", "-f-"}, "! unknown shorthand flag: '-' in --"},
      {{"hashkv", "x", "-f-rev=5"}, "! unknown shorthand flag: '-' in --rev=5"},
      {{"hashkv", "x", "-f1"}, "! unknown shorthand flag: '1' in -1"},
      {{"__hidden", "-h1"}, "! unknown shorthand flag: '1' in -1"},
      {{"hashkv", "x", "-fw"}, "! flag needs an argument: 'w' in -w"},
      {{"hashkv", "x", "-!"}, "! unknown shorthand flag: '!' in -!"},
      {{"hashkv", "x", "--!x"}, "! unknown flag: --!x"},
      // Words that end a subcommand of CLI11's, or are the name of another command.
      {{"hashkv", "++"}, " hashkv <++>"},
      {{"hashkv", "--force", "++"}, " hashkv force=true <++>"},
      {{"hashkv", "snapshot"}, " hashkv <snapshot>"},
      {{"hashkv", "--", "snapshot", "--"}, "! accepts 1 arg(s), received 2"},
      {{"hashkv", "--", "--"}, " hashkv <-->"},
      // Names are whole, and case counts.
      {{"hashkv", "x", "--forc"}, "! unknown flag: --forc"},
      {{"hashkv", "x", "--Force"}, "! unknown flag: --Force"},
      {{"hashkv", "x", "-F"}, "! unknown shorthand flag: 'F' in -F"},
      {{"hashkv", "x", "--no-force"}, "! unknown flag: --no-force"},
      {{"hashkv", "x", "--f"}, "! unknown flag: --f"},
      {{"hashkv", "/w", "json"}, "! accepts 1 arg(s), received 2"},
      // The first mistake is the one that is printed.
      {{"hashkv", "--nosuch", "--rev=a"}, "! unknown flag: --nosuch"},
      {{"hashkv", "--rev=a", "--nosuch"},
       "! invalid argument \"a\" for \"--rev\" flag: strconv.ParseInt: parsing \"a\": invalid "
       "syntax"},
      {{"hashkv", "-x", "--rev"}, "! unknown shorthand flag: 'x' in -x"},
      {{"hashkv", "--rev=a", "--rev=1", "x"},
       "! invalid argument \"a\" for \"--rev\" flag: strconv.ParseInt: parsing \"a\": invalid "
       "syntax"},
      {{"hashkv", "--rev=2", "--rev=1", "x"}, " hashkv rev=2 rev=1 <x>"},
      {{"hashkv", "x", "--force", "--force=false"}, " hashkv force=true force=false <x>"},
      {{"migrate", "x", "--help"}, " migrate HELP <x>"},
  };
  for (const auto& [words, read] : kLines) CHECK(Read(words) == read);
}

TEST_CASE("whatever words come, they are read or refused") {
  const uint64_t seed = SystemSeed();
  CAPTURE(seed);
  Random random(seed);
  const Words pieces = {"snapshot", "restore", "hashkv", "migrate",  "help", "--",    "-",
                        "",         "-w",      "-wx",    "-f",       "-h",   "--rev", "--rev=5",
                        "-=",       "--=",     "--",     "---",      "-fw",  "5",     "--data-dir",
                        "=",        "-w=",     "snap",   "--force=", "-f=0", "\xff",  "--\xff"};
  for (int i = 0; i < 20'000; ++i) {
    Words words;
    for (uint64_t n = random.Below(7); n > 0; --n) {
      words.push_back(pieces[random.Below(pieces.size())]);
    }
    const auto program = SampleProgram();
    const auto result = ReadArguments(*program, words);
    if (const auto* error = std::get_if<UsageError>(&result)) {
      REQUIRE_FALSE(error->message.empty());
      continue;
    }
    for (const auto& [flag, value] : std::get<Arguments>(result).flags) {
      REQUIRE(CheckFlagValue(*flag, value).empty());
    }
  }
}

}  // namespace
}  // namespace cairn::cli
