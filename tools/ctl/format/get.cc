// tools/ctl/format/get.cc: see get.h.
#include "tools/ctl/format/get.h"

#include <utility>

#include <fmt/format.h>

#include "proto/wire.h"
#include "tools/ctl/format/pieces.h"
#include "tools/ctl/format/proto_json.h"

namespace cairn::ctl {

using etcdserverpb::RangeResponse;
using render::Format;

std::string GetPrinter::Begin(const RangeResponse& first) {
  object_has_member_ = in_pairs_ = false;
  switch (style_.format) {
    case Format::kJson:
      if (!first.has_header()) return "{";
      object_has_member_ = true;
      return fmt::format("{{\"header\":{}", MessageJson(first.header()));
    case Format::kProtobuf: {
      RangeResponse header;
      if (first.has_header()) *header.mutable_header() = first.header();
      return header.SerializeAsString();
    }
    case Format::kFields: {
      render::Fields out;
      AddHeader(first.header(), style_.hex, &out);
      return std::move(out).text();
    }
    default:
      return "";
  }
}

void GetPrinter::AppendPair(const mvccpb::KeyValue& kv, std::string* out) {
  switch (style_.format) {
    case Format::kJson:
      if (in_pairs_) {
        *out += ',';
      } else {
        *out += object_has_member_ ? ",\"kvs\":[" : "\"kvs\":[";
      }
      in_pairs_ = object_has_member_ = true;
      AppendKeyValueJson(kv, out);
      break;
    case Format::kProtobuf:
      proto::AppendVarint(*out, RangeResponse::kKvsFieldNumber << 3 | 2);
      proto::AppendVarint(*out, kv.ByteSizeLong());
      kv.AppendToString(out);
      break;
    case Format::kFields: {
      render::Fields fields;
      AddPair(kv, false, style_.hex, &fields);
      *out += fields.text();
      break;
    }
    default:
      ctl::AppendPair(kv, style_, value_only_, out);
  }
}

std::string GetPrinter::End(bool more, int64_t count) {
  switch (style_.format) {
    case Format::kJson: {
      std::string out = in_pairs_ ? "]" : "";
      const auto member = [&](std::string_view text) {
        if (object_has_member_) out += ',';
        object_has_member_ = true;
        out += text;
      };
      if (more) member("\"more\":true");
      if (count != 0) member(fmt::format("\"count\":{}", count));
      return out + "}\n";
    }
    case Format::kProtobuf: {
      RangeResponse rest;
      rest.set_more(more);
      rest.set_count(count);
      return rest.SerializeAsString();
    }
    case Format::kFields:
      return render::Fields().Add("More", more).Add("Count", count).text();
    default:
      return "";
  }
}

std::string PrintGet(const RangeResponse& response, const Style& style, bool value_only) {
  GetPrinter printer(style, value_only);
  std::string out = printer.Begin(response);
  for (const mvccpb::KeyValue& kv : response.kvs()) printer.AppendPair(kv, &out);
  out += printer.End(response.more(), response.count());
  return out;
}

}  // namespace cairn::ctl
