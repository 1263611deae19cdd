// cluster/member.cc: members as JSON.
#include "cluster/member.h"

#include <fmt/format.h>

#include <algorithm>

#include "cluster/ids.h"
#include "cluster/json_fields.h"
#include "gotext/json.h"

namespace cairn::cluster {
namespace {

void AppendTexts(std::string& out, const std::vector<std::string>& texts) {
  char separator = '[';
  for (const std::string& text : texts) {
    out += separator;
    AppendJsonString(text, &out);
    separator = ',';
  }
  out += ']';
}

void AppendRaftAttributes(std::string& out, const Member& member) {
  out += "\"peerURLs\":";
  if (member.peer_urls.empty()) {
    out += "null";
  } else {
    AppendTexts(out, member.peer_urls);
  }
  if (member.is_learner) out += ",\"isLearner\":true";
}

// Each field with a comma before it.
std::string AttributeFields(const Member& member) {
  std::string out;
  if (!member.name.empty()) {
    out += ",\"name\":";
    AppendJsonString(member.name, &out);
  }
  if (!member.client_urls.empty()) {
    out += ",\"clientURLs\":";
    AppendTexts(out, member.client_urls);
  }
  return out;
}

}  // namespace

std::string EncodeMember(const Member& member) {
  std::string out = fmt::format("{{\"id\":{},", member.id.value);
  AppendRaftAttributes(out, member);
  out += AttributeFields(member);
  return out += '}';
}

StatusOr<Member> DecodeMember(std::string_view json) {
  CAIRN_ASSIGN_OR_RETURN(const JsonFields fields, JsonFields::Parse(json));
  Member member;
  CAIRN_ASSIGN_OR_RETURN(member.id.value, fields.Number("id"));
  CAIRN_ASSIGN_OR_RETURN(member.peer_urls, fields.Texts("peerURLs"));
  CAIRN_ASSIGN_OR_RETURN(member.is_learner, fields.Bool("isLearner"));
  CAIRN_ASSIGN_OR_RETURN(member.name, fields.Text("name"));
  CAIRN_ASSIGN_OR_RETURN(member.client_urls, fields.Texts("clientURLs"));
  return member;
}

std::string EncodeRaftAttributes(const Member& member) {
  std::string out = "{";
  AppendRaftAttributes(out, member);
  return out += '}';
}

std::string EncodeAttributes(const Member& member) {
  const std::string fields = AttributeFields(member);
  return fmt::format("{{{}}}", std::string_view(fields).substr(fields.empty() ? 0 : 1));
}

StatusOr<std::vector<Member>> MembersFromUrls(const UrlsMap& map, std::string_view token) {
  std::vector<Member> members;
  for (const auto& [name, urls] : map) {
    Member member;
    member.name = name;
    member.peer_urls = UrlStrings(urls);
    member.id = ComputeMemberId(member.peer_urls, token);
    if (member.id.value == 0) {
      return absl::InvalidArgumentError("cannot use 0 as member id");
    }
    members.push_back(std::move(member));
  }
  std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return a.id < b.id; });
  for (size_t i = 1; i < members.size(); ++i) {
    if (members[i].id == members[i - 1].id) {
      return absl::InvalidArgumentError(
          fmt::format("member exists with identical ID {}: {} and {} have the same URLs",
                      IdString(members[i].id), members[i - 1].name, members[i].name));
    }
  }
  return members;
}

}  // namespace cairn::cluster
