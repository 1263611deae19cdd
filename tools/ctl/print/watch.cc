// tools/ctl/print/watch.cc: see watch.h.
#include "tools/ctl/print/watch.h"

#include <utility>

#include <fmt/format.h>

#include "base/quote.h"
#include "tools/ctl/print/pieces.h"
#include "tools/ctl/print/proto_json.h"

namespace cairn::ctl {

namespace {

using etcdserverpb::WatchResponse;
using render::Format;

std::string TypeName(const mvccpb::Event& event) {
  return EnumName(mvccpb::Event::EventType_Name<mvccpb::Event::EventType>, event.type());
}

bool IsProgress(const WatchResponse& response) {
  return response.events().empty() && !response.canceled() && !response.created() &&
         response.compact_revision() == 0 && response.header().revision() != 0;
}

// The client library's own struct: all members are there, zero or not.
std::string Json(const WatchResponse& response) {
  render::JsonWriter out;
  out.BeginObject().Key("Header");
  WriteMessage(response.header(), &out);
  out.Key("Events");
  if (response.events().empty()) {
    out.Null();
  } else {
    out.BeginArray();
    for (const mvccpb::Event& event : response.events()) WriteMessage(event, &out);
    out.EndArray();
  }
  out.Field("CompactRevision", response.compact_revision())
      .Field("Canceled", response.canceled())
      .Field("Created", response.created())
      .Field("CancelReason", response.cancel_reason())
      .EndObject();
  return std::move(out).text() + "\n";
}

}  // namespace

std::string PrintWatch(const WatchResponse& response, const Style& style) {
  std::string out;
  if (IsProgress(response)) {
    out = fmt::format("progress notify: {}\n", response.header().revision());
  }
  switch (style.format) {
    case Format::kJson:
      out += Json(response);
      break;
    case Format::kProtobuf: {
      WatchResponse printed = response;
      printed.clear_watch_id();
      printed.clear_cancel_reason();
      printed.clear_fragment();
      printed.AppendToString(&out);
      break;
    }
    case Format::kFields: {
      render::Fields fields;
      AddHeader(response.header(), style.hex, &fields);
      for (const mvccpb::Event& event : response.events()) {
        fields.Add("Type", TypeName(event));
        if (event.has_prev_kv()) AddPair(event.prev_kv(), true, style.hex, &fields);
        AddPair(event.kv(), false, style.hex, &fields);
      }
      out += fields.text();
      break;
    }
    default:
      for (const mvccpb::Event& event : response.events()) {
        out += TypeName(event) + "\n";
        if (event.has_prev_kv()) AppendPair(event.prev_kv(), style, false, &out);
        AppendPair(event.kv(), style, false, &out);
      }
  }
  return out;
}

std::vector<std::string> WatchEnvironment(const WatchResponse& response,
                                          const mvccpb::Event& event) {
  return {fmt::format("ETCD_WATCH_REVISION={}", response.header().revision()),
          fmt::format("ETCD_WATCH_EVENT_TYPE={}", QuoteGo(TypeName(event))),
          fmt::format("ETCD_WATCH_KEY={}", QuoteGo(event.kv().key())),
          fmt::format("ETCD_WATCH_VALUE={}", QuoteGo(event.kv().value()))};
}

}  // namespace cairn::ctl
