// tools/ctl/format/watch.cc: see watch.h.
#include "tools/ctl/format/watch.h"

#include <utility>

#include <fmt/format.h>

#include "gotext/quote.h"
#include "os/subprocess.h"
#include "tools/ctl/format/pieces.h"
#include "tools/ctl/format/proto_json.h"

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
std::string JsonBegin(const WatchResponse& response) {
  return fmt::format("{{\"Header\":{},\"Events\":", MessageJson(response.header()));
}
std::string JsonEnd(const WatchResponse& response) {
  render::JsonWriter out;
  out.BeginObject()
      .Field("CompactRevision", response.compact_revision())
      .Field("Canceled", response.canceled())
      .Field("Created", response.created())
      .Field("CancelReason", response.cancel_reason())
      .EndObject();
  return std::move(out).text().substr(1) + "\n";
}

// Of a message that is over its events' fields, what stands before and in them.
std::string Protobuf(const WatchResponse& response, bool begins) {
  WatchResponse printed = response;
  printed.clear_watch_id();
  printed.clear_cancel_reason();
  printed.clear_fragment();
  if (!begins) printed.clear_header();
  return printed.SerializeAsString();
}

void AddEvents(const WatchResponse& response, const Style& style, render::Fields* out) {
  for (const mvccpb::Event& event : response.events()) {
    out->Add("Type", TypeName(event));
    if (event.has_prev_kv()) AddPair(event.prev_kv(), true, style.hex, out);
    AddPair(event.kv(), false, style.hex, out);
  }
}

}  // namespace

std::string PrintWatch(const WatchResponse& response, const Style& style) {
  return WatchPrinter(style).Print(0, response);
}

std::string WatchPrinter::Print(size_t watch, const WatchResponse& response) {
  std::string out;
  // Only where a stream broke within an answer can another watch come in between.
  if (open_ && watch != watch_) {
    if (style_.format == Format::kJson) out += (any_ ? "]," : "null,") + JsonEnd({});
    open_ = false;
  }
  const bool begins = !open_;
  if (begins) any_ = false;
  watch_ = watch;
  open_ = response.fragment();
  if (begins && IsProgress(response)) {
    out += fmt::format("progress notify: {}\n", response.header().revision());
  }
  switch (style_.format) {
    case Format::kJson:
      if (begins) out += JsonBegin(response);
      for (const mvccpb::Event& event : response.events()) {
        out += any_ ? "," : "[";
        any_ = true;
        out += MessageJson(event);
      }
      if (!open_) out += (any_ ? "]," : "null,") + JsonEnd(response);
      break;
    case Format::kProtobuf:
      out += Protobuf(response, begins);
      break;
    case Format::kFields: {
      render::Fields fields;
      if (begins) AddHeader(response.header(), style_.hex, &fields);
      AddEvents(response, style_, &fields);
      out += fields.text();
      break;
    }
    default:
      for (const mvccpb::Event& event : response.events()) {
        out += TypeName(event) + "\n";
        if (event.has_prev_kv()) AppendPair(event.prev_kv(), style_, false, &out);
        AppendPair(event.kv(), style_, false, &out);
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

std::vector<std::string> LargeWatchEnvironment(const WatchResponse& response,
                                               const mvccpb::Event& event) {
  // A key of half of it is as good as too large: the rest of the environment needs its room.
  std::vector<std::string> settings = WatchEnvironment(response, event);
  if (settings[2].size() >= kMaxSettingBytes / 2) settings[2] = "ETCD_WATCH_KEY";
  settings[3] = "ETCD_WATCH_VALUE";
  settings.push_back(fmt::format("ETCD_WATCH_VALUE_BYTES={}", event.kv().value().size()));
  return settings;
}

}  // namespace cairn::ctl
