// tests/unit/offline/salvage_wal_test.cc: what is kept of broken logs, what is found after the
// damage, and that nothing appears by halves.
#include "offline/salvage/wal.h"

#include <algorithm>
#include <cstdlib>
#include <random>

#include "log_builder.h"

namespace cairn::offline {
namespace {

constexpr const char* kOutput = "/out/wal";
constexpr uint64_t kEntries = 40;

using Entries = std::vector<std::pair<uint64_t, std::string>>;

// A log of several segments, with snapshots at 10, 20 and 30.
struct Broken : LogBuilder {
  Broken() : LogBuilder(900) {
    for (uint64_t i = 1; i <= kEntries; ++i) {
      Append(1, i, {"\x22\x02\x0a" + std::string(1, static_cast<char>('A' + i))});
      if (i % 10 == 0 && i < kEntries) Snapshot(1, i);
    }
    Close();
    names = *wal::ListSegments(fs, kDir);
    REQUIRE(names.size() > 3);
    whole = Walk(kDir).second;
    REQUIRE(whole.size() == kEntries);
  }

  std::pair<LogExtent, Entries> Walk(const std::string& dir) {
    Collect collect;
    const auto extent = WalkLog(context, dir, collect);
    REQUIRE_MESSAGE(extent.ok(), extent.status().ToString());
    return {*extent, collect.entries};
  }

  StatusOr<SalvageWalReport> Salvage(bool behind = false) {
    return SalvageWal(context, {.wal_dir = kDir, .output = kOutput, .behind_damage = behind});
  }

  // The output opens for appending, and holds the first entries of the whole log.
  uint64_t CheckOutput(const SalvageWalReport& report) {
    const auto [extent, entries] = Walk(kOutput);
    CHECK(extent.whole());
    CHECK(extent.last_index == report.written.last_index);
    CHECK(entries.size() <= whole.size());
    CHECK(std::equal(entries.begin(), entries.end(), whole.begin()));
    const auto start = extent.Start();
    REQUIRE(start.has_value());
    wal::NoVisitor ignore;
    auto opened = wal::Log::Open(fs, kOutput, {start->index, start->term}, ignore);
    CHECK_MESSAGE(opened.ok(), opened.status().ToString());
    return entries.size();
  }

  std::vector<wal::SegmentName> names;
  Entries whole;
};

TEST_CASE("a whole log is copied, without the room after its last record") {
  Broken log;
  const auto report = log.Salvage();
  REQUIRE_MESSAGE(report.ok(), report.status().ToString());
  CHECK(report->input.whole());
  CHECK(report->segments == log.names.size());
  CHECK(report->rest.empty());
  CHECK(report->left_out.empty());
  CHECK(log.CheckOutput(*report) == kEntries);
  for (const wal::SegmentName& name : log.names) {
    const std::string file = wal::FormatSegmentName(name);
    const std::string from = log.Read(JoinPath(LogBuilder::kDir, file));
    CHECK(from.starts_with(log.Read(JoinPath(kOutput, file))));
  }
}

TEST_CASE("a flipped bit: entries up to it are kept, those behind it are found and left") {
  Broken log;
  const std::string path = log.Path(1);
  const std::string content = log.Read(path);
  log.fs.FlipBit(path, content.find("\x22\x02\x0a", content.size() / 2) + 2, 1);
  const std::string broken = log.Read(path);
  const auto report = log.Salvage();
  REQUIRE_MESSAGE(report.ok(), report.status().ToString());
  CHECK(report->damage_path == path);
  CHECK(report->input.damage.find("crc mismatch") != std::string::npos);
  const uint64_t kept = log.CheckOutput(*report);
  CHECK(report->segments == 2);
  CHECK(report->left_out.size() == log.names.size() - 2);
  // One record is lost; the next ones can be read in their segments to the end.
  REQUIRE(!report->rest.empty());
  CHECK(report->rest[0].path == path);
  CHECK(report->rest[0].offset > report->input.damage_at.offset);
  uint64_t found = 0;
  for (const SalvageWalRest& rest : report->rest) found += rest.entries;
  CHECK(kept + found >= kEntries - 1);
  CHECK(report->rest.size() == log.names.size() - 1);
  CHECK(report->rest.back().last_index == kEntries);
  CHECK(log.Read(path) == broken);
}

TEST_CASE("wherever a bit flips, the output holds the entries before it and no other") {
  Broken log;
  std::vector<std::string> contents;
  size_t total = 0;
  for (size_t i = 0; i < log.names.size(); ++i) {
    contents.push_back(log.Read(log.Path(i)));
    if (i + 1 == log.names.size())
      contents.back().resize(log.Walk(LogBuilder::kDir).first.end.offset);
    log.Write(log.Path(i), contents.back());
    total += contents.back().size();
  }
  size_t written = 0, found = 0;
  for (size_t segment = 0; segment < contents.size(); ++segment) {
    for (size_t at = 0; at < contents[segment].size(); at += 5) {
      CAPTURE(segment);
      CAPTURE(at);
      log.fs.FlipBit(log.Path(segment), at, static_cast<int>(at % 8));
      const auto report = log.Salvage();
      if (report.ok()) {
        ++written;
        const uint64_t kept = log.CheckOutput(*report);
        for (const SalvageWalRest& rest : report->rest) found += rest.entries;
        CHECK((report->input.whole() ? kept == kEntries
                                     : kept < kEntries || segment + 1 == contents.size()));
        REQUIRE(RemoveTree(log.fs, kOutput).ok());
      } else {
        CHECK(absl::IsDataLoss(report.status()));
        CHECK(segment == 0);
        CHECK(!Exists(log.fs, kOutput));
      }
      log.fs.FlipBit(log.Path(segment), at, static_cast<int>(at % 8));
    }
  }
  MESSAGE(total << " bytes: " << written << " logs written, " << found << " entries found behind");
  CHECK(written > total / 5 * 8 / 10);
}

TEST_CASE("a segment that is missing in the middle ends the prefix") {
  Broken log;
  REQUIRE(log.fs.RemoveFile(log.Path(2)).ok());
  const auto report = log.Salvage();
  REQUIRE_MESSAGE(report.ok(), report.status().ToString());
  CHECK(log.CheckOutput(*report) == log.names[2].index.value - 1);
  CHECK(report->input.damage.find("a segment is missing") != std::string::npos);
  REQUIRE(!report->rest.empty());
  CHECK(report->rest[0].path == log.Path(2));
  CHECK(report->rest[0].offset == 0);
  CHECK(report->rest[0].first_index == log.names[3].index.value);
}

TEST_CASE("zeros: a segment of nothing else, and a part of one") {
  Broken log;
  const std::string path = log.Path(1);
  std::string content = log.Read(path);
  uint64_t kept = log.names[1].index.value - 1;
  SUBCASE("all of it") { content.assign(content.size(), '\0'); }
  SUBCASE("its beginning") { content.replace(0, 64, std::string(64, '\0')); }
  SUBCASE("from the middle to the end") {
    const size_t from = content.size() / 16 * 8;
    content.replace(from, std::string::npos, std::string(content.size() - from, '\0'));
    kept = 0;
  }
  log.Write(path, content);
  const auto report = log.Salvage();
  REQUIRE_MESSAGE(report.ok(), report.status().ToString());
  const uint64_t entries = log.CheckOutput(*report);
  if (kept > 0) CHECK(entries == kept);
  CHECK(entries < log.names[2].index.value - 1);
  CHECK(report->damage_path == path);
  CHECK(report->rest.back().last_index == kEntries);
}

TEST_CASE("a segment that is cut short") {
  Broken log;
  const std::string path = log.Path(1);
  const std::string content = log.Read(path);
  log.Write(path, content.substr(0, content.size() - 40));
  const auto report = log.Salvage();
  REQUIRE_MESSAGE(report.ok(), report.status().ToString());
  CHECK(log.CheckOutput(*report) < log.names[2].index.value);
  CHECK(report->damage_path == path);
}

TEST_CASE("of a segment with its head alone nothing is kept: a server needs no such one") {
  Broken log;
  const std::string path = log.Path(2);
  // The record after crc, metadata and state.
  uint64_t at = 0;
  {
    const auto file = log.fs.Open(path, {});
    wal::SegmentReader reader(**file, 0, wal::SegmentPlace::kInner);
    for (int i = 0; i < 3; ++i) REQUIRE(reader.Next()->has_value());
    at = reader.good_bytes();
  }
  log.fs.FlipBit(path, at + 8 + 9, 0);
  const auto report = log.Salvage();
  REQUIRE_MESSAGE(report.ok(), report.status().ToString());
  CHECK(report->segments == 2);
  CHECK(log.CheckOutput(*report) == log.names[2].index.value - 1);
}

TEST_CASE("without the head of the first segment there is nothing to write") {
  Broken log;
  log.fs.FlipBit(log.Path(0), 40, 2);
  const auto report = log.Salvage();
  CHECK(absl::IsDataLoss(report.status()));
  CHECK(Message(report.status()).find("no prefix to keep") != std::string_view::npos);
  CHECK(!Exists(log.fs, "/out"));
}

TEST_CASE("after the damage a log that covers a snapshot can be taken instead") {
  Broken log;
  log.fs.FlipBit(log.Path(0), log.Read(log.Path(0)).size() / 2, 1);
  const auto report = log.Salvage(true);
  REQUIRE_MESSAGE(report.ok(), report.status().ToString());
  CHECK(report->whole_from == log.Path(1));
  CHECK(report->rest_start == 30);
  CHECK(report->segments == log.names.size() - 1);
  const auto [extent, entries] = log.Walk(kOutput);
  CHECK(extent.whole());
  CHECK(extent.Start()->index.value == 30);
  CHECK(entries.back() == log.whole.back());
  wal::NoVisitor ignore;
  CHECK(wal::Log::Open(log.fs, kOutput, {RaftIndex(30), Term(1)}, ignore).ok());
}

TEST_CASE("after the last snapshot there is no log to take") {
  Broken log;
  log.fs.FlipBit(log.Path(log.names.size() - 2), 30, 1);
  const size_t last = log.names.size() - 1;
  REQUIRE(log.names[last].index.value > 30);
  CHECK(absl::IsFailedPrecondition(log.Salvage(true).status()));
  CHECK(!Exists(log.fs, "/out"));
  Broken sound;
  CHECK(absl::IsFailedPrecondition(sound.Salvage(true).status()));
}

TEST_CASE("parts that the disk can't read are passed over") {
  Broken log;
  log.fs.FailReads(log.Path(1), 100, 50, absl::InternalError("input/output error"));
  const auto report = log.Salvage();
  REQUIRE_MESSAGE(report.ok(), report.status().ToString());
  CHECK(log.CheckOutput(*report) == log.names[1].index.value - 1);
  CHECK(report->input.damage.find("input/output error") != std::string::npos);
  REQUIRE(!report->rest.empty());
  CHECK(report->rest.back().last_index == kEntries);
}

TEST_CASE("the output is not put where something is, nor into the log") {
  Broken log;
  REQUIRE(log.fs.MakeDir("/out", 0700).ok());
  REQUIRE(log.fs.MakeDir(kOutput, 0700).ok());
  CHECK(absl::IsAlreadyExists(log.Salvage().status()));
  CHECK(absl::IsInvalidArgument(
      SalvageWal(log.context, {.wal_dir = "/wal/", .output = "/wal/new"}).status()));
  CHECK(absl::IsNotFound(SalvageWal(log.context, {.wal_dir = "/none", .output = "/x"}).status()));
}

TEST_CASE("wherever it fails, the output is whole or not there, and the input as it was") {
  Broken log;
  log.fs.FlipBit(log.Path(2), 100, 1);
  const std::string before = log.Read(log.Path(2));
  log.fs.Settle();
  const uint64_t first = log.fs.attempts();
  REQUIRE(log.Salvage().ok());
  const uint64_t steps = log.fs.attempts() - first;
  REQUIRE(RemoveTree(log.fs, "/out").ok());
  for (uint64_t i = 0; i < steps; ++i) {
    CAPTURE(i);
    log.fs.FailAt(log.fs.attempts() + i, absl::ResourceExhaustedError("no space left on device"));
    const auto report = log.Salvage();
    if (Exists(log.fs, kOutput)) {
      const auto [extent, entries] = log.Walk(kOutput);
      CHECK(extent.whole());
      CHECK(extent.last_index > 0);
    } else {
      CHECK(!report.ok());
    }
    const auto left = log.fs.List("/out");
    if (left.ok()) CHECK(left->size() <= 1);
    // An attempt that never came fails the next change: use it up.
    (void)log.fs.MakeDir("/used-up", 0700);
    (void)log.fs.RemoveDir("/used-up");
    REQUIRE(RemoveTree(log.fs, "/out").ok());
  }
  CHECK(log.Read(log.Path(2)) == before);
}

TEST_CASE("records are found again in noise, and noise is none") {
  const char* given = std::getenv("CAIRN_SEED");
  const auto seed = given != nullptr ? static_cast<uint32_t>(std::strtoul(given, nullptr, 10))
                                     : std::random_device{}();
  INFO("CAIRN_SEED=" << seed);
  std::mt19937 random(seed);
  Broken log;
  const std::string path = log.Path(1);
  const std::string content = log.Read(path);
  std::string noise(1 << 16, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  log.Write(path, noise);
  auto report = log.Salvage();
  REQUIRE(report.ok());
  CHECK(report->rest[0].path == log.Path(2));
  REQUIRE(RemoveTree(log.fs, "/out").ok());
  // A segment's body in the middle of noise, at a multiple of eight.
  const size_t from = 8 * (random() % 1000);
  std::string mixed = noise;
  mixed.replace(from, content.size(), content);
  log.Write(path, mixed);
  report = log.Salvage();
  REQUIRE(report.ok());
  REQUIRE(report->rest[0].path == path);
  CHECK(report->rest[0].offset > from);
  CHECK(report->rest[0].offset < from + content.size());
  CHECK(report->rest[0].last_index == log.names[2].index.value - 1);
}

}  // namespace
}  // namespace cairn::offline
