// tools/ctl/format/pieces.cc: see pieces.h.
#include "tools/ctl/format/pieces.h"

#include <fmt/format.h>

#include "gotext/quote.h"
#include "tools/ctl/format/proto_json.h"

namespace cairn::ctl {

using render::Fields;

std::string LeaseIdHex(int64_t id) {
  return id < 0 ? fmt::format("-{:015x}", 0 - static_cast<uint64_t>(id))
                : fmt::format("{:016x}", id);
}

std::string IdHex(uint64_t id) { return fmt::format("{:x}", id); }

std::string HexEscapes(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 4);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const char escape[4] = {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    out.append(escape, 4);
  }
  return out;
}

std::string PrintMessage(const google::protobuf::Message& message, render::Format format) {
  return format == render::Format::kJson ? MessageJson(message) + "\n"
                                         : message.SerializeAsString();
}

void AppendPair(const mvccpb::KeyValue& kv, const Style& style, bool value_only, std::string* out) {
  const auto line = [&](const std::string& bytes) {
    if (style.hex) {
      *out += HexEscapes(bytes);
    } else {
      *out += bytes;
    }
    *out += '\n';
  };
  if (!value_only) line(kv.key());
  line(kv.value());
}

std::string JoinTexts(const Texts& all, std::string_view between) {
  std::string out;
  for (int i = 0; i < all.size(); ++i) {
    if (i > 0) out += between;
    out += all[i];
  }
  return out;
}

std::string JoinRows(const std::vector<std::vector<std::string>>& rows) {
  std::string out;
  for (const std::vector<std::string>& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += ", ";
      out += Printable(row[i]);  // names, URLs and versions are a server's words
    }
    out += '\n';
  }
  return out;
}

void AddId(std::string_view name, uint64_t id, bool hex, Fields* out) {
  if (hex) {
    out->Add(name, IdHex(id));
  } else {
    out->Add(name, id);
  }
}

void AddLeaseId(std::string_view name, int64_t id, bool hex, Fields* out) {
  if (hex) {
    out->Add(name, LeaseIdHex(id));
  } else {
    out->Add(name, id);
  }
}

void AddHeader(const etcdserverpb::ResponseHeader& header, bool hex, Fields* out) {
  AddId("ClusterID", header.cluster_id(), hex, out);
  AddId("MemberID", header.member_id(), hex, out);
  // Answers that aren't about keys carry none.
  if (header.revision() > 0) out->Add("Revision", header.revision());
  out->Add("RaftTerm", header.raft_term());
}

void AddPair(const mvccpb::KeyValue& kv, bool previous, bool hex, Fields* out) {
  const auto name = [previous](std::string_view full) {
    if (!previous) full.remove_prefix(4);
    return full;
  };
  out->Add(name("PrevKey"), QuoteGo(kv.key()))
      .Add(name("PrevCreateRevision"), kv.create_revision())
      .Add(name("PrevModRevision"), kv.mod_revision())
      .Add(name("PrevVersion"), kv.version())
      .Add(name("PrevValue"), QuoteGo(kv.value()));
  AddLeaseId(name("PrevLease"), kv.lease(), hex, out);
}

}  // namespace cairn::ctl
