// tests/fuzz/snap_fuzz.cc: any bytes as a `.snap` file.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/crc32c.h"
#include "sim/mem_fs.h"
#include "snap/snap_file.h"
#include "snap/v2_store.h"

namespace cairn::snap {
namespace {

void ReadAny(std::string_view input) {
  // Once as the file, once as what a right crc wraps.
  MemFs fs;
  std::string wrapped;
  proto::AppendSnapFile(wrapped, {.crc = Crc32c(input), .data = input});
  for (const std::string_view bytes : {input, std::string_view(wrapped)}) {
    const auto file = fs.Open("/a.snap", {.write = true, .create = true, .truncate = true});
    CAIRN_CHECK(file.ok() && (*file)->WriteAt(0, bytes).ok());
    const auto snap = ReadSnapFile(fs, "/a.snap");
    if (!snap.ok() || snap->index.value == 0) continue;
    (void)ParseV2Store(snap->data);
    // What was understood is written and understood again.
    const auto path = WriteSnapFile(fs, "/",
                                    {.data = snap->data,
                                     .conf_state = snap->conf_state,
                                     .index = snap->index,
                                     .term = snap->term});
    CAIRN_CHECK(path.ok());
    const auto again = ReadSnapFile(fs, *path);
    CAIRN_CHECK(again.ok() && again->data == snap->data && again->conf_state == snap->conf_state);
  }
}

}  // namespace
}  // namespace cairn::snap

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cairn::snap::ReadAny({reinterpret_cast<const char*>(data), size});
  return 0;
}
