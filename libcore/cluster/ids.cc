// cluster/ids.cc: ids by SHA-1.
#include "cluster/ids.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/bytes.h"
#include "base/sha256.h"

namespace cairn::cluster {

MemberId ComputeMemberId(std::span<const std::string> peer_urls, std::string_view token,
                         std::optional<int64_t> added_at_seconds) {
  std::vector<std::string> sorted(peer_urls.begin(), peer_urls.end());
  std::sort(sorted.begin(), sorted.end());
  std::string text;
  for (const std::string& url : sorted) text += url;
  text += token;
  if (added_at_seconds) text += fmt::format("{}", *added_at_seconds);
  return MemberId(LoadBE64(Sha1(text).data()));
}

ClusterId ComputeClusterId(std::span<const MemberId> members) {
  std::vector<MemberId> sorted(members.begin(), members.end());
  std::sort(sorted.begin(), sorted.end());
  std::string bytes(sorted.size() * 8, '\0');
  for (size_t i = 0; i < sorted.size(); ++i) StoreBE64(bytes.data() + 8 * i, sorted[i].value);
  return ClusterId(LoadBE64(Sha1(bytes).data()));
}

std::string IdString(uint64_t id) { return fmt::format("{:x}", id); }

std::optional<uint64_t> ParseIdString(std::string_view text) {
  if (text.empty() || text.size() > 16) return std::nullopt;
  uint64_t id = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, id, 16);
  if (error != std::errc() || at != end) return std::nullopt;
  return id;
}

}  // namespace cairn::cluster
