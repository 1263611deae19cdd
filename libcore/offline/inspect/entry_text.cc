// offline/inspect/entry_text.cc: see entry_text.h.
#include "offline/inspect/entry_text.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "cluster/ids.h"
#include "etcdserverpb_disk.pb.h"
#include "etcdserverpb_internal.pb.h"
#include "gotext/quote.h"
#include "proto/key_range.h"
#include "raftpb.pb.h"

namespace cairn::offline {

namespace {

using cluster::IdString;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Keys of real stores are shorter.
constexpr size_t kKeyBytes = 300;
constexpr size_t kValueBytes = 48;
constexpr size_t kContextBytes = 1000;
// Steps of a transaction, checkpoints of leases.
constexpr int kListed = 8;

std::string Key(std::string_view key) { return ShortText(key, kKeyBytes); }

// A lease's id as etcdctl shows it.
std::string Lease(int64_t id) { return fmt::format("{:016x}", static_cast<uint64_t>(id)); }

std::string Range(const std::string& key, const std::string& end) {
  if (end.empty()) return Key(key);
  if (end == std::string(1, '\0')) {
    return key.empty() || key == end ? "all keys" : Key(key) + " and all after it";
  }
  if (end == proto::PrefixEnd(key)) return "prefix " + Key(key);
  return Key(key) + " up to " + Key(end);
}

// " NAME VALUE" when `value` isn't zero.
std::string Number(std::string_view name, int64_t value) {
  return value == 0 ? "" : fmt::format(" {} {}", name, value);
}

std::string Word(std::string_view word, bool on) { return on ? fmt::format(" {}", word) : ""; }

std::string Text(const etcdserverpb::RangeRequest& r) {
  std::string text = "range " + Range(r.key(), r.range_end());
  text += Number("revision", r.revision()) + Number("limit", r.limit());
  if (r.sort_order() != etcdserverpb::RangeRequest::NONE) {
    text += fmt::format(" sorted by {} {}",
                        etcdserverpb::RangeRequest::SortTarget_Name(r.sort_target()),
                        etcdserverpb::RangeRequest::SortOrder_Name(r.sort_order()));
  }
  text += Number("min mod", r.min_mod_revision()) + Number("max mod", r.max_mod_revision());
  text +=
      Number("min create", r.min_create_revision()) + Number("max create", r.max_create_revision());
  return text + Word("keys only", r.keys_only()) + Word("count only", r.count_only()) +
         Word("serializable", r.serializable());
}

std::string Text(const etcdserverpb::PutRequest& r) {
  std::string text = "put " + Key(r.key());
  text += r.ignore_value() ? " with its value" : " = " + ShortText(r.value(), kValueBytes);
  if (r.ignore_lease()) text += " with its lease";
  if (r.lease() != 0) text += " lease " + Lease(r.lease());
  return text + Word("prev-kv", r.prev_kv());
}

std::string Text(const etcdserverpb::DeleteRangeRequest& r) {
  return "delete " + Range(r.key(), r.range_end()) + Word("prev-kv", r.prev_kv());
}

std::string Text(const etcdserverpb::Compare& c) {
  std::string left, right;
  switch (c.target()) {
    case etcdserverpb::Compare::VERSION:
      left = "version";
      right = std::to_string(c.version());
      break;
    case etcdserverpb::Compare::CREATE:
      left = "create";
      right = std::to_string(c.create_revision());
      break;
    case etcdserverpb::Compare::MOD:
      left = "mod";
      right = std::to_string(c.mod_revision());
      break;
    case etcdserverpb::Compare::VALUE:
      left = "value";
      right = ShortText(c.value(), kValueBytes);
      break;
    case etcdserverpb::Compare::LEASE:
      left = "lease";
      right = Lease(c.lease());
      break;
    default:
      left = fmt::format("target {}", static_cast<int>(c.target()));
  }
  std::string_view sign = "?";
  switch (c.result()) {
    case etcdserverpb::Compare::EQUAL:
      sign = "=";
      break;
    case etcdserverpb::Compare::GREATER:
      sign = ">";
      break;
    case etcdserverpb::Compare::LESS:
      sign = "<";
      break;
    case etcdserverpb::Compare::NOT_EQUAL:
      sign = "!=";
      break;
    default:
      break;
  }
  return fmt::format("{}({}) {} {}", left, Range(c.key(), c.range_end()), sign, right);
}

// Elements of a list, each by Text, the first few of them.
template <typename List>
std::string Texts(const List& list, std::string_view between);

std::string Text(const etcdserverpb::TxnRequest& r) {
  std::string text = "txn";
  if (r.compare_size() > 0) text += " if " + Texts(r.compare(), " and ");
  text += " then " + (r.success_size() > 0 ? Texts(r.success(), "; ") : "nothing");
  if (r.failure_size() > 0) text += " else " + Texts(r.failure(), "; ");
  return text;
}

std::string Text(const etcdserverpb::RequestOp& op) {
  switch (op.request_case()) {
    case etcdserverpb::RequestOp::kRequestRange:
      return Text(op.request_range());
    case etcdserverpb::RequestOp::kRequestPut:
      return Text(op.request_put());
    case etcdserverpb::RequestOp::kRequestDeleteRange:
      return Text(op.request_delete_range());
    case etcdserverpb::RequestOp::kRequestTxn:
      return fmt::format("({})", Text(op.request_txn()));
    case etcdserverpb::RequestOp::REQUEST_NOT_SET:
      break;
  }
  return "nothing";
}

std::string Text(const etcdserverpb::LeaseCheckpoint& checkpoint) {
  return fmt::format("{} {}s", Lease(checkpoint.id()), checkpoint.remaining_ttl());
}

template <typename List>
std::string Texts(const List& list, std::string_view between) {
  std::string text;
  for (int i = 0; i < list.size() && i < kListed; ++i) {
    if (i > 0) text += between;
    text += Text(list[i]);
  }
  if (list.size() > kListed) text += fmt::format("{}{} more", between, list.size() - kListed);
  return text;
}

std::string Text(const etcdserverpb::AlarmRequest& r) {
  return fmt::format("alarm {} {} member {}",
                     etcdserverpb::AlarmRequest::AlarmAction_Name(r.action()),
                     etcdserverpb::AlarmType_Name(r.alarm()), IdString(r.memberid()));
}

std::string Text(const membershippb::ClusterMemberAttrSetRequest& r) {
  std::string text = fmt::format("member {} name {} client URLs", IdString(r.member_id()),
                                 QuoteGo(r.member_attributes().name()));
  for (const std::string& url : r.member_attributes().client_urls())
    text += fmt::format(" {}", QuoteGo(url));
  return text;
}

std::string Permission(const etcdserverpb::AuthRoleGrantPermissionRequest& r) {
  return fmt::format("role {}: grant {} on {}", QuoteGo(r.name()),
                     authpb::Permission::Type_Name(r.perm().permtype()),
                     Range(r.perm().key(), r.perm().range_end()));
}

// A request of the rare kinds by its fields: `auth_user_grant_role user "a" role "b"`.
std::string Fields(std::string_view name, const Message& message) {
  std::string text(name);
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated()) continue;
    text += fmt::format(" {} ", field->name());
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        text += Key(reflection->GetString(message, field));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        text += reflection->GetBool(message, field) ? "true" : "false";
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        text += std::to_string(reflection->GetInt64(message, field));
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        text += std::to_string(reflection->GetUInt64(message, field));
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        text += Fields("of", reflection->GetMessage(message, field));
        break;
      default:
        text += "set";
    }
  }
  return text;
}

std::string Text(const etcdserverpb::InternalRaftRequest& r) {
  if (r.has_range()) return Text(r.range());
  if (r.has_put()) return Text(r.put());
  if (r.has_delete_range()) return Text(r.delete_range());
  if (r.has_txn()) return Text(r.txn());
  if (r.has_compaction()) {
    return fmt::format("compact at revision {}{}", r.compaction().revision(),
                       Word("physical", r.compaction().physical()));
  }
  if (r.has_lease_grant()) {
    return fmt::format("grant lease {} for {}s", Lease(r.lease_grant().id()),
                       r.lease_grant().ttl());
  }
  if (r.has_lease_revoke()) return "revoke lease " + Lease(r.lease_revoke().id());
  if (r.has_lease_checkpoint()) {
    return "leases have left: " + Texts(r.lease_checkpoint().checkpoints(), ", ");
  }
  if (r.has_alarm()) return Text(r.alarm());
  if (r.has_auth_role_grant_permission()) return Permission(r.auth_role_grant_permission());
  if (r.has_auth_role_revoke_permission()) {
    const auto& revoke = r.auth_role_revoke_permission();
    return fmt::format("role {}: revoke {}", QuoteGo(revoke.role()),
                       Range(revoke.key(), revoke.range_end()));
  }
  if (r.has_cluster_version_set()) {
    return "cluster version " + QuoteGo(r.cluster_version_set().ver());
  }
  if (r.has_cluster_member_attr_set()) return Text(r.cluster_member_attr_set());
  if (r.has_downgrade_info_set()) {
    return r.downgrade_info_set().enabled()
               ? "downgrade to " + QuoteGo(r.downgrade_info_set().ver())
               : "end the downgrade";
  }
  std::vector<const FieldDescriptor*> fields;
  r.GetReflection()->ListFields(r, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->name() == "header")
      continue;
    return Fields(field->name(), r.GetReflection()->GetMessage(r, field));
  }
  const auto& unknown = r.GetReflection()->GetUnknownFields(r);
  for (int i = 0; i < unknown.field_count(); ++i) {
    return fmt::format("field {}, which no release up to 3.7 knows", unknown.field(i).number());
  }
  return "asks for nothing";
}

// As it is when it is short and printable, else as ShortText.
std::string PlainOrShort(const std::string& text) {
  std::string_view rest = text;
  bool plain = text.size() <= kContextBytes;
  while (plain && !rest.empty()) {
    const Utf8Rune rune = DecodeUtf8(rest);
    plain = rune.valid && IsPrintable(rune.code);
    rest.remove_prefix(rune.length);
  }
  return plain ? text : ShortText(text, kContextBytes);
}

std::string Text(const etcdserverpb::Request& r) {
  std::string text = fmt::format("v2 {} {}", PlainOrShort(r.method()), Key(r.path()));
  if (!r.val().empty()) text += " = " + ShortText(r.val(), kContextBytes);
  return text;
}

std::string Text(const raftpb::ConfChange& c) {
  std::string_view what = "change";
  switch (c.type()) {
    case raftpb::ConfChangeAddNode:
      what = "add member";
      break;
    case raftpb::ConfChangeRemoveNode:
      what = "remove member";
      break;
    case raftpb::ConfChangeUpdateNode:
      what = "update member";
      break;
    case raftpb::ConfChangeAddLearnerNode:
      what = "add learner";
      break;
  }
  std::string text = fmt::format("{} {}", what, IdString(c.node_id()));
  // The member as JSON.
  if (!c.context().empty()) text.append(" ").append(PlainOrShort(c.context()));
  return text;
}

std::string Text(const raftpb::ConfChangeV2& c) {
  std::string text = fmt::format("change {} members", c.changes_size());
  for (const raftpb::ConfChangeSingle& change : c.changes()) {
    text += fmt::format(", {} {}", raftpb::ConfChangeType_Name(change.type()),
                        IdString(change.node_id()));
  }
  return text;
}

}  // namespace

std::string ShortText(std::string_view bytes, size_t limit) {
  if (bytes.size() <= limit) return QuoteGo(bytes);
  size_t kept = 0;
  while (kept < limit) {
    const Utf8Rune rune = DecodeUtf8(bytes.substr(kept));
    if (kept + rune.length > limit) break;
    kept += rune.length;
  }
  return fmt::format("{}... ({} bytes)", QuoteGo(bytes.substr(0, kept)), bytes.size());
}

std::string EntryText(const DecodedEntry& entry) {
  if (entry.request == nullptr) {
    if (entry.data_bytes == 0) return "of a new leader";
    return fmt::format("{} bytes that are not a request: {}", entry.unparsed.size(),
                       ShortText(entry.unparsed, kValueBytes));
  }
  const Message& request = *entry.request;
  const auto* type = request.GetDescriptor();
  if (type == etcdserverpb::InternalRaftRequest::descriptor()) {
    return Text(static_cast<const etcdserverpb::InternalRaftRequest&>(request));
  }
  if (type == etcdserverpb::Request::descriptor()) {
    return Text(static_cast<const etcdserverpb::Request&>(request));
  }
  if (type == raftpb::ConfChange::descriptor()) {
    return Text(static_cast<const raftpb::ConfChange&>(request));
  }
  return Text(static_cast<const raftpb::ConfChangeV2&>(request));
}

}  // namespace cairn::offline
