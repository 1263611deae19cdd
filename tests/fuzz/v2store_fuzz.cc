// tests/fuzz/v2store_fuzz.cc: any text as a v2 store.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "snap/v2_store.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using cairn::snap::ParseV2Store;
  const auto store = ParseV2Store({reinterpret_cast<const char*>(data), size});
  if (!store.ok()) return 0;
  // What was understood is written as a store, and that is understood again.
  const auto again = ParseV2Store(cairn::snap::WriteV2Store(store->membership));
  CAIRN_CHECK(again.ok());
  CAIRN_CHECK(again->membership.version == store->membership.version);
  return 0;
}
