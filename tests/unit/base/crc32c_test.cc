// tests/unit/base/crc32c_test.cc: CRC-32C against the RFC's vectors and against itself.
#include "base/crc32c.h"

#include <doctest/doctest.h>

#include <string>

#include "base/random.h"

namespace cairn {

TEST_CASE("the vectors of RFC 3720 B.4") {
  CHECK(Crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(Crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  std::string up;
  for (int i = 0; i < 32; ++i) up += static_cast<char>(i);
  CHECK(Crc32c(up) == 0x46dd794e);
  CHECK(Crc32c("123456789") == 0xe3069283);
  CHECK(Crc32c("") == 0);
}

TEST_CASE("every length and cut agrees with the portable form and with combining") {
  Random random(7);
  std::string data(9000, '\0');
  for (char& c : data) c = static_cast<char>(random.Next());
  for (size_t n = 0; n < data.size(); n += 1 + n / 17) {
    const std::string_view all(data.data(), n);
    const uint32_t crc = Crc32c(all);
    CHECK(crc == ExtendCrc32cPortable(0, all));
    const size_t cut = n == 0 ? 0 : random.Below(n);
    CHECK(ExtendCrc32c(Crc32c(all.substr(0, cut)), all.substr(cut)) == crc);
    CHECK(CombineCrc32c(Crc32c(all.substr(0, cut)), Crc32c(all.substr(cut)), n - cut) == crc);
  }
}

}  // namespace cairn
