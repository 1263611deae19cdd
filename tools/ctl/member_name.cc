// tools/ctl/member_name.cc: see member_name.h.
#include "tools/ctl/member_name.h"

#include <fmt/format.h>

#include "gotext/number.h"
#include "gotext/quote.h"

namespace cairn::ctl {

namespace {

using etcdserverpb::Member;
using etcdserverpb::MemberListResponse;

// Ids are hashes of 64 bits: one in 65536 has fewer digits.
constexpr size_t kIdDigits = 13;

std::string Names(const MemberListResponse& members) {
  std::string names;
  for (const Member& member : members.members()) {
    names += fmt::format("{}{:x}", names.empty() ? "" : ", ", member.id());
    if (!member.name().empty()) names += fmt::format(" {}", QuoteGo(member.name()));
  }
  return names;
}

}  // namespace

bool IsSurelyMemberId(std::string_view word) {
  return word.size() >= kIdDigits && ParseGoUint64(std::string(word), 16).ok();
}

StatusOr<uint64_t> FindMember(const MemberListResponse& members, const std::string& word) {
  const auto id = ParseGoUint64(word, 16);
  std::vector<uint64_t> found;
  for (const Member& member : members.members()) {
    // One that was not started yet has no name.
    const bool named = !word.empty() && member.name() == word;
    if (named || (id.ok() && member.id() == *id)) found.push_back(member.id());
  }
  if (found.size() == 1) return found[0];
  if (found.size() > 1) {
    std::string ids;
    for (const uint64_t one : found) ids += fmt::format("{}{:x}", ids.empty() ? "" : ", ", one);
    return absl::InvalidArgumentError(
        fmt::format("{} means more than one member ({}): give the ID", QuoteGo(word), ids));
  }
  // The server has the word for an id that it doesn't know.
  if (id.ok()) return *id;
  return absl::InvalidArgumentError(
      fmt::format("no member is called {}: expecting a name or an ID in Hex of {}", QuoteGo(word),
                  Names(members)));
}

MemberWord ReadMemberWord(cli::Invocation& in, client::Client& client, const std::string& word) {
  MemberWord result;
  if (in.program().compat() || IsSurelyMemberId(word)) {
    const auto id = ParseGoUint64(word, 16);
    if (id.ok()) {
      result.id = *id;
    } else {
      result.outcome = cli::BadArgs(Message(id.status()));
    }
    return result;
  }
  etcdserverpb::MemberListRequest request;
  request.set_linearizable(true);
  MemberListResponse members;
  const Status listed = client.Call(client::kMemberList, request, members, CommandDeadline(in));
  if (!listed.ok()) {
    result.outcome = listed;
    return result;
  }
  const auto id = FindMember(members, word);
  if (id.ok()) {
    result.id = *id;
  } else {
    result.outcome = cli::BadArgs(Message(id.status()));
  }
  return result;
}

Status CheckMemberWord(const cli::Program& program, const std::string& word) {
  if (!program.compat()) return absl::OkStatus();
  return ParseGoUint64(word, 16).status();
}

}  // namespace cairn::ctl
