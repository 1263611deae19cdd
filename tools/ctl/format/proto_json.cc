// tools/ctl/format/proto_json.cc: see proto_json.h.
#include "tools/ctl/format/proto_json.h"

#include <utility>

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

namespace cairn::ctl {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;
using render::JsonWriter;

// One value: element `index` of a repeated field, or the field itself with index -1.
void WriteValue(const Message& message, const FieldDescriptor* field, int index, JsonWriter* out) {
  const Reflection* reflection = message.GetReflection();
  const bool one = index < 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      out->Value(one ? reflection->GetInt32(message, field)
                     : reflection->GetRepeatedInt32(message, field, index));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      out->Value(one ? reflection->GetInt64(message, field)
                     : reflection->GetRepeatedInt64(message, field, index));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      out->Value(one ? reflection->GetUInt32(message, field)
                     : reflection->GetRepeatedUInt32(message, field, index));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      out->Value(one ? reflection->GetUInt64(message, field)
                     : reflection->GetRepeatedUInt64(message, field, index));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      out->Value(one ? reflection->GetBool(message, field)
                     : reflection->GetRepeatedBool(message, field, index));
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      out->Value(one ? reflection->GetEnumValue(message, field)
                     : reflection->GetRepeatedEnumValue(message, field, index));
      break;
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text =
          one ? reflection->GetStringReference(message, field, &scratch)
              : reflection->GetRepeatedStringReference(message, field, index, &scratch);
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        out->Base64(text);
      } else {
        out->Value(std::string_view(text));
      }
      break;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      WriteMessage(one ? reflection->GetMessage(message, field)
                       : reflection->GetRepeatedMessage(message, field, index),
                   out);
      break;
    // The v3 API has no floating-point numbers.
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      out->Null();
  }
}

void WriteOneof(const Message& message, const OneofDescriptor* oneof, JsonWriter* out) {
  std::string name(oneof->name());
  if (name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  out->Key(name).BeginObject();
  const Reflection* reflection = message.GetReflection();
  if (reflection->HasOneof(message, oneof)) {
    const FieldDescriptor* field = reflection->GetOneofFieldDescriptor(message, oneof);
    WriteValue(message, field, -1, &out->Key(field->name()));
  }
  out->EndObject();
}

void AppendNumber(std::string_view name, int64_t value, std::string* out) {
  if (value == 0) return;
  *out += name;
  const fmt::format_int digits(value);
  out->append(digits.data(), digits.size());
}

void AppendBytes(std::string_view name, const std::string& bytes, std::string* out) {
  if (bytes.empty()) return;
  *out += name;
  render::AppendJsonBase64(bytes, out);
}

}  // namespace

void AppendKeyValueJson(const mvccpb::KeyValue& kv, std::string* out) {
  const size_t start = out->size();
  AppendBytes(",\"key\":", kv.key(), out);
  AppendNumber(",\"create_revision\":", kv.create_revision(), out);
  AppendNumber(",\"mod_revision\":", kv.mod_revision(), out);
  AppendNumber(",\"version\":", kv.version(), out);
  AppendBytes(",\"value\":", kv.value(), out);
  AppendNumber(",\"lease\":", kv.lease(), out);
  if (out->size() == start) {
    *out += '{';
  } else {
    (*out)[start] = '{';  // in the place of the first comma
  }
  *out += '}';
}

void WriteMembers(const Message& message, JsonWriter* out) {
  const google::protobuf::Descriptor* type = message.GetDescriptor();
  const Reflection* reflection = message.GetReflection();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (const OneofDescriptor* oneof = field->real_containing_oneof()) {
      if (oneof->field(0) == field) WriteOneof(message, oneof, out);
    } else if (field->is_repeated()) {
      const int size = reflection->FieldSize(message, field);
      if (size == 0) continue;
      out->Key(field->name()).BeginArray();
      for (int n = 0; n < size; ++n) WriteValue(message, field, n, out);
      out->EndArray();
    } else if (reflection->HasField(message, field)) {
      WriteValue(message, field, -1, &out->Key(field->name()));
    }
  }
}

void WriteMessage(const Message& message, JsonWriter* out) {
  if (message.GetDescriptor() == mvccpb::KeyValue::descriptor()) {
    std::string text;
    AppendKeyValueJson(static_cast<const mvccpb::KeyValue&>(message), &text);
    out->Raw(text);
    return;
  }
  out->BeginObject();
  WriteMembers(message, out);
  out->EndObject();
}

std::string MessageJson(const Message& message) {
  JsonWriter out;
  WriteMessage(message, &out);
  return std::move(out).text();
}

}  // namespace cairn::ctl
