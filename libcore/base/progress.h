// base/progress.h: how long work tells its caller how far it is, and learns that it should stop.
#pragma once

#include <cstdint>

#include "base/status.h"

namespace cairn {

// Called by long work between two steps, at least every few MiB. Returning an error (an interrupt)
// makes the work stop, clean up and return that error. Called on the thread that does the work.
class Progress {
 public:
  virtual ~Progress() = default;
  // A new stage begins; `total_bytes` is 0 when unknown. `stage` is a short present participle
  // ("copying").
  virtual void Stage(const char* stage, uint64_t total_bytes) = 0;
  // A stage that is measured in something else: `unit` is a plural ("keys").
  virtual void Stage(const char* stage, uint64_t total, const char* unit) {
    (void)unit;
    Stage(stage, total);
  }
  // `done_bytes` of this stage are done.
  virtual Status Update(uint64_t done_bytes) = 0;
};

// Shows nothing and never stops the work.
class NoProgress : public Progress {
 public:
  using Progress::Stage;
  void Stage(const char*, uint64_t) override {}
  Status Update(uint64_t) override { return absl::OkStatus(); }
};

}  // namespace cairn
