// tests/unit/ctl/samples.h: the answers of one real server, and how its header looks in each form.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <google/protobuf/text_format.h>

#include "etcdserverpb.pb.h"
#include "tools/ctl/format/style.h"

namespace cairn::ctl {

inline constexpr Style kSimple{render::Format::kSimple};
inline constexpr Style kSimpleHex{render::Format::kSimple, true};
inline constexpr Style kJson{render::Format::kJson};
inline constexpr Style kJsonHex{render::Format::kJson, true};
inline constexpr Style kFields{render::Format::kFields};
inline constexpr Style kFieldsHex{render::Format::kFields, true};
inline constexpr Style kProtobuf{render::Format::kProtobuf};
inline constexpr Style kTable{render::Format::kTable};
inline constexpr Style kBoxTable{render::Format::kTable, false, true};

inline constexpr uint64_t kCluster = 15875391935852295136u;
inline constexpr uint64_t kMember = 7383792418829112008u;

// A message from its text form; `text` may have no header.
template <typename Message>
Message Make(const std::string& text) {
  Message message;
  REQUIRE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

// The same, with the server's header at a revision.
template <typename Message>
Message Make(int64_t revision, const std::string& text) {
  auto message = Make<Message>(text);
  message.mutable_header()->set_cluster_id(kCluster);
  message.mutable_header()->set_member_id(kMember);
  message.mutable_header()->set_revision(revision);
  message.mutable_header()->set_raft_term(2);
  return message;
}

// `"cluster_id":..,"raft_term":2`
inline std::string HeaderMembers(int64_t revision) {
  return fmt::format(
      "\"cluster_id\":15875391935852295136,\"member_id\":7383792418829112008,\"revision\":{},"
      "\"raft_term\":2",
      revision);
}

// {"header":{..}REST}
inline std::string HeaderJson(int64_t revision, std::string_view rest) {
  return fmt::format("{{\"header\":{{{}}}{}}}\n", HeaderMembers(revision), rest);
}

// {HEADER'S MEMBERS,REST}
inline std::string FlatJson(int64_t revision, std::string_view rest) {
  return fmt::format("{{{}{}}}\n", HeaderMembers(revision), rest);
}

inline std::string HeaderFields(int64_t revision, std::string_view rest) {
  return fmt::format(
      "\"ClusterID\" : 15875391935852295136\n\"MemberID\" : 7383792418829112008\n"
      "\"Revision\" : {}\n\"RaftTerm\" : 2\n{}",
      revision, rest);
}

inline std::string HeaderFieldsHex(int64_t revision, std::string_view rest) {
  return fmt::format(
      "\"ClusterID\" : dc50b8daae93b3e0\n\"MemberID\" : 667880157b8812c8\n"
      "\"Revision\" : {}\n\"RaftTerm\" : 2\n{}",
      revision, rest);
}

// The bytes of a dump in hex digits and blanks.
inline std::string Bytes(std::string_view dump) {
  std::string out, digits;
  for (const char c : dump) {
    if (c == ' ') continue;
    digits += c;
    if (digits.size() == 2) {
      out += static_cast<char>(std::strtol(digits.c_str(), nullptr, 16));
      digits.clear();
    }
  }
  REQUIRE(digits.empty());
  return out;
}

}  // namespace cairn::ctl
