// tools/utl/commands/recover.cc: `cairnutl recover plan`: what to start a lost cluster from, and
// how.
#include <fmt/format.h>

#include "cluster/ids.h"
#include "gotext/quote.h"
#include "offline/recover/plan.h"
#include "render/human.h"
#include "render/json.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using offline::RecoveryPlan;
using offline::RecoverySource;
using offline::RecoveryWay;
using offline::SourceHealth;
using offline::SourceKind;
using offline::SourceUse;

std::string_view KindName(SourceKind kind) {
  switch (kind) {
    case SourceKind::kDataDir:
      return "data directory";
    case SourceKind::kSnapshot:
      return "snapshot";
    case SourceKind::kDbFile:
      return "db file";
    case SourceKind::kOther:
      return "other";
  }
  return "";
}

std::string_view HealthName(SourceHealth health) {
  switch (health) {
    case SourceHealth::kWhole:
      return "whole";
    case SourceHealth::kDamaged:
      return "damaged";
    case SourceHealth::kUnusable:
      return "unusable";
  }
  return "";
}

std::string_view UseName(SourceUse use) {
  switch (use) {
    case SourceUse::kStart:
      return "start";
    case SourceUse::kRestore:
      return "restore";
    case SourceUse::kSalvage:
      return "salvage";
    case SourceUse::kNone:
      return "none";
  }
  return "";
}

std::string_view WayName(RecoveryWay way) {
  switch (way) {
    case RecoveryWay::kStartAll:
      return "start";
    case RecoveryWay::kMajority:
      return "majority";
    case RecoveryWay::kCompare:
      return "compare";
    case RecoveryWay::kForceOne:
      return "force-new-cluster";
    case RecoveryWay::kRestore:
      return "restore";
    case RecoveryWay::kSalvage:
      return "salvage";
    case RecoveryWay::kNone:
      return "none";
  }
  return "";
}

std::string Id(const std::optional<uint64_t>& id) {
  return id.has_value() ? cluster::IdString(*id) : "";
}

std::string MemberText(const RecoverySource& source) {
  if (!source.name.empty()) return source.name;
  return Id(source.member);
}

std::string HashText(const RecoverySource& source) {
  return source.hash.has_value() ? fmt::format("{:08x}", *source.hash) : "";
}

std::string Table(const RecoveryPlan& plan, render::Borders borders) {
  std::vector<std::vector<std::string>> rows;
  for (const RecoverySource& source : plan.sources) {
    rows.push_back({source.path, std::string(KindName(source.kind)),
                    fmt::format("{}{}", HealthName(source.health), source.in_use ? ", in use" : ""),
                    std::string(UseName(source.use)), Id(source.cluster), MemberText(source),
                    std::to_string(source.term), std::to_string(source.last_index),
                    std::to_string(source.kept_index()), std::to_string(source.revision),
                    HashText(source)});
  }
  return render::Table({"path", "kind", "health", "use", "cluster", "member", "term", "log to",
                        "keeps to", "revision", "hash"},
                       rows, borders);
}

// A line of the script that is no command. What comes from files (names, versions, paths) can't end
// it.
std::string Comment(std::string_view text) { return fmt::format("# {}\n", Printable(text)); }

// The plan as a script: all but the commands are comments.
std::string Script(const RecoveryPlan& plan) {
  std::string text;
  for (const std::string& note : plan.notes) text += Comment("note: " + note);
  // Before the lines that lose it.
  for (const std::string& lost : plan.lost) text += Comment("lost: " + lost);
  for (const RecoveryPlan::Step& step : plan.steps) {
    text += Comment(step.why) + step.command + "\n";
  }
  return text;
}

std::string Headline(const RecoveryPlan& plan) {
  return plan.headline.empty() ? "" : Comment(plan.headline);
}

std::string Faults(const RecoveryPlan& plan) {
  std::string text;
  for (const RecoverySource& source : plan.sources) {
    for (const std::string& fault : source.faults) {
      text += Comment(fmt::format("fault of {}: {}", source.path, fault));
    }
  }
  return text;
}

std::string SourceText(const RecoverySource& source) {
  std::string text = fmt::format("{}: {}, {}{}", source.path, KindName(source.kind),
                                 HealthName(source.health), source.in_use ? ", in use" : "");
  if (source.use == SourceUse::kNone) return text;
  if (source.member.has_value()) {
    text += fmt::format("; member {}{} of cluster {}", source.name.empty() ? "" : source.name + " ",
                        Id(source.member), Id(source.cluster));
  }
  if (source.kind == SourceKind::kDataDir) {
    text += fmt::format("; log to {}, committed to {}", source.last_index, source.commit);
  }
  text += fmt::format("; term {}, db applied to {}, revision {}", source.term,
                      source.consistent_index, source.revision);
  if (source.hash.has_value()) {
    text += fmt::format(", HashKV {} at {}", HashText(source), source.hash_revision);
  }
  return text + ", " + render::HumanBytes(source.db_bytes);
}

std::string AsText(const RecoveryPlan& plan) {
  std::string text = Headline(plan);
  size_t place = 0;
  for (const RecoverySource& source : plan.sources) {
    text += Comment(fmt::format("{}. {}", ++place, SourceText(source)));
  }
  return text + Faults(plan) + Script(plan);
}

std::string AsJson(const RecoveryPlan& plan) {
  render::JsonWriter json;
  json.BeginObject().Field("way", WayName(plan.way)).Field("headline", plan.headline);
  json.Key("sources").BeginArray();
  for (const RecoverySource& source : plan.sources) {
    json.BeginObject().Field("path", source.path).Field("kind", KindName(source.kind));
    json.Field("health", HealthName(source.health)).Field("use", UseName(source.use));
    json.Field("in_use", source.in_use).Field("diverged", source.diverged);
    json.Key("faults").BeginArray();
    for (const std::string& fault : source.faults) json.Value(fault);
    json.EndArray().Field("cluster_id", Id(source.cluster)).Field("member_id", Id(source.member));
    json.Field("name", source.name).Field("term", source.term);
    json.Field("last_index", source.last_index).Field("commit", source.commit);
    json.Field("consistent_index", source.consistent_index);
    json.Field("kept_index", source.kept_index()).Field("revision", source.revision);
    json.Field("compact_revision", source.compact_revision).Key("hash");
    if (source.hash.has_value()) {
      json.Value(*source.hash);
    } else {
      json.Null();
    }
    json.Field("hash_revision", source.hash_revision).Field("db_bytes", source.db_bytes);
    if (!source.wal_dir.empty()) json.Field("wal_dir", source.wal_dir);
    json.EndObject();
  }
  json.EndArray().Key("notes").BeginArray();
  for (const std::string& note : plan.notes) json.Value(note);
  json.EndArray().Key("steps").BeginArray();
  for (const RecoveryPlan::Step& step : plan.steps) {
    json.BeginObject().Field("why", step.why).Field("command", step.command).EndObject();
  }
  json.EndArray().Key("lost").BeginArray();
  for (const std::string& lost : plan.lost) json.Value(lost);
  return json.EndArray().EndObject().text() + "\n";
}

cli::Outcome RunPlan(cli::Invocation& in) {
  CAIRN_ASSIGN_OR_RETURN(
      const RecoveryPlan plan,
      offline::PlanRecovery(OfflineContext(in), in.args(),
                            {.wal_dirs = in.Strings("wal-dir"), .lost = in.Strings("lost")},
                            in.program().shown_name()));
  const auto borders = render::BordersFor(in.box_drawing());
  CAIRN_RETURN_IF_ERROR(
      in.Print(in.format() == cli::Format::kJson ? AsJson(plan)
               : in.format() == cli::Format::kTable
                   ? Headline(plan) + Table(plan, borders) + Faults(plan) + Script(plan)
                   : AsText(plan)));
  if (plan.way != RecoveryWay::kNone) return absl::OkStatus();
  return {cli::ExitCode::kError,
          "none of the paths can be started, restored or salvaged: look for another member's "
          "directory or an older snapshot"};
}

}  // namespace

void AddRecover(cli::Program& program) {
  using cli::Format;
  cli::Command& group =
      program.root().Add("recover <subcommand>", "Brings back a cluster that is lost");
  group.Long("For the day on which members, or all of them, don't come up any more.");
  cli::Command& plan = group.Add("plan <path>...",
                                 "Says what to start a lost cluster from, and with which commands");
  plan.Long(
          "Reads any number of data directories (or copies of them), snapshots and db files, also\n"
          "damaged ones, and checks each as `{prog} verify` does. Prints what it comes to, the\n"
          "sources with the best first, what is lost, and the commands:\n"
          "\n"
          "  a quorum of directories that start\n"
          "      start them: nothing is lost; a damaged member is replaced\n"
          "  fewer, and others may still run\n"
          "      start or replace these; nothing is lost\n"
          "  two that hold different keys\n"
          "      compare them; nothing is started\n"
          "  no majority can come back\n"
          "      etcd --force-new-cluster on a copy of the best, then add the other\n"
          "      members; or restore from a snapshot or a db; or salvage, then restore\n"
          "\n"
          "That no majority can come back is never taken for granted: of each member either the\n"
          "directory is named, or --lost says that it is gone for good. With snapshots and db\n"
          "files alone the plan is to restore. A path where nothing is, or that may not be read,\n"
          "is an error, and no plan is made.\n"
          "\n"
          "First counts whether a source can be used as it is; then whether its HashKV, at a\n"
          "revision that all hold, is that of the others; then up to which entry of the log it\n"
          "keeps the writes. A log whose last write was torn is as good as any: the next start\n"
          "cuts it.\n"
          "The output is a shell script in which all but the commands is a comment; read it "
          "before\n"
          "you run its lines, each on the machine that it names. A line that starts etcd runs "
          "on.\n"
          "Where members use TLS it takes their certificates from ETCD_CERT_FILE and the like.\n"
          "Nothing is changed, and no lock is waited for: what a server has open is read all the\n"
          "same, but not checked.")
      .Args(1, SIZE_MAX)
      .ArgKind(cli::ValueKind::kFile)
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} recover plan m1.etcd m2.etcd /backup/*.db",
               "Two of three members' directories, and the snapshots.")
      .Example("{prog} recover plan --lost m2 --lost m3 m1.etcd",
               "The disks of the two others are gone.")
      .Example("{prog} recover plan /var/lib/etcd --wal-dir /wal/etcd",
               "With the log on a disk of its own.")
      .Example("{prog} recover plan /var/lib/etcd -w json", "What is still in one, for scripts.")
      .Exit(cli::ExitCode::kError, "none of the paths is usable, or one can't be read")
      .Run(RunPlan);
  plan.String("wal-dir", "",
              "where the log of a data directory lies, if not in its member/wal (repeat it for "
              "each directory, in their order)")
      .Kind(cli::ValueKind::kFile)
      .List();
  plan.String("lost", "", "a member, by name or id, that is gone for good (repeat it for each)")
      .List();
}

}  // namespace cairn::utl
