// cluster/entry_versions.cc: walks a request by reflection and takes the greatest version it meets.
#include "cluster/entry_versions.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "etcdserverpb_internal.pb.h"
#include "proto/wire.h"
#include "raftpb.pb.h"
#include "versionpb.pb.h"

namespace cairn::cluster {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The greatest version among what was visited.
class VersionVisitor {
 public:
  void Visit(const Message& message) {
    const auto& options = message.GetDescriptor()->options();
    Note(options.GetExtension(versionpb::etcd_version_msg));
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) VisitField(message, *field);
  }

  void Note(const SemVer& version) {
    if (!found_ || *found_ < version) found_ = version;
  }

  const std::optional<SemVer>& found() const { return found_; }

 private:
  // etcd does not look into elements of lists.
  void VisitField(const Message& message, const FieldDescriptor& field) {
    Note(field.options().GetExtension(versionpb::etcd_version_field));
    if (field.is_repeated()) return;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Visit(message.GetReflection()->GetMessage(message, &field));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      Note(field.enum_type()->options().GetExtension(versionpb::etcd_version_enum));
      const int number = message.GetReflection()->GetEnumValue(message, &field);
      const EnumValueDescriptor* value = field.enum_type()->FindValueByNumber(number);
      if (value != nullptr) {
        Note(value->options().GetExtension(versionpb::etcd_version_enum_value));
      }
    }
  }

  // An annotation: "3.5", or empty where there is none.
  void Note(const std::string& minor) {
    if (minor.empty()) return;
    if (auto version = ParseSemVer(minor + ".0"); version.ok()) Note(*version);
  }

  std::optional<SemVer> found_;
};

StatusOr<std::optional<SemVer>> OfRequest(std::string_view data) {
  if (IsV2Request(data)) return std::optional<SemVer>();
  etcdserverpb::InternalRaftRequest request;
  if (data.size() > static_cast<size_t>(std::numeric_limits<int>::max()) ||
      !request.ParseFromArray(data.data(), static_cast<int>(data.size()))) {
    return absl::DataLossError("the entry's data is not an etcdserverpb.InternalRaftRequest");
  }
  VersionVisitor visitor;
  if (request.has_downgrade_version_test()) {
    CAIRN_ASSIGN_OR_RETURN(const SemVer version,
                           ParseSemVer(request.downgrade_version_test().ver()));
    visitor.Note(version);
  }
  visitor.Visit(request);
  return visitor.found();
}

}  // namespace

bool IsV2Request(std::string_view data) {
  static constexpr std::array<std::string_view, 6> kVerbs = {"PUT",  "POST", "DELETE",
                                                             "QGET", "GET",  "SYNC"};
  proto::WireReader reader(data);
  proto::WireField field;
  while (reader.Next(field)) {
    if (!field.IsBytes(2)) continue;
    for (std::string_view verb : kVerbs) {
      if (field.bytes == verb) return true;
    }
  }
  return false;
}

StatusOr<std::optional<SemVer>> MinimalVersionOfEntry(uint64_t type, std::string_view data) {
  switch (type) {
    case raftpb::EntryNormal:
      return OfRequest(data);
    case raftpb::EntryConfChange:
      return std::optional(SemVer{3, 0, 0});
    case raftpb::EntryConfChangeV2:
      return std::optional(SemVer{3, 4, 0});
    default:
      return absl::UnimplementedError(fmt::format("an entry of unknown type {}", type));
  }
}

}  // namespace cairn::cluster
