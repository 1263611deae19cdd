// tests/fuzz/bolt_fuzz.cc: any bytes as a bbolt file.
#include "bolt_any_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cairn::bolt::TryInput({reinterpret_cast<const char*>(data), size});
  return 0;
}
