// tools/ctl/format/lease.cc: see lease.h.
#include "tools/ctl/format/lease.h"

#include <utility>

#include <fmt/format.h>

#include "gotext/quote.h"
#include "tools/ctl/format/pieces.h"
#include "tools/ctl/format/proto_json.h"

namespace cairn::ctl {

namespace {

using render::Format;
using render::JsonWriter;

// {HEADER.., what `body` adds}
template <typename Response, typename Body>
std::string Flat(const Response& response, Body body) {
  JsonWriter out;
  out.BeginObject();
  WriteMembers(response.header(), &out);
  body(&out);
  out.EndObject();
  return std::move(out).text() + "\n";
}

template <typename Response>
render::Fields HeadOf(const Response& response, const Style& style) {
  render::Fields out;
  AddHeader(response.header(), style.hex, &out);
  return out;
}

}  // namespace

std::string PrintLeaseGrant(const etcdserverpb::LeaseGrantResponse& response, const Style& style) {
  switch (style.format) {
    case Format::kJson:
      return Flat(response, [&](JsonWriter* out) {
        out->Field("ID", response.id())
            .Field("TTL", response.ttl())
            .Field("Error", response.error());
      });
    case Format::kProtobuf:
      return response.header().SerializeAsString();
    case Format::kFields: {
      render::Fields out = HeadOf(response, style);
      AddLeaseId("ID", response.id(), style.hex, &out);
      return out.Add("TTL", response.ttl()).text();
    }
    default:
      return fmt::format("lease {} granted with TTL({}s)\n", LeaseIdHex(response.id()),
                         response.ttl());
  }
}

std::string PrintLeaseRevoke(int64_t id, const etcdserverpb::LeaseRevokeResponse& response,
                             const Style& style) {
  return PrintDone(response, style, fmt::format("lease {} revoked", LeaseIdHex(id)));
}

std::string PrintLeaseTimeToLive(const etcdserverpb::LeaseTimeToLiveResponse& response, bool keys,
                                 const Style& style) {
  switch (style.format) {
    case Format::kJson:
      return Flat(response, [&](JsonWriter* out) {
        out->Field("id", response.id())
            .Field("ttl", response.ttl())
            .Field("granted-ttl", response.grantedttl())
            .Key("keys");
        if (response.keys().empty()) {
          out->Null();
          return;
        }
        out->BeginArray();
        for (const std::string& key : response.keys()) out->Base64(key);
        out->EndArray();
      });
    case Format::kProtobuf:
      return response.header().SerializeAsString();
    case Format::kFields: {
      render::Fields out = HeadOf(response, style);
      AddLeaseId("ID", response.id(), style.hex, &out);
      out.Add("TTL", response.ttl()).Add("GrantedTTL", response.grantedttl());
      for (const std::string& key : response.keys()) out.Add("Key", QuoteGo(key));
      return std::move(out).text();
    }
    default:
      break;
  }
  const std::string id = LeaseIdHex(response.id());
  if (response.grantedttl() == 0 && response.ttl() == -1) {
    return fmt::format("lease {} already expired\n", id);
  }
  std::string out = fmt::format("lease {} granted with TTL({}s), remaining({}s)", id,
                                response.grantedttl(), response.ttl());
  if (keys) {
    out += ", attached keys([";
    for (int i = 0; i < response.keys_size(); ++i) {
      if (i > 0) out += ' ';
      out += response.keys(i);
    }
    out += "])";
  }
  return out + "\n";
}

std::string PrintLeaseList(const etcdserverpb::LeaseLeasesResponse& response, const Style& style) {
  switch (style.format) {
    case Format::kJson:
      return Flat(response, [&](JsonWriter* out) {
        out->Key("leases").BeginArray();
        for (const auto& lease : response.leases()) {
          out->BeginObject().Field("id", lease.id()).EndObject();
        }
        out->EndArray();
      });
    case Format::kProtobuf:
      return response.header().SerializeAsString();
    case Format::kFields: {
      render::Fields out = HeadOf(response, style);
      for (const auto& lease : response.leases()) AddLeaseId("ID", lease.id(), style.hex, &out);
      return std::move(out).text();
    }
    default: {
      std::string out = fmt::format("found {} leases\n", response.leases_size());
      for (const auto& lease : response.leases()) out += LeaseIdHex(lease.id()) + "\n";
      return out;
    }
  }
}

std::string PrintLeaseKeepAlive(const etcdserverpb::LeaseKeepAliveResponse& response,
                                const Style& style) {
  switch (style.format) {
    case Format::kJson:
      return Flat(response, [&](JsonWriter* out) {
        out->Field("ID", response.id()).Field("TTL", response.ttl());
      });
    case Format::kProtobuf:
      return response.header().SerializeAsString();
    case Format::kFields: {
      render::Fields out = HeadOf(response, style);
      AddLeaseId("ID", response.id(), style.hex, &out);
      return out.Add("TTL", response.ttl()).text();
    }
    default:
      return fmt::format("lease {} keepalived with TTL({})\n", LeaseIdHex(response.id()),
                         response.ttl());
  }
}

std::string PrintLeaseGone(int64_t id, const Style& style) {
  if (style.format != Format::kSimple) return "";
  return fmt::format("lease {} expired or revoked.\n", LeaseIdHex(id));
}

}  // namespace cairn::ctl
