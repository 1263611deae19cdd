// tools/utl/commands/inspect_snap.cc: `cairnutl inspect snap`: the `.snap` files of a member.
#include <fmt/format.h>

#include "cluster/ids.h"
#include "gotext/quote.h"
#include "offline/inspect/snap_list.h"
#include "offline/place.h"
#include "render/human.h"
#include "render/json.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using cluster::IdString;
using offline::SnapInfo;
using offline::SnapListing;

std::string Ids(const std::vector<uint64_t>& ids) {
  std::string text;
  for (const uint64_t id : ids) text += fmt::format("{}{}", text.empty() ? "" : " ", IdString(id));
  return text;
}

const char* RecordText(SnapInfo::Record record) {
  switch (record) {
    case SnapInfo::Record::kUnknown:
      return "unknown";
    case SnapInfo::Record::kNone:
      return "none";
    case SnapInfo::Record::kUncommitted:
      return "uncommitted";
    case SnapInfo::Record::kCommitted:
      return "committed";
  }
  return "";
}

std::string MemberText(const snap::V2Member& member) {
  std::string urls;
  for (const std::string& url : member.peer_urls) {
    urls += fmt::format("{}{}", urls.empty() ? "" : ",", url);
  }
  return fmt::format("{} {} {}{}", IdString(member.id),
                     member.name.empty() ? "(not started)" : Printable(member.name),
                     Printable(urls), member.is_learner ? " learner" : "");
}

std::string AsText(const SnapInfo& info, const SnapListing& listing) {
  std::string text =
      fmt::format("{} term {} index {}, {} bytes, {}\n", info.name, info.term, info.index,
                  info.size, info.problem.empty() ? "crc ok" : Printable(info.problem));
  if (info.name == listing.starts_from) text += "  etcd up to 3.6 starts from it\n";
  if (info.record != SnapInfo::Record::kUnknown) {
    text += fmt::format("  record in the log: {}\n", RecordText(info.record));
  }
  if (!info.conf_state.voters.empty()) {
    text += fmt::format("  voters: {}\n", Ids(info.conf_state.voters));
  }
  if (!info.conf_state.learners.empty()) {
    text += fmt::format("  learners: {}\n", Ids(info.conf_state.learners));
  }
  for (const snap::V2Member& member : info.membership.members) {
    text += fmt::format("  member {}\n", MemberText(member));
  }
  if (!info.membership.removed.empty()) {
    text += "  removed:";
    for (const MemberId id : info.membership.removed) text += fmt::format(" {}", IdString(id));
    text += "\n";
  }
  if (!info.membership.version.empty()) {
    text += fmt::format("  cluster version {}\n", Printable(info.membership.version));
  }
  if (!info.store_problem.empty())
    text += fmt::format("  members: {}\n", Printable(info.store_problem));
  if (info.has_user_keys) {
    text += "  holds keys of the v2 API: etcd 3.6 and later refuse to start\n";
  }
  return text;
}

std::string AsText(const SnapListing& listing) {
  std::string text;
  for (const SnapInfo& info : listing.files) text += AsText(info, listing);
  for (const offline::SnapNeighbour& other : listing.others) {
    text += fmt::format("{} {} bytes: {}\n", Printable(other.name), other.size, other.what);
  }
  return text;
}

std::string AsTable(const SnapListing& listing, bool box) {
  std::vector<std::vector<std::string>> rows;
  for (const SnapInfo& info : listing.files) {
    rows.push_back({info.name, std::to_string(info.term), std::to_string(info.index),
                    render::HumanBytes(info.size), info.problem.empty() ? "ok" : "broken",
                    RecordText(info.record), Ids(info.conf_state.voters),
                    Ids(info.conf_state.learners)});
  }
  for (const offline::SnapNeighbour& other : listing.others) {
    rows.push_back({other.name, "", "", render::HumanBytes(other.size), other.what, "", "", ""});
  }
  return render::Table(
      {"name", "term", "index", "size", "state", "in the log", "voters", "learners"}, rows,
      render::BordersFor(box));
}

void AddIds(std::string_view name, const std::vector<uint64_t>& ids, render::JsonWriter& json) {
  json.Key(name).BeginArray();
  for (const uint64_t id : ids) json.Value(id);
  json.EndArray();
}

void AddTexts(std::string_view name, const std::vector<std::string>& texts,
              render::JsonWriter& json) {
  json.Key(name).BeginArray();
  for (const std::string& text : texts) json.Value(text);
  json.EndArray();
}

void AddFile(const SnapInfo& info, const SnapListing& listing, render::JsonWriter& json) {
  json.BeginObject().Field("name", info.name).Field("size", info.size);
  json.Field("term", info.term).Field("index", info.index).Field("ok", info.problem.empty());
  if (!info.problem.empty()) json.Field("problem", info.problem);
  json.Field("record", RecordText(info.record));
  json.Field("starts_from", info.name == listing.starts_from);
  AddIds("voters", info.conf_state.voters, json);
  AddIds("learners", info.conf_state.learners, json);
  json.Key("members").BeginArray();
  for (const snap::V2Member& member : info.membership.members) {
    json.BeginObject().Field("ID", member.id.value).Field("name", member.name);
    AddTexts("peerURLs", member.peer_urls, json);
    AddTexts("clientURLs", member.client_urls, json);
    json.Field("isLearner", member.is_learner).EndObject();
  }
  json.EndArray();
  std::vector<uint64_t> removed;
  for (const MemberId id : info.membership.removed) removed.push_back(id.value);
  AddIds("removed", removed, json);
  json.Field("cluster_version", info.membership.version);
  if (!info.store_problem.empty()) json.Field("members_problem", info.store_problem);
  json.Field("has_v2_keys", info.has_user_keys).EndObject();
}

std::string AsJson(const SnapListing& listing) {
  render::JsonWriter json;
  json.BeginObject().Field("dir", listing.dir).Key("files").BeginArray();
  for (const SnapInfo& info : listing.files) AddFile(info, listing, json);
  json.EndArray().Key("others").BeginArray();
  for (const offline::SnapNeighbour& other : listing.others) {
    json.BeginObject().Field("name", other.name).Field("size", other.size);
    json.Field("what", other.what).EndObject();
  }
  return json.EndArray().EndObject().text() + "\n";
}

StatusOr<SnapListing> Read(const offline::Context& context, const std::string& path,
                           const std::string& wal_dir) {
  CAIRN_ASSIGN_OR_RETURN(const FileStat stat, context.fs.Stat(path));
  if (stat.type == FileType::kRegular) {
    if (!wal_dir.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("{} is a file: --wal-dir goes with a data directory", path));
    }
    return offline::ReadOneSnap(context, path);
  }
  CAIRN_ASSIGN_OR_RETURN(const offline::Place place, offline::FindPlace(context.fs, path));
  CAIRN_ASSIGN_OR_RETURN(const std::string snap_dir, offline::NeedSnapDir(place));
  if (wal_dir.empty()) return offline::ListSnaps(context, snap_dir, place.wal_dir);
  CAIRN_ASSIGN_OR_RETURN(const std::string log_dir, offline::FindLog(context.fs, path, wal_dir));
  return offline::ListSnaps(context, snap_dir, log_dir);
}

cli::Outcome RunInspectSnap(cli::Invocation& in) {
  CAIRN_ASSIGN_OR_RETURN(const SnapListing listing,
                         Read(OfflineContext(in), in.args()[0], in.String("wal-dir")));
  switch (in.format()) {
    case cli::Format::kJson:
      CAIRN_RETURN_IF_ERROR(in.Print(AsJson(listing)));
      break;
    case cli::Format::kTable:
      CAIRN_RETURN_IF_ERROR(in.Print(AsTable(listing, in.box_drawing())));
      break;
    default:
      CAIRN_RETURN_IF_ERROR(in.Print(AsText(listing)));
  }
  if (listing.files.empty()) in.Note(fmt::format("no .snap file in {}", listing.dir));
  if (!listing.log_problem.empty()) {
    in.Note(fmt::format("the log does not show all snapshots: {}", listing.log_problem));
  }
  std::string first;
  size_t broken = 0;
  for (const SnapInfo& info : listing.files) {
    const std::string& problem = info.problem.empty() ? info.store_problem : info.problem;
    if (problem.empty()) continue;
    if (++broken == 1) first = problem;
  }
  if (broken == 0) return absl::OkStatus();
  if (broken > 1) first += fmt::format(" (and {} more)", broken - 1);
  return {cli::ExitCode::kError, first};
}

}  // namespace

cli::Command& AddInspectSnap(cli::Command& group) {
  using cli::Format;
  cli::Command& command = group.Add("snap <path>", "Tells what the .snap files of a member hold");
  AddWalDirFlag(command);
  return command
      .Long(
          "Prints each .snap file of a data directory, or of a directory of them, the newest "
          "first:\n"
          "term, index, size, whether its checksum is right, voters and learners, the members in\n"
          "it, and whether it holds keys of the v2 API. Of a data directory also whether the log "
          "has\n"
          "a record of it (a server passes over one without), and which one etcd up to 3.6 starts\n"
          "from; 3.7 starts from the log and the db alone. Other files there are named: the db, a "
          "db\n"
          "received from a leader, leftovers. The path may be one file as well.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kFile)
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} inspect snap /var/lib/etcd -w table", "A row for each file.")
      .Example(
          "{prog} inspect snap /var/lib/etcd/member/snap/0000000000000002-00000000000186a1.snap",
          "One file.")
      .Exit(cli::ExitCode::kError, "a file can't be read, or is damaged")
      .Run(RunInspectSnap);
}

}  // namespace cairn::utl
