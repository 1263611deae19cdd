// cluster/storage_version.h: release numbers, the version of a backend's schema, and the steps that
// bring it to another one (docs/formats.md, section 2, "Schema gate").
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cairn::cluster {

// major.minor.patch of a semantic version. A pre-release tag ("3.7.0-rc.1") is kept in text only
// and doesn't take part in comparisons of minors.
struct SemVer {
  int64_t major = 0;
  int64_t minor = 0;
  int64_t patch = 0;
  std::string pre_release = {};

  // "3.6.0".
  std::string ToString() const;
  // "3.6".
  std::string MinorString() const;
  // Go's coreos/semver order: a pre-release is before its release.
  friend std::strong_ordering operator<=>(const SemVer& a, const SemVer& b);
  friend bool operator==(const SemVer&, const SemVer&) = default;
};

// Errors: InvalidArgument with the texts of go-semver ("3 is not in dotted-tri format").
StatusOr<SemVer> ParseSemVer(std::string_view text);

inline const SemVer kVersion34{3, 4, 0};
inline const SemVer kVersion35{3, 5, 0};
inline const SemVer kVersion36{3, 6, 0};
inline const SemVer kVersion37{3, 7, 0};

// The argument of `migrate --target-version`: "X.Y", at least 3.4. Errors: InvalidArgument with
// etcdutl's texts.
StatusOr<SemVer> ParseTargetVersion(std::string_view text);

// From the values of meta keys storageVersion and term: the former if there is one, 3.5 if there is
// a term, else 3.4 (which etcdutl refuses: "missing term information"). Errors: DataLoss.
StatusOr<SemVer> DetectStorageVersion(std::optional<std::string_view> storage_version,
                                      std::optional<std::string_view> term);

// One minor up or down: after it the backend is at `target`. Between 3.4 and 3.5 the keys term and
// confState come or go besides.
struct MigrationStep {
  SemVer target;
  // What meta/storageVersion becomes; nothing: the key is removed.
  std::optional<std::string> storage_version;
};

// The steps from `current` to `target`, none if they are equal. `wal_needs` is the oldest release
// that can replay the log's tail (entry_versions.h), nothing if any can; it only matters downwards.
// Errors: FailedPrecondition with etcdutl's texts ("cannot create migration plan: …", "cannot
// downgrade storage, WAL contains newer entries, …").
StatusOr<std::vector<MigrationStep>> PlanMigration(const SemVer& current, const SemVer& target,
                                                   const std::optional<SemVer>& wal_needs);

// What `migrate --force` does instead: straight to the target.
MigrationStep ForceMigration(const SemVer& target);

}  // namespace cairn::cluster
