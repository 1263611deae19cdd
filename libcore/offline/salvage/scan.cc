// offline/salvage/scan.cc: see scan.h.
#include "offline/salvage/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "mvcc/schema.h"
#include "offline/salvage/key_record.h"

namespace cairn::offline {

namespace {

// Nothing if the page is not a leaf of the key bucket, or not a whole one.
std::optional<KeyLeaf> AsKeyLeaf(SalvageInput& input, uint64_t id, const SalvagePage& page,
                                 bool suspect_zeros) {
  const bolt::PageView& view = page.view;
  KeyLeaf leaf{id, page.pages, {-1, 0}, 0};
  for (size_t i = 0; i < view.count(); ++i) {
    const std::string_view key = view.key(i);
    const std::string_view value = view.value(i);
    if (view.is_bucket(i) || !KeyRecordFault(key, value).empty()) return std::nullopt;
    const mvcc::Revision at = mvcc::ParseRevisionKey(key)->revision;
    if (at <= leaf.last) return std::nullopt;
    if (suspect_zeros && HoldsZeroPage(page, input.page_size(), value)) return std::nullopt;
    leaf.last = at;
    if (KeyRecordProves(key, value)) leaf.proven = at.main;
  }
  if (EndsEarly(view)) return std::nullopt;
  for (uint64_t next = id + 1; next < id + page.pages; ++next) {
    if (input.BeginsPage(next)) return std::nullopt;
  }
  return leaf;
}

std::optional<RootLeaf> AsRoot(uint64_t id, const SalvagePage& page) {
  const bolt::PageView& view = page.view;
  RootLeaf root{id, 0, {}};
  for (size_t i = 0; i < view.count(); ++i) {
    if (!view.is_bucket(i) || BucketName(view.key(i)).empty()) return std::nullopt;
    if (view.key(i) != mvcc::kMetaBucket) continue;
    const auto meta = bolt::ParseInlineBucket(view.value(i));
    if (!meta.ok()) continue;
    for (size_t j = 0; j < meta->count(); ++j) {
      const std::string_view value = meta->value(j);
      if (meta->key(j) == mvcc::kConsistentIndexKey && value.size() == 8) {
        root.consistent_index = LoadBE64(value.data());
      } else if (meta->key(j) == mvcc::kFinishedCompactKey) {
        root.last_mark = value;
      }
    }
  }
  return root;
}

}  // namespace

StatusOr<PageScan> ScanPages(SalvageInput& input, bool suspect_zeros, Progress& progress) {
  PageScan scan;
  progress.Stage("scanning", input.pages() * input.page_size());
  constexpr uint64_t kPagesBetweenLooks = 256;
  for (uint64_t id = 2, look = 2; id < input.pages(); ++id) {
    if (id >= look) {
      CAIRN_ASSIGN_OR_RETURN(const uint64_t data, input.file().NextData(id * input.page_size()));
      id = std::max(id, data / input.page_size());  // holes hold nothing
      look = id + kPagesBetweenLooks;
      CAIRN_RETURN_IF_ERROR(progress.Update(id * input.page_size()));
    }
    const auto page = input.Read(id);
    if (!page.ok() || !page->view.is_leaf() || page->view.count() == 0) continue;
    if (const auto leaf = AsKeyLeaf(input, id, *page, suspect_zeros)) {
      scan.key_leaves.push_back(*leaf);
    } else if (auto root = AsRoot(id, *page)) {
      scan.roots.push_back(*std::move(root));
    }
  }
  std::stable_sort(scan.roots.begin(), scan.roots.end(), [](const RootLeaf& a, const RootLeaf& b) {
    return a.consistent_index != b.consistent_index ? a.consistent_index > b.consistent_index
                                                    : a.last_mark > b.last_mark;
  });
  return scan;
}

std::string_view KnownName(std::string_view name, std::span<const std::string_view> names) {
  for (const std::string_view known : names) {
    if (known == name) return known;
  }
  for (const std::string_view known : names) {
    if (known.size() != name.size()) continue;
    size_t differ = 0;
    for (size_t i = 0; i < name.size(); ++i) differ += known[i] != name[i] ? 1 : 0;
    if (differ == 1) return known;
  }
  return {};
}

std::string_view BucketName(std::string_view name) { return KnownName(name, mvcc::kBuckets); }

}  // namespace cairn::offline
