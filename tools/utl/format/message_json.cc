// tools/utl/format/message_json.cc: see message_json.h.
#include "tools/utl/format/message_json.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

namespace cairn::utl {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void WriteEnum(const FieldDescriptor& field, int number, render::JsonWriter& json) {
  const auto* value = field.enum_type()->FindValueByNumber(number);
  if (value == nullptr) {
    json.Value(number);
  } else {
    json.Value(value->name());
  }
}

void WriteText(const FieldDescriptor& field, const std::string& text, render::JsonWriter& json) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    json.Base64(text);
  } else {
    json.Value(std::string_view(text));
  }
}

// Element `index` of a list.
void WriteElement(const Message& message, const FieldDescriptor& field, int index,
                  render::JsonWriter& json) {
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      WriteMessage(reflection.GetRepeatedMessage(message, &field, index), json);
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      WriteText(field, reflection.GetRepeatedStringReference(message, &field, index, &scratch),
                json);
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      json.Value(reflection.GetRepeatedUInt64(message, &field, index));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      json.Value(reflection.GetRepeatedInt64(message, &field, index));
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      WriteEnum(field, reflection.GetRepeatedEnumValue(message, &field, index), json);
      break;
    default:  // no request has others
      json.Null();
  }
}

void WriteValue(const Message& message, const FieldDescriptor& field, render::JsonWriter& json) {
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      WriteMessage(reflection.GetMessage(message, &field), json);
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      WriteText(field, reflection.GetStringReference(message, &field, &scratch), json);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      json.Value(reflection.GetInt32(message, &field));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      json.Value(reflection.GetInt64(message, &field));
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      json.Value(reflection.GetUInt32(message, &field));
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      json.Value(reflection.GetUInt64(message, &field));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      json.Value(reflection.GetBool(message, &field));
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      WriteEnum(field, reflection.GetEnumValue(message, &field), json);
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:  // no request has them
      json.Null();
  }
}

}  // namespace

void WriteMessage(const Message& message, render::JsonWriter& json) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  json.BeginObject();
  for (const FieldDescriptor* field : fields) {
    json.Key(field->name());
    if (!field->is_repeated()) {
      WriteValue(message, *field, json);
      continue;
    }
    json.BeginArray();
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      WriteElement(message, *field, i, json);
    }
    json.EndArray();
  }
  json.EndObject();
}

}  // namespace cairn::utl
