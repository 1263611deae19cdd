// tools/ctl/format/member.cc: see member.h.
#include "tools/ctl/format/member.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "gotext/quote.h"
#include "render/folded_table.h"
#include "tools/ctl/format/pieces.h"
#include "tools/ctl/format/proto_json.h"

namespace cairn::ctl {

namespace {

using etcdserverpb::Member;
using etcdserverpb::MemberAddResponse;
using render::Format;
using render::JsonWriter;

void WriteHexHeader(const etcdserverpb::ResponseHeader& header, JsonWriter* out) {
  out->BeginObject()
      .Field("cluster_id", IdHex(header.cluster_id()))
      .Field("member_id", IdHex(header.member_id()));
  if (header.revision() != 0) out->Field("revision", header.revision());
  if (header.raft_term() != 0) out->Field("raft_term", header.raft_term());
  out->EndObject();
}

void WriteHexMember(const Member& member, JsonWriter* out) {
  out->BeginObject().Field("ID", IdHex(member.id()));
  if (!member.name().empty()) out->Field("name", member.name());
  const auto urls = [out](std::string_view name, const Texts& all) {
    if (all.empty()) return;
    out->Key(name).BeginArray();
    for (const std::string& url : all) out->Value(url);
    out->EndArray();
  };
  urls("peerURLs", member.peerurls());
  urls("clientURLs", member.clienturls());
  if (member.islearner()) out->Field("isLearner", true);
  out->EndObject();
}

template <typename Response>
std::string HexJson(const Response& response) {
  JsonWriter out;
  out.BeginObject().Key("header");
  if (response.has_header()) {
    WriteHexHeader(response.header(), &out);
  } else {
    out.Null();
  }
  if constexpr (std::is_same_v<Response, MemberAddResponse>) {
    out.Key("member");
    if (response.has_member()) {
      WriteHexMember(response.member(), &out);
    } else {
      out.Null();
    }
  }
  out.Key("members").BeginArray();
  for (const Member& member : response.members()) WriteHexMember(member, &out);
  out.EndArray().EndObject();
  return std::move(out).text() + "\n";
}

// json and protobuf of all five, simple `line` else.
template <typename Response>
std::string PrintChange(const Response& response, const Style& style, std::string line) {
  switch (style.format) {
    case Format::kJson:
      if (style.hex) return HexJson(response);
      [[fallthrough]];
    case Format::kProtobuf:
      return PrintMessage(response, style.format);
    default:
      return line;
  }
}

template <typename Response>
std::string PrintChanged(uint64_t id, const Response& response, const Style& style,
                         std::string_view what) {
  return PrintChange(
      response, style,
      fmt::format("Member {:16x} {} cluster {:16x}\n", id, what, response.header().cluster_id()));
}

std::vector<std::string> Row(const Member& member) {
  return {IdHex(member.id()),
          member.name().empty() ? "unstarted" : "started",
          member.name(),
          JoinTexts(member.peerurls(), ","),
          JoinTexts(member.clienturls(), ","),
          member.islearner() ? "true" : "false"};
}

}  // namespace

std::string PrintMemberList(const etcdserverpb::MemberListResponse& response, const Style& style) {
  if (style.format == Format::kFields) {
    render::Fields out;
    AddHeader(response.header(), style.hex, &out);
    for (const Member& member : response.members()) {
      AddId("ID", member.id(), style.hex, &out);
      out.Add("Name", QuoteGo(member.name()));
      for (const std::string& url : member.peerurls()) out.Add("PeerURL", QuoteGo(url));
      for (const std::string& url : member.clienturls()) out.Add("ClientURL", QuoteGo(url));
      out.Add("IsLearner", member.islearner()).Line("");
    }
    return std::move(out).text();
  }
  std::vector<std::vector<std::string>> rows;
  for (const Member& member : response.members()) rows.push_back(Row(member));
  if (style.format == Format::kTable) {
    return render::FoldedTable({"ID", "Status", "Name", "Peer Addrs", "Client Addrs", "Is Learner"},
                               rows, render::BordersFor(style.box), style.columns);
  }
  return PrintChange(response, style, JoinRows(rows));
}

std::string PrintMemberAdd(const MemberAddResponse& response, const Style& style) {
  return PrintChanged(response.member().id(), response, style,
                      response.member().islearner() ? "added as learner to" : "added to");
}

std::string PrintMemberRemove(uint64_t id, const etcdserverpb::MemberRemoveResponse& response,
                              const Style& style) {
  return PrintChanged(id, response, style, "removed from");
}

std::string PrintMemberUpdate(uint64_t id, const etcdserverpb::MemberUpdateResponse& response,
                              const Style& style) {
  return PrintChanged(id, response, style, "updated in");
}

std::string PrintMemberPromote(uint64_t id, const etcdserverpb::MemberPromoteResponse& response,
                               const Style& style) {
  return PrintChanged(id, response, style, "promoted in");
}

namespace {

// As etcdctl quotes it; and where a shell would still look into the quotes, it does not: the lines
// are for `eval` and for files that shells read, and the members' names come from the cluster.
std::string QuoteSetting(std::string_view text) {
  std::string quoted;
  for (const char c : QuoteGo(text)) {
    if (c == '$' || c == '`') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

}  // namespace

std::string MemberAddSettings(const MemberAddResponse& response, std::string_view name,
                              std::string_view peer_urls) {
  std::string cluster;
  for (const Member& member : response.members()) {
    for (const std::string& url : member.peerurls()) {
      if (!cluster.empty()) cluster += ',';
      cluster += member.id() == response.member().id() ? name : std::string_view(member.name());
      cluster += "=" + url;
    }
  }
  return fmt::format(
      "\nETCD_NAME={}\nETCD_INITIAL_CLUSTER={}\nETCD_INITIAL_ADVERTISE_PEER_URLS={}\n"
      "ETCD_INITIAL_CLUSTER_STATE=\"existing\"\n",
      QuoteSetting(name), QuoteSetting(cluster), QuoteSetting(peer_urls));
}

}  // namespace cairn::ctl
