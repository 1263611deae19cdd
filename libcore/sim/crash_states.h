// sim/crash_states.h: every state in which a power loss may leave a file system.
//
// The model is strict, so that code which passes is right on any disk:
//   - Data and size of a file are durable once it is synced. Since then, each write may be kept,
//     lost or torn at 512-byte sectors, and each change of size kept or lost, independently.
//   - Names are durable once their directory is synced; syncing a file does not keep its name.
//     A directory keeps a prefix of its pending changes, as a journal would. A rename from one
//     directory into another happens in both or in none.
//   - A new file whose name was kept may have any part of its data, or none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "sim/mem_fs.h"

namespace cairn {

// Enumerates crash states of a MemFs from its log. Stateless; deterministic for a seed.
//
// A pending piece is a write, a size change or a name change that isn't durable. With few pieces
// all subsets are made, and each write torn at its sectors while the rest is kept or lost. With
// more: none, all, each alone lost, each alone kept, each prefix, the last write torn at its
// sectors from both ends, and seeded random subsets with torn writes.
class CrashStates {
 public:
  struct Options {
    size_t all_subsets_up_to = 8;  // pieces, at most 16
    size_t random_states = 32;     // at each moment with more pieces
    size_t max_each = 64;          // of each systematic kind; evenly spread when there are more
  };
  using Visitor = std::function<void(std::unique_ptr<MemFs>, const std::string& description)>;
  // `op` is the moment: how many operations had been done.
  using WalkVisitor =
      std::function<void(size_t op, std::unique_ptr<MemFs>, const std::string& description)>;

  CrashStates() = default;
  explicit CrashStates(const Options& options) : options_(options) {}

  // Power is lost when the first `op` operations of the log have been done (0 ≤ op ≤ op_count).
  // Each state is a file system of its own, all durable, with an empty log. The description says
  // which pieces were lost. Returns how many states there were, at least 1.
  size_t ForEach(const MemFs& fs, size_t op, uint64_t seed, const Visitor& visit) const;

  // The same at the moments `first`, `first` + `step`, … and at the end of the log.
  size_t ForEveryNth(const MemFs& fs, size_t first, size_t step, uint64_t seed,
                     const WalkVisitor& visit) const;

 private:
  Options options_;
};

}  // namespace cairn
