// tests/fuzz/request_fuzz.cc: any bytes as an entry of the log and as the request in one: it is
// told in one printable line.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "offline/inspect/entry_text.h"
#include "offline/log_entry.h"

namespace {

void Tell(const cairn::proto::EntryView& entry) {
  static cairn::offline::EntryDecoder decoder;
  cairn::offline::DecodedEntry decoded;
  decoder.Decode(entry, decoded);
  const auto& kinds = cairn::offline::EntryKinds();
  CAIRN_CHECK(std::find(kinds.begin(), kinds.end(), decoded.kind) != kinds.end());
  const std::string text = cairn::offline::EntryText(decoded);
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
  CAIRN_CHECK(std::none_of(text.begin(), text.end(), control));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace proto = cairn::proto;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto entry = proto::DecodeEntry(bytes); entry.ok()) Tell(*entry);
  for (const auto type : {proto::EntryType::kNormal, proto::EntryType::kConfChange,
                          proto::EntryType::kConfChangeV2}) {
    proto::EntryView entry;
    entry.type = type;
    entry.data = bytes;
    Tell(entry);
  }
  return 0;
}
