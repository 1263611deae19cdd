// base/random.h: the seam for randomness. A generator is made from a seed, so that a run can be
// repeated.
#pragma once

#include <cstdint>

namespace cairn {

// xoshiro256** (Blackman, Vigna 2018), seeded through splitmix64. Not for secrets. Not thread-safe.
class Random {
 public:
  explicit Random(uint64_t seed);
  uint64_t Next();
  // Uniform in [0, bound); bound > 0.
  uint64_t Below(uint64_t bound);
  bool OneIn(uint64_t n) { return Below(n) == 0; }

 private:
  uint64_t state_[4];
};

// A seed that differs from run to run (getrandom).
uint64_t SystemSeed();

}  // namespace cairn
