// tests/fuzz/entry_fuzz.cc: any bytes as each message of the log; what decodes, encodes again.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "proto/raft_view.h"
#include "proto/wal_view.h"

namespace {

// Once decoded and encoded, bytes are in our form, and stay as they are.
template <typename Decode, typename Append>
void Settles(std::string_view bytes, Decode decode, Append append) {
  const auto first = decode(bytes);
  if (!first.ok()) return;
  std::string once, twice;
  append(once, *first);
  const auto second = decode(once);
  CAIRN_CHECK(second.ok());
  append(twice, *second);
  CAIRN_CHECK(once == twice);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace proto = cairn::proto;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Settles(bytes, proto::DecodeEntry, proto::AppendEntry);
  Settles(bytes, proto::DecodeHardState, proto::AppendHardState);
  Settles(bytes, proto::DecodeConfState, proto::AppendConfState);
  Settles(bytes, proto::DecodeSnapshot, proto::AppendSnapshot);
  Settles(bytes, proto::DecodeConfChange, proto::AppendConfChange);
  Settles(bytes, proto::DecodeWalSnapshot, proto::AppendWalSnapshot);
  Settles(bytes, proto::DecodeMemberMetadata, proto::AppendMemberMetadata);
  Settles(bytes, proto::DecodeSnapFile, proto::AppendSnapFile);
  (void)proto::DecodeWalRecord(bytes);
  if (const auto entry = proto::DecodeEntry(bytes); entry.ok()) {
    std::string out;
    proto::AppendEntry(out, *entry);
    CAIRN_CHECK(out.size() == proto::EntrySize(*entry));
  }
  return 0;
}
