// tools/ctl/format/pieces.h: what the printers share: ids, headers, key-value pairs in each form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <google/protobuf/message.h>
#include <google/protobuf/repeated_field.h>

#include "etcdserverpb.pb.h"
#include "mvccpb.pb.h"
#include "render/fields.h"
#include "tools/ctl/format/style.h"

namespace cairn::ctl {

// A lease id: 16 hex digits, "-" being one of the 16 places, as Go's %016x of a signed number.
std::string LeaseIdHex(int64_t id);
// A member or cluster id: hex without leading zeros.
std::string IdHex(uint64_t id);
// `\x66\x6f`: what simple shows of keys and values with --hex.
std::string HexEscapes(std::string_view bytes);

// The name of an enum's value, or its number when the server is newer than this program.
template <typename Names, typename Enum>
std::string EnumName(Names names, Enum value) {
  const std::string& name = names(value);
  return name.empty() ? std::to_string(static_cast<int>(value)) : name;
}

// json and protobuf of an answer that is a plain message.
std::string PrintMessage(const google::protobuf::Message& message, render::Format format);

// Both lines of a pair in simple; the value alone with `value_only`.
void AppendPair(const mvccpb::KeyValue& kv, const Style& style, bool value_only, std::string* out);

void AddHeader(const etcdserverpb::ResponseHeader& header, bool hex, render::Fields* out);
void AddId(std::string_view name, uint64_t id, bool hex, render::Fields* out);
void AddLeaseId(std::string_view name, int64_t id, bool hex, render::Fields* out);
// The pair's six lines; `previous` for that before the change ("PrevKey").
void AddPair(const mvccpb::KeyValue& kv, bool previous, bool hex, render::Fields* out);

using Texts = google::protobuf::RepeatedPtrField<std::string>;
std::string JoinTexts(const Texts& all, std::string_view between);
// Each row as a line, its cells separated by ", ": simple of what can be a table.
std::string JoinRows(const std::vector<std::vector<std::string>>& rows);

// An answer that says no more than that it was done: in simple the line `done`, else its header.
template <typename Response>
std::string PrintDone(const Response& response, const Style& style, std::string_view done) {
  if (style.format == render::Format::kJson || style.format == render::Format::kProtobuf) {
    return PrintMessage(response, style.format);
  }
  render::Fields out;
  if (style.format == render::Format::kFields) {
    AddHeader(response.header(), style.hex, &out);
  } else {
    out.Line(done);
  }
  return std::move(out).text();
}

}  // namespace cairn::ctl
