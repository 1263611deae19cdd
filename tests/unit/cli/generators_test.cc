// tests/unit/cli/generators_test.cc: help, man pages and completion scripts made from the tree.
#include <doctest/doctest.h>

#include "cli/completion.h"
#include "cli/man_page.h"
#include "cli/usage.h"
#include "sample_program.h"

namespace cairn::cli {
namespace {

const Command& Find(const Program& program, std::string_view path) {
  const Command* found = nullptr;
  VisitCommands(program, [&](const Command& command, const std::string& at) {
    if (at == path) found = &command;
  });
  REQUIRE(found != nullptr);
  return *found;
}

bool Holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST_CASE("help looks as cobra's does") {
  const auto program = SampleProgram();
  CHECK(HelpText(*program, Find(*program, "hashkv")) ==
        R"(Prints a hash

Usage:
  etcdutl hashkv <filename> [flags]

Flags:
  -f, --force     go on
  -h, --help      help for hashkv
      --rev int   maximum revision

Global Flags:
      --json-errors        print errors as a JSON object on stderr:
                           {"error":"TEXT","exitCode":1}
      --progress string    how progress is shown: bar, plain or none (default:
                           bar on a terminal)
      --timeout duration   time to wait (default 10s)
  -w, --write-out string   set the output format (fields, json, protobuf,
                           simple, table) (default "simple")
)");
}

TEST_CASE("where there is a command options, help has a command's own flags and names it") {
  auto program = SampleProgram();
  program->root().Add("options", "All of them").Run([](Invocation&) { return absl::OkStatus(); });
  program->root().Groups({{"Commands of files", {"migrate", "hashkv", "nosuch"}}});
  const std::string pointer = "\nUse \"etcdutl options\" for the flags that every command has.\n";
  const std::string help = HelpText(*program, Find(*program, "snapshot/status"));
  CHECK_FALSE(Holds(help, "Global Flags"));
  CHECK_FALSE(Holds(help, "--timeout"));
  // What -w may be is the command's own.
  CHECK(Holds(help, "  -w, --write-out string   output format: simple, json\n"));
  CHECK(help.ends_with(pointer));
  const std::string root = HelpText(*program, program->root());
  CHECK(Holds(root, "\nCommands of files:\n  migrate     Migrates\n  hashkv      Prints a hash\n"));
  CHECK(Holds(root, "\nOther Commands:\n  completion  Prints a script\n"));
  CHECK(root.ends_with("for more about a command." + pointer));
}

TEST_CASE("no line of help is wider than 80 columns") {
  const auto program = SampleProgram();
  VisitCommands(*program, [&](const Command& command, const std::string& path) {
    const std::string help = HelpText(*program, command);
    for (size_t at = 0; at < help.size();) {
      const size_t end = help.find('\n', at);
      CHECK_MESSAGE(end - at <= 80, path);
      at = end + 1;
    }
  });
  CHECK(BrokenCommand("one 'two words' three four", 2, 18) ==
        "  one \\\n      'two words' \\\n      three four\n");
  CHECK(BrokenCommand("one two", 2, 80) == "  one two\n");
}

TEST_CASE("on a terminal help is broken between words") {
  const auto program = SampleProgram();
  const std::string help = HelpText(*program, Find(*program, "hashkv"), 74);
  CHECK(Holds(help,
              "  -w, --write-out string   set the output format (fields, json, protobuf,\n"
              "                           simple, table) (default \"simple\")\n"));
  CHECK(Holds(help, "--timeout duration   time to wait (default 10s)\n"));
  // A word that is too long stays whole, and a terminal too narrow for columns gets whole lines.
  CHECK(Holds(HelpText(*program, Find(*program, "hashkv"), 48),
              "{\"error\":\"TEXT\",\"exitCode\":1}\n"));
  CHECK(
      Holds(HelpText(*program, Find(*program, "hashkv"), 46),
            "set the output format (fields, json, protobuf, simple, table) (default \"simple\")"));
}

TEST_CASE("help shows examples under the name that the program was called by") {
  const auto program = SampleProgram();
  const Command& status = Find(*program, "snapshot/status");
  CHECK(Holds(HelpText(*program, status), "  etcdutl snapshot status b.db\n"));
  program->SetShownName("cairnutl");
  CHECK(Holds(HelpText(*program, status), "  cairnutl snapshot status b.db\n"));
}

TEST_CASE("a group's help lists its visible commands") {
  const auto program = SampleProgram();
  const std::string help = HelpText(*program, program->root());
  CHECK(Holds(help, "  snapshot    Manages snapshots\n"));
  CHECK_FALSE(Holds(help, "__hidden"));
}

TEST_CASE("there is a man page a visible command, under the program's own name") {
  const auto program = SampleProgram();
  std::string names;
  for (const auto& [name, content] : ManPages(*program)) {
    names += name + " ";
    CHECK(Holds(content, "\n.SH SYNOPSIS\n"));
    CHECK(Holds(content, "\n.SH EXIT STATUS\n"));
    CHECK_FALSE(Holds(content, "{prog}"));
  }
  CHECK(names ==
        "cairnutl.1 cairnutl-completion.1 cairnutl-hashkv.1 cairnutl-help.1 cairnutl-migrate.1 "
        "cairnutl-salvage.1 cairnutl-salvage-wal.1 cairnutl-snapshot.1 cairnutl-snapshot-restore.1 "
        "cairnutl-snapshot-status.1 ");
}

TEST_CASE("text in a man page is never taken for a request") {
  const auto program = SampleProgram();
  for (const auto& [name, content] : ManPages(*program)) {
    if (name != "cairnutl-snapshot-status.1") continue;
    CHECK(Holds(content, "First.\n.PP\n\\&.second \\-\\- \\en\n"));
  }
}

TEST_CASE("where a file or a subcommand may stand, both are offered") {
  const auto program = SampleProgram();
  CHECK(Holds(CompletionScript(*program, Shell::kBash), "'salvage:0') words='wal' files=db ;;"));
  CHECK(Holds(CompletionScript(*program, Shell::kZsh),
              "command) _describe command commands; _files -g \"*.db\" ;;"));
  CHECK(Holds(HelpText(*program, Find(*program, "salvage")),
              "Usage:\n  etcdutl salvage <path> [flags]\n  etcdutl salvage [command]\n"));
  CHECK_FALSE(Holds(HelpText(*program, Find(*program, "salvage/wal")), "doubtful"));
}

TEST_CASE("each script knows every command and flag, and the shown name") {
  const auto program = SampleProgram();
  for (Shell shell : {Shell::kBash, Shell::kZsh, Shell::kFish, Shell::kPowershell}) {
    const std::string script = CompletionScript(*program, shell);
    for (const char* word : {"etcdutl", "snapshot", "restore", "status", "migrate", "data-dir",
                             "skip-hash-check", "write-out", "rev"}) {
      CHECK_MESSAGE(Holds(script, word), word);
    }
    CHECK_FALSE(Holds(script, "__hidden"));
    CHECK_FALSE(Holds(script, "cairnutl"));
  }
  CHECK_FALSE(ParseShell("tcsh").has_value());
}

}  // namespace
}  // namespace cairn::cli
