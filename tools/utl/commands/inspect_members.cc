// tools/utl/commands/inspect_members.cc: `cairnutl inspect members`: the membership, versions, log
// position and alarms that a db holds.
#include <fmt/format.h>

#include "cluster/ids.h"
#include "gotext/quote.h"
#include "offline/inspect/member_records.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/damage_report.h"
#include "tools/utl/format/record_text.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using cli::Format;
using cluster::IdString;
using cluster::Member;
using offline::MembershipRecords;

std::string IdList(const std::vector<uint64_t>& ids) {
  std::string text;
  for (const uint64_t id : ids) {
    if (!text.empty()) text += " ";
    text += IdString(id);
  }
  return text.empty() ? "none" : text;
}

std::string Number(const std::optional<uint64_t>& value) {
  return value.has_value() ? std::to_string(*value) : "-";
}

// What isn't a member: a name and a value each.
std::vector<std::pair<std::string, std::string>> Facts(const MembershipRecords& r) {
  std::vector<std::pair<std::string, std::string>> facts;
  for (const MemberId id : r.removed) facts.emplace_back("removed", IdString(id));
  facts.emplace_back("cluster version", r.cluster_version.empty() ? "-" : r.cluster_version);
  facts.emplace_back("storage version",
                     r.storage_version.empty() ? "- (before 3.6)" : r.storage_version);
  facts.emplace_back("consistent index", Number(r.consistent_index));
  facts.emplace_back("term", Number(r.term));
  if (r.conf_state.has_value()) {
    const proto::ConfState& state = *r.conf_state;
    std::string text = "voters " + IdList(state.voters);
    if (!state.learners.empty()) text += ", learners " + IdList(state.learners);
    if (!state.voters_outgoing.empty()) text += ", outgoing " + IdList(state.voters_outgoing);
    if (!state.learners_next.empty()) text += ", learners next " + IdList(state.learners_next);
    if (state.auto_leave.value_or(false)) text += ", leaves by itself";
    facts.emplace_back("conf state", text);
  }
  if (r.downgrade.has_value()) {
    facts.emplace_back("downgrade", r.downgrade->enabled ? "to " + r.downgrade->target_version
                                                         : std::string("not enabled"));
  }
  for (const alarm::AlarmRecord& alarm : r.alarms) {
    facts.emplace_back("alarm", fmt::format("{} of member {}", alarm::AlarmName(alarm.type),
                                            IdString(alarm.member)));
  }
  return facts;
}

// The columns of `member list`.
std::vector<std::string> Cells(const Member& member) {
  return {IdString(member.id),
          member.started() ? "started" : "unstarted",
          member.name,
          UrlsText(member.peer_urls),
          UrlsText(member.client_urls),
          member.is_learner ? "true" : "false"};
}

std::string AsText(const MembershipRecords& r) {
  std::string text;
  for (const Member& member : r.members) {
    std::string line = "member: ";
    for (const std::string& cell : Cells(member)) line += Printable(cell) + ", ";
    text += line.substr(0, line.size() - 2) + "\n";
  }
  for (const auto& [name, value] : Facts(r)) text += name + ": " + Printable(value) + "\n";
  return text;
}

std::string AsTable(const MembershipRecords& r, render::Borders borders) {
  std::vector<std::vector<std::string>> rows;
  for (const Member& member : r.members) rows.push_back(Cells(member));
  std::string text = render::Table(
      {"id", "status", "name", "peer addrs", "client addrs", "is learner"}, rows, borders);
  rows.clear();
  for (auto& [name, value] : Facts(r)) rows.push_back({name, value});
  return text + render::Table({"record", "value"}, rows, borders);
}

void WriteIds(const char* name, const std::vector<uint64_t>& ids, render::JsonWriter& json) {
  json.Key(name).BeginArray();
  for (const uint64_t id : ids) json.Value(id);
  json.EndArray();
}

std::string AsJson(const MembershipRecords& r) {
  render::JsonWriter json;
  json.BeginObject().Key("members").BeginArray();
  for (const Member& member : r.members) WriteMember(member, json);
  json.EndArray().Key("removed").BeginArray();
  for (const MemberId id : r.removed) json.Value(id.value);
  json.EndArray().Field("clusterVersion", r.cluster_version);
  json.Field("storageVersion", r.storage_version);
  if (r.consistent_index.has_value()) json.Field("consistentIndex", *r.consistent_index);
  if (r.term.has_value()) json.Field("term", *r.term);
  if (r.conf_state.has_value()) {
    json.Key("confState").BeginObject();
    WriteIds("voters", r.conf_state->voters, json);
    WriteIds("learners", r.conf_state->learners, json);
    WriteIds("votersOutgoing", r.conf_state->voters_outgoing, json);
    WriteIds("learnersNext", r.conf_state->learners_next, json);
    json.Field("autoLeave", r.conf_state->auto_leave.value_or(false)).EndObject();
  }
  if (r.downgrade.has_value()) {
    json.Key("downgrade").BeginObject().Field("enabled", r.downgrade->enabled);
    json.Field("targetVersion", r.downgrade->target_version).EndObject();
  }
  json.Key("alarms").BeginArray();
  for (const alarm::AlarmRecord& alarm : r.alarms) WriteAlarm(alarm, json);
  return json.EndArray().EndObject().text() + "\n";
}

cli::Outcome RunMembers(cli::Invocation& in) {
  CAIRN_ASSIGN_OR_RETURN(const std::string path, DbOf(in.args()[0]));
  CAIRN_ASSIGN_OR_RETURN(const MembershipRecords records,
                         offline::ReadMembership(OfflineContext(in), path));
  return PrintRecords(in, path, records, AsJson, AsTable, AsText);
}

}  // namespace

cli::Command& AddInspectMembers(cli::Command& group) {
  cli::Command& command = group.Add("members <path>", "Shows the membership that a db holds");
  command
      .Long(
          "Shows the members with the columns of `member list`, those removed, the versions of "
          "the\n"
          "cluster and of the storage, up to which entry of the log the db holds the effects "
          "(its\n"
          "consistent index and term), raft's configuration, a downgrade and the alarms that are "
          "on.\n"
          "A release before 3.5 writes no term and no raft configuration; the configuration that "
          "a\n"
          "restore leaves is that of the old cluster until the member has started.\n"
          "The path is a snapshot, a db file or a data directory; it is only read.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kFile)
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} inspect members backup.db", "Of a snapshot.")
      .Example("{prog} inspect members /var/lib/etcd -w json | jq .consistentIndex",
               "How far a stopped member had come.")
      .Exit(cli::ExitCode::kError, "the file can't be read, or is damaged");
  command.Run(RunMembers);
  return command;
}

}  // namespace cairn::utl
