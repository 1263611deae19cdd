// tools/ctl/format/endpoint.cc: see endpoint.h.
#include "tools/ctl/format/endpoint.h"

#include <utility>

#include <fmt/format.h>

#include "gotext/quote.h"
#include "render/folded_table.h"
#include "render/human.h"
#include "tools/ctl/format/pieces.h"
#include "tools/ctl/format/proto_json.h"

namespace cairn::ctl {

namespace {

using etcdserverpb::StatusResponse;
using render::Format;
using render::JsonWriter;
using Rows = std::vector<std::vector<std::string>>;

std::string Bool(bool value) { return value ? "true" : "false"; }

std::string SizeOf(int64_t bytes) { return render::HumanBytes(static_cast<uint64_t>(bytes)); }

// Of the file's size, in whole percent. Servers before 3.4 don't tell what is in use.
std::string NotInUse(const StatusResponse& status) {
  if (status.dbsize() <= 0) return "0%";
  const auto hundredfold = static_cast<int64_t>(static_cast<uint64_t>(status.dbsizeinuse()) * 100);
  return fmt::format("{}%", 100 - hundredfold / status.dbsize());
}

constexpr size_t kStatusColumns = 16, kStatusErrors = 13, kHashColumns = 3;

std::vector<std::string> Row(const EndpointStatus& status) {
  const StatusResponse& r = status.response;
  if (!status.error.empty()) {
    std::vector<std::string> row(kStatusColumns);
    row[0] = status.endpoint;
    row[kStatusErrors] = status.error;
    return row;
  }
  return {status.endpoint,
          IdHex(r.header().member_id()),
          r.version(),
          r.storageversion(),
          SizeOf(r.dbsize()),
          SizeOf(r.dbsizeinuse()),
          NotInUse(r),
          SizeOf(r.dbsizequota()),
          Bool(r.leader() == r.header().member_id()),
          Bool(r.islearner()),
          std::to_string(r.raftterm()),
          std::to_string(r.raftindex()),
          std::to_string(r.raftappliedindex()),
          JoinTexts(r.errors(), ", "),
          r.downgradeinfo().targetversion(),
          Bool(r.downgradeinfo().enabled())};
}

std::vector<std::string> Row(const EndpointHashKv& hash) {
  if (!hash.error.empty()) {
    std::vector<std::string> row(kHashColumns);
    row[0] = hash.endpoint;
    return row;
  }
  return {hash.endpoint, std::to_string(hash.response.hash()),
          std::to_string(hash.response.hash_revision())};
}

std::vector<std::string> Row(const EndpointHealth& health) {
  return {health.endpoint, Bool(health.health), health.took, health.error};
}

// Of an endpoint without an answer; false when it has one.
template <typename Answer>
bool AddErrorFields(const Answer& answer, render::Fields* out) {
  if (answer.error.empty()) return false;
  out->Add("Endpoint", QuoteGo(answer.endpoint)).Add("Error", QuoteGo(answer.error)).Line("");
  return true;
}

void AddFields(const EndpointStatus& status, const Style& style, render::Fields* out) {
  if (AddErrorFields(status, out)) return;
  const StatusResponse& r = status.response;
  AddHeader(r.header(), style.hex, out);
  out->Add("Version", QuoteGo(r.version()))
      .Add("StorageVersion", QuoteGo(r.storageversion()))
      .Add("DBSize", r.dbsize())
      .Add("DBSizeInUse", r.dbsizeinuse())
      .Add("DBSizeQuota", r.dbsizequota())
      .Add("Leader", r.leader())
      .Add("IsLearner", r.islearner())
      .Add("RaftIndex", r.raftindex())
      .Add("RaftAppliedIndex", r.raftappliedindex())
      .Add("Errors", fmt::format("[{}]", JoinTexts(r.errors(), " ")))
      .Add("Endpoint", QuoteGo(status.endpoint))
      .Add("DowngradeTargetVersion", QuoteGo(r.downgradeinfo().targetversion()))
      .Add("DowngradeEnabled", r.downgradeinfo().enabled())
      .Line("");
}

void AddFields(const EndpointHashKv& hash, const Style& style, render::Fields* out) {
  if (AddErrorFields(hash, out)) return;
  AddHeader(hash.response.header(), style.hex, out);
  out->Add("Endpoint", QuoteGo(hash.endpoint))
      .Add("Hash", hash.response.hash())
      .Add("HashRevision", hash.response.hash_revision())
      .Line("");
}

void AddFields(const EndpointHealth& health, const Style&, render::Fields* out) {
  out->Add("Endpoint", QuoteGo(health.endpoint))
      .Add("Health", health.health)
      .Add("Took", health.took)
      .Add("Error", health.error)
      .Line("");
}

template <typename Answer>
void WriteJson(const Answer& answer, std::string_view name, JsonWriter* out) {
  out->BeginObject().Field("Endpoint", answer.endpoint).Key(name);
  if (answer.error.empty()) {
    WriteMessage(answer.response, out);
  } else {
    out->Null();
    out->Field("Error", answer.error);
  }
  out->EndObject();
}

void WriteJson(const EndpointStatus& status, JsonWriter* out) { WriteJson(status, "Status", out); }
void WriteJson(const EndpointHashKv& hash, JsonWriter* out) { WriteJson(hash, "HashKV", out); }

void WriteJson(const EndpointHealth& health, JsonWriter* out) {
  out->BeginObject()
      .Field("endpoint", health.endpoint)
      .Field("health", health.health)
      .Field("took", health.took);
  if (!health.error.empty()) out->Field("error", health.error);
  out->EndObject();
}

template <typename Answer>
std::string PrintAll(const std::vector<Answer>& all, const Style& style,
                     const std::vector<std::string>& titles) {
  if (style.format == Format::kJson) {
    if (all.empty()) return "null\n";
    JsonWriter out;
    out.BeginArray();
    for (const Answer& answer : all) WriteJson(answer, &out);
    out.EndArray();
    return std::move(out).text() + "\n";
  }
  if (style.format == Format::kFields) {
    render::Fields out;
    for (const Answer& answer : all) AddFields(answer, style, &out);
    return std::move(out).text();
  }
  Rows rows;
  for (const Answer& answer : all) rows.push_back(Row(answer));
  if (style.format != Format::kTable) return JoinRows(rows);
  return render::FoldedTable(titles, rows, render::BordersFor(style.box), style.columns);
}

bool IsSimple(const Style& style) {
  return style.format == Format::kSimple || style.format == Format::kProtobuf;
}

}  // namespace

std::string PrintEndpointHealth(const std::vector<EndpointHealth>& all, const Style& style) {
  if (!IsSimple(style)) return PrintAll(all, style, {"endpoint", "health", "took", "error"});
  std::string out;
  for (const EndpointHealth& health : all) {
    if (!health.error.empty()) continue;
    out += fmt::format("{} is healthy: successfully committed proposal: took = {}\n",
                       health.endpoint, health.took);
  }
  return out;
}

std::string UnhealthyLines(const std::vector<EndpointHealth>& all, const Style& style) {
  std::string out;
  if (!IsSimple(style)) return out;
  for (const EndpointHealth& health : all) {
    if (health.error.empty()) continue;
    out += fmt::format("{} is unhealthy: failed to commit proposal: {}\n", health.endpoint,
                       health.error);
  }
  return out;
}

std::string PrintEndpointStatus(const std::vector<EndpointStatus>& all, const Style& style) {
  return PrintAll(
      all, style,
      {"endpoint", "ID", "version", "storage version", "db size", "in use", "percentage not in use",
       "quota", "is leader", "is learner", "raft term", "raft index", "raft applied index",
       "errors", "downgrade target version", "downgrade enabled"});
}

std::string PrintEndpointHashKv(const std::vector<EndpointHashKv>& all, const Style& style) {
  return PrintAll(all, style, {"endpoint", "hash", "hash_revision"});
}

}  // namespace cairn::ctl
