// tools/utl/format/log_summary.cc: see log_summary.h.
#include "tools/utl/format/log_summary.h"

#include <fmt/format.h>

#include <vector>

#include "cluster/ids.h"
#include "render/json.h"
#include "render/table.h"

namespace cairn::utl {

namespace {

using cluster::IdString;
using offline::LogDumpSummary;
using offline::LogExtent;

// Zeros for a log without metadata.
proto::MemberMetadata Member(const LogExtent& log) {
  const auto metadata = proto::DecodeMemberMetadata(log.metadata);
  return metadata.ok() ? *metadata : proto::MemberMetadata();
}

std::string Entries(const LogDumpSummary& summary) {
  const LogExtent& log = summary.log;
  if (log.entries == 0) return "no entries";
  std::string text = fmt::format("{} entries, {} to {}", log.entries - summary.overwritten,
                                 log.first_index, log.last_index);
  if (summary.overwritten > 0) text += fmt::format(", and {} replaced ones", summary.overwritten);
  return text;
}

std::string HardState(const LogExtent& log) {
  return fmt::format("term {}, vote {}, commit {}", log.hard_state.term.value,
                     IdString(log.hard_state.vote), log.hard_state.commit.value);
}

std::string Start(const LogExtent& log) {
  const auto start = log.Start();
  if (!start.has_value()) return "none: no committed snapshot";
  return fmt::format("snapshot {}, term {}", start->index.value, start->term.value);
}

std::string End(const LogExtent& log) {
  if (!log.damage.empty()) return "damage: " + log.damage;
  if (!log.torn.empty()) return "torn: " + log.torn;
  return "whole";
}

// Name and value of each fact.
std::vector<std::vector<std::string>> Facts(const LogDumpSummary& summary) {
  const LogExtent& log = summary.log;
  const proto::MemberMetadata member = Member(log);
  return {{"member", IdString(member.node_id)},
          {"cluster", IdString(member.cluster_id)},
          {"segments", fmt::format("{}, the first {}", log.segments.size(),
                                   wal::FormatSegmentName(log.segments[0]))},
          {"entries", Entries(summary)},
          {"hard state", HardState(log)},
          {"starts from", Start(log)},
          {"end", End(log)}};
}

std::string AsJson(const LogDumpSummary& summary) {
  const LogExtent& log = summary.log;
  const proto::MemberMetadata member = Member(log);
  render::JsonWriter json;
  json.BeginObject().Field("wal_dir", summary.dir);
  json.Field("member_id", member.node_id.value).Field("cluster_id", member.cluster_id.value);
  json.Field("segments", log.segments.size()).Field("records", log.records);
  json.Field("entries", log.entries).Field("overwritten", summary.overwritten);
  json.Field("first_index", log.first_index).Field("last_index", log.last_index);
  json.Field("term", log.hard_state.term.value).Field("vote", log.hard_state.vote.value);
  json.Field("commit", log.hard_state.commit.value);
  if (const auto start = log.Start(); start.has_value()) {
    json.Key("start").BeginObject().Field("index", start->index.value);
    json.Field("term", start->term.value).EndObject();
  }
  json.Key("snapshots").BeginArray();
  for (const proto::WalSnapshot& snapshot : log.snapshots) {
    json.BeginObject().Field("index", snapshot.index.value).Field("term", snapshot.term.value);
    json.EndObject();
  }
  json.EndArray().Key("types").BeginObject();
  for (const auto& [kind, total] : summary.kinds) {
    json.Key(kind).BeginObject().Field("entries", total.entries).Field("bytes", total.bytes);
    json.EndObject();
  }
  json.EndObject();
  if (!log.torn.empty()) json.Field("torn", log.torn);
  if (!log.damage.empty()) json.Field("damage", log.damage);
  return json.EndObject().text() + "\n";
}

}  // namespace

std::string LogSummaryLine(const LogDumpSummary& summary) {
  const LogExtent& log = summary.log;
  const proto::MemberMetadata member = Member(log);
  return fmt::format("member {} of cluster {}: {}; {}; starts from {}; {} shown",
                     IdString(member.node_id), IdString(member.cluster_id), Entries(summary),
                     HardState(log), Start(log), summary.shown);
}

std::string LogSummaryText(const LogDumpSummary& summary, render::Format format, bool box) {
  if (format == render::Format::kJson) return AsJson(summary);
  std::string text;
  for (const auto& fact : Facts(summary)) text += fmt::format("{:<12} {}\n", fact[0], fact[1]);
  if (format == render::Format::kTable) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& [kind, total] : summary.kinds) {
      rows.push_back({kind, std::to_string(total.entries), std::to_string(total.bytes)});
    }
    return text + render::Table({"type", "entries", "bytes"}, rows, render::BordersFor(box));
  }
  for (const auto& [kind, total] : summary.kinds) {
    text += fmt::format("{:<30} {:>9} entries {:>12} bytes\n", kind, total.entries, total.bytes);
  }
  return text;
}

}  // namespace cairn::utl
