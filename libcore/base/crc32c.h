// base/crc32c.h: CRC-32C (Castagnoli, reflected 0x82F63B78, init and final xor 0xFFFFFFFF), as etcd
// uses it everywhere.
#pragma once

#include <cstdint>
#include <string_view>

namespace cairn {

// The CRC of what gave `crc` followed by `data`; 0 is the CRC of nothing. Uses SSE4.2 or ARMv8
// where the machine has it.
uint32_t ExtendCrc32c(uint32_t crc, std::string_view data);
inline uint32_t Crc32c(std::string_view data) { return ExtendCrc32c(0, data); }

// The CRC of A followed by B from the CRC of each and B's length in bytes; O(log length). Lets
// pieces be read in any order and joined in the right one.
uint32_t CombineCrc32c(uint32_t crc_a, uint32_t crc_b, uint64_t length_b);

// The portable form, for tests to compare the others with.
uint32_t ExtendCrc32cPortable(uint32_t crc, std::string_view data);

}  // namespace cairn
