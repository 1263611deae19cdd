// cluster/storage_version.cc: versions and migration plans.
#include "cluster/storage_version.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cluster/consistent_index.h"
#include "gotext/quote.h"

namespace cairn::cluster {
namespace {

// Releases whose schema is known to differ from the one before them, or known not to.
bool IsKnown(const SemVer& v) { return v.major == 3 && v.minor >= 5 && v.minor <= 7; }

SemVer MinorOf(const SemVer& v) { return {v.major, v.minor, 0}; }

std::optional<std::string> StoredVersion(const SemVer& v) {
  if (v < kVersion36) return std::nullopt;
  return v.ToString();
}

// Go's strconv.ParseInt, as far as its errors show in messages.
Status ParseNumber(std::string_view text, int64_t& out) {
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, out);
  if (error == std::errc::result_out_of_range) {
    return absl::InvalidArgumentError(
        fmt::format("strconv.ParseInt: parsing {}: value out of range", QuoteGo(text)));
  }
  if (error != std::errc() || at != end || out < 0) {
    return absl::InvalidArgumentError(
        fmt::format("strconv.ParseInt: parsing {}: invalid syntax", QuoteGo(text)));
  }
  return absl::OkStatus();
}

}  // namespace

std::string SemVer::ToString() const {
  std::string out = fmt::format("{}.{}.{}", major, minor, patch);
  if (!pre_release.empty()) out += "-" + pre_release;
  return out;
}

std::string SemVer::MinorString() const { return fmt::format("{}.{}", major, minor); }

std::strong_ordering operator<=>(const SemVer& a, const SemVer& b) {
  if (auto order = a.major <=> b.major; order != 0) return order;
  if (auto order = a.minor <=> b.minor; order != 0) return order;
  if (auto order = a.patch <=> b.patch; order != 0) return order;
  if (a.pre_release.empty() != b.pre_release.empty()) {
    return a.pre_release.empty() ? std::strong_ordering::greater : std::strong_ordering::less;
  }
  return a.pre_release <=> b.pre_release;
}

StatusOr<SemVer> ParseSemVer(std::string_view text) {
  SemVer version;
  std::string_view rest = text.substr(0, text.find('+'));
  if (const size_t dash = rest.find('-'); dash != std::string_view::npos) {
    version.pre_release = rest.substr(dash + 1);
    rest = rest.substr(0, dash);
  }
  const size_t first = rest.find('.');
  const size_t second = first == std::string_view::npos ? first : rest.find('.', first + 1);
  if (second == std::string_view::npos) {
    return absl::InvalidArgumentError(fmt::format("{} is not in dotted-tri format", rest));
  }
  CAIRN_RETURN_IF_ERROR(ParseNumber(rest.substr(0, first), version.major));
  CAIRN_RETURN_IF_ERROR(ParseNumber(rest.substr(first + 1, second - first - 1), version.minor));
  CAIRN_RETURN_IF_ERROR(ParseNumber(rest.substr(second + 1), version.patch));
  return version;
}

StatusOr<SemVer> ParseTargetVersion(std::string_view text) {
  if (std::count(text.begin(), text.end(), '.') != 1) {
    return absl::InvalidArgumentError(
        fmt::format("wrong target version format, expected \"X.Y\", got {}", QuoteGo(text)));
  }
  auto version = ParseSemVer(fmt::format("{}.0", text));
  if (!version.ok()) return Annotate(version.status(), "failed to parse target version");
  if (*version < kVersion34) {
    return absl::InvalidArgumentError(fmt::format(
        "target version \"{}\" not supported. Minimal \"3.4\"", version->MinorString()));
  }
  return version;
}

StatusOr<SemVer> DetectStorageVersion(std::optional<std::string_view> storage_version,
                                      std::optional<std::string_view> term) {
  // An empty value is what the first step of an upgrade leaves for a moment.
  if (storage_version && !storage_version->empty()) {
    auto version = ParseSemVer(*storage_version);
    if (!version.ok()) {
      return absl::DataLossError(fmt::format("meta/storageVersion: {} is not a version",
                                             QuoteGo(storage_version->substr(0, 64))));
    }
    return version;
  }
  CAIRN_ASSIGN_OR_RETURN(const ConsistentIndex index, DecodeConsistentIndex(std::nullopt, term));
  return index.term.value == 0 ? kVersion34 : kVersion35;
}

StatusOr<std::vector<MigrationStep>> PlanMigration(const SemVer& current, const SemVer& target,
                                                   const std::optional<SemVer>& wal_needs) {
  const auto no_plan = [](std::string why) {
    return absl::FailedPreconditionError("cannot create migration plan: " + why);
  };
  std::vector<MigrationStep> steps;
  SemVer at = MinorOf(current);
  const SemVer goal = MinorOf(target);
  if (at.major != goal.major) return no_plan("changing major storage version is not supported");
  while (at != goal) {
    const bool up = at < goal;
    const SemVer next{at.major, at.minor + (up ? 1 : -1), 0};
    // What changed between two minors is written down with the higher one.
    const SemVer& higher = up ? next : at;
    if (!IsKnown(higher)) {
      return no_plan(fmt::format("version \"{}\" is not supported", higher.ToString()));
    }
    steps.push_back({next, StoredVersion(next)});
    at = next;
  }
  if (target < current && wal_needs && target < *wal_needs) {
    return absl::FailedPreconditionError(fmt::format(
        "cannot downgrade storage, WAL contains newer entries, as the target version ({}) is lower "
        "than the version ({}) detected from WAL logs",
        target.ToString(), wal_needs->ToString()));
  }
  return steps;
}

MigrationStep ForceMigration(const SemVer& target) { return {target, StoredVersion(target)}; }

}  // namespace cairn::cluster
