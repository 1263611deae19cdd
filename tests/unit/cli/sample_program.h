// tests/unit/cli/sample_program.h: a small tree of commands, shaped like cairnutl's.
#pragma once

#include <memory>

#include "cli/program.h"

namespace cairn::cli {

inline std::unique_ptr<Program> SampleProgram() {
  auto program = std::make_unique<Program>("cairnutl", "etcdutl", "A tool");
  Command& root = program->root();
  const auto nothing = [](Invocation&) { return absl::OkStatus(); };
  root.Duration("timeout", "10s", "time to wait");
  program->AddOutputFlags();

  Command& snapshot = root.Add("snapshot <subcommand>", "Manages snapshots");
  Command& restore = snapshot.Add("restore <filename> [options]", "Restores a snapshot");
  restore.ArgKind(ValueKind::kDbFile).Run(nothing);
  restore.Args(1, 1, "snapshot restore requires exactly one argument", ExitCode::kBadArgs);
  restore.String("data-dir", "", "path to the output").Directory();
  restore.Bool("skip-hash-check", false, "ignore the digest");
  restore.Uint64("bump-revision", 0, "how much to add");
  snapshot.Add("status <filename>", "Tells what a snapshot holds")
      .ArgKind(ValueKind::kDbFile)
      .Formats({Format::kSimple, Format::kJson})
      .Example("{prog} snapshot status b.db", "One file's [status]: it's all.")
      .Long("First.\n\n.second -- \\n")
      .Run(nothing);

  Command& hashkv = root.Add("hashkv <filename>", "Prints a hash").Args(1, 1).Run(nothing);
  hashkv.Int64("rev", 0, "maximum revision");
  hashkv.Bool("force", false, "go on").Short('f');
  Command& migrate = root.Add("migrate", "Migrates").Run(nothing);
  migrate.String("data-dir", "", "path").Required().Directory();
  migrate.String("target-version", "", "version").Required();
  root.Add("completion [bash|zsh]", "Prints a script")
      .Args(1, 1)
      .ArgChoices({"bash", "zsh"})
      .Run(nothing);
  Command& salvage = root.Add("salvage <path>", "Salvages").Args(1, 1).Run(nothing);
  salvage.ArgKind(ValueKind::kDbFile).String("output", "", "new file").Required();
  salvage.Bool("doubtful", false, "all");
  salvage.Add("wal <dir>", "Salvages a log").Args(1, 1).Run(nothing).String("output", "", "new");
  root.Add("__hidden", "Secret").NumberArgs().Hidden().Run(nothing);
  program->SetShownName("/usr/bin/etcdutl");
  return program;
}

}  // namespace cairn::cli
