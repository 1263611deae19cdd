// tests/unit/bolt/crash_test.cc: power loss and failing disks at every operation of a Db.
#include <doctest/doctest.h>

#include <vector>

#include "model.h"
#include "sim/crash_states.h"
#include "sim/mem_fs.h"

namespace cairn::bolt {

namespace {

constexpr uint32_t kPageSize = 1024;
constexpr Shape kShape{.key_space = 40, .max_value = 120, .huge_value = 3000};

DbOptions Options(bool store_freelist) {
  // A little beyond the need, so that some commits grow the file and some don't.
  return {.create = true,
          .page_size = kPageSize,
          .store_freelist = store_freelist,
          .cache_bytes = 1 << 16,
          .grow_bytes = 4 * kPageSize};
}

// Opens what is there, which must hold one of `allowed`, and commits once more.
void CheckDb(Fs& fs, const std::vector<const ModelBucket*>& allowed, bool store_freelist) {
  ManualClock clock;
  auto db = Db::Open(fs, clock, "/db", Options(store_freelist));
  REQUIRE_MESSAGE(db.ok(), db.status().ToString());
  ModelBucket found;
  {
    Reader reader = (*db)->BeginRead();
    auto all = ReadAll(reader.tx());
    REQUIRE_MESSAGE(all.ok(), all.status().ToString());
    found = std::move(*all);
  }
  bool is_allowed = false;
  for (const ModelBucket* model : allowed) is_allowed |= found == *model;
  REQUIRE(is_allowed);
  auto tx = (*db)->BeginWrite();
  REQUIRE_MESSAGE(tx.ok(), tx.status().ToString());
  auto bucket = (*tx)->root().CreateBucketIfNotExists("after");
  REQUIRE(bucket.ok());
  REQUIRE((*bucket)->Put("key", std::string(2000, 'v')).ok());
  const Status status = (*tx)->Commit();
  REQUIRE_MESSAGE(status.ok(), status.ToString());
  const Status pages = CheckPages(fs, **db);
  REQUIRE_MESSAGE(pages.ok(), pages.ToString());
}

// One random transaction; `model` becomes what it leaves when it is committed.
Status RandomTransaction(Random& random, Db& db, ModelBucket& model) {
  CAIRN_ASSIGN_OR_RETURN(const auto tx, db.BeginWrite());
  for (uint64_t n = 1 + random.Below(12); n > 0; --n) {
    CAIRN_RETURN_IF_ERROR(RandomOperation(random, kShape, tx->root(), model));
  }
  return tx->Commit();
}

// Returns how many states were tried.
size_t CrashRun(uint64_t seed, bool store_freelist) {
  CAPTURE(seed);
  CAPTURE(store_freelist);
  Random random(seed);
  MemFs fs;
  ManualClock clock;
  // states[i] is committed once the log has ends[i] operations.
  std::vector<ModelBucket> states = {{}};
  std::vector<size_t> ends = {0};
  {
    auto db = Db::Open(fs, clock, "/db", Options(store_freelist));
    REQUIRE(db.ok());
    ends.back() = fs.op_count();
    for (int t = 0; t < 25; ++t) {
      ModelBucket model = states.back();
      REQUIRE(RandomTransaction(random, **db, model).ok());
      states.push_back(std::move(model));
      ends.push_back(fs.op_count());
    }
  }
  size_t done = 0;  // transactions that must be there
  const CrashStates crashes({.all_subsets_up_to = 6, .random_states = 6, .max_each = 8});
  const size_t tried = crashes.ForEveryNth(
      fs, 0, 1, seed, [&](size_t op, std::unique_ptr<MemFs> left, const std::string& lost) {
        CAPTURE(op);
        CAPTURE(lost);
        while (done + 1 < ends.size() && ends[done + 1] <= op) ++done;
        std::vector<const ModelBucket*> allowed = {&states[done]};
        if (done + 1 < states.size()) allowed.push_back(&states[done + 1]);
        CheckDb(*left, allowed, store_freelist);
      });
  CHECK(tried > fs.op_count());
  return tried;
}

void FaultRun(const Status& fault, bool from_then_on, bool store_freelist) {
  CAPTURE(fault.ToString());
  CAPTURE(from_then_on);
  constexpr uint64_t kSeed = 5;
  size_t refused = 0;
  for (uint64_t attempt = 0;; ++attempt) {
    CAPTURE(attempt);
    Random random(kSeed);
    MemFs fs;
    ManualClock clock;
    ModelBucket old_state;
    ModelBucket new_state;
    fs.FailAt(attempt, fault, from_then_on);
    bool failed = false;
    {
      auto db = Db::Open(fs, clock, "/db", Options(store_freelist));
      failed = !db.ok();
      for (int t = 0; t < 6 && !failed; ++t) {
        new_state = old_state;
        const Status status = RandomTransaction(random, **db, new_state);
        failed = !status.ok();
        if (!failed) {
          old_state = new_state;
          continue;
        }
        CHECK(status.code() == fault.code());
        // What was committed can still be read; nothing more is taken.
        const auto next = (*db)->BeginWrite();
        REQUIRE(!next.ok());
        CHECK(absl::IsFailedPrecondition(next.status()));
        Reader reader = (*db)->BeginRead();
        const auto all = ReadAll(reader.tx());
        REQUIRE(all.ok());
        CHECK(*all == old_state);
        ++refused;
      }
    }
    if (!failed) break;
    // The disk works again; a new process opens the file.
    const auto content = ReadWholeFile(fs, "/db", 1 << 30);
    MemFs healthy;
    if (content.ok()) {
      auto file = healthy.Open("/db", {.write = true, .create = true});
      REQUIRE(file.ok());
      REQUIRE((*file)->WriteAt(0, *content).ok());
    }
    CheckDb(healthy, {&old_state, &new_state}, store_freelist);
  }
  CHECK(refused > 12);
}

}  // namespace

TEST_CASE("every crash state at every operation holds the last or the next transaction") {
  size_t tried = 0;
  for (const bool store_freelist : {false, true}) {
    for (uint64_t seed = 1; seed <= 20; ++seed) tried += CrashRun(seed, store_freelist);
  }
  MESSAGE("crash states tried: ", tried);
}

TEST_CASE("a failing operation ends the Db and leaves the old or the new state") {
  for (const bool store_freelist : {false, true}) {
    for (const bool from_then_on : {false, true}) {
      FaultRun(absl::ResourceExhaustedError("write /db: no space left on device"), from_then_on,
               store_freelist);
      FaultRun(absl::InternalError("fdatasync /db: input/output error"), from_then_on,
               store_freelist);
    }
  }
}

TEST_CASE("a disk that fills up in the middle of a write leaves the old state") {
  for (uint64_t budget = 4 * kPageSize; budget < 40 * kPageSize; budget += 700) {
    CAPTURE(budget);
    MemFs fs;
    ManualClock clock;
    fs.SetByteBudget(budget);
    ModelBucket state;
    ModelBucket next;
    {
      auto db = Db::Open(fs, clock, "/db", Options(false));
      REQUIRE(db.ok());
      Random random(budget);
      for (int t = 0; t < 1000; ++t) {
        next = state;
        if (!RandomTransaction(random, **db, next).ok()) break;
        state = next;
      }
      REQUIRE(!(*db)->BeginWrite().ok());
    }
    fs.RemoveByteBudget();
    CheckDb(fs, {&state, &next}, false);
  }
}

TEST_CASE("a commit is two syncs, and one more when the file grows") {
  MemFs fs;
  ManualClock clock;
  auto db = Db::Open(fs, clock, "/db", Options(false));
  REQUIRE(db.ok());
  for (int t = 0; t < 20; ++t) {
    const size_t before = fs.op_count();
    auto tx = (*db)->BeginWrite();
    REQUIRE(tx.ok());
    auto bucket = (*tx)->root().CreateBucketIfNotExists("b");
    REQUIRE(bucket.ok());
    REQUIRE((*bucket)->Put(std::to_string(t), std::string(900, 'x')).ok());
    REQUIRE((*tx)->Commit().ok());
    size_t syncs = 0;
    size_t grows = 0;
    for (size_t i = before; i < fs.op_count(); ++i) {
      syncs += fs.log()[i].kind == MemOp::Kind::kSync;
      grows += fs.log()[i].kind == MemOp::Kind::kTruncate;
    }
    CHECK(syncs == 2 + grows);
    CHECK(fs.log().back().kind == MemOp::Kind::kSync);
  }
}

}  // namespace cairn::bolt
