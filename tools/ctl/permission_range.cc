// tools/ctl/permission_range.cc: see permission_range.h.
#include "tools/ctl/permission_range.h"

#include <fmt/format.h>

#include "gotext/quote.h"

namespace cairn::ctl {

StatusOr<KeyRange> ReadPermissionRange(const std::vector<std::string>& words, bool prefix,
                                       bool from_key, Surplus surplus) {
  const std::string first(1, '\0');  // as an end: open
  const bool has_end = words.size() > 1 && !words[0].empty();
  if (has_end && prefix) {
    return absl::InvalidArgumentError("unexpected endkey argument with --prefix flag");
  }
  if (has_end && from_key) {
    return absl::InvalidArgumentError("unexpected endkey argument with --from-key flag");
  }
  if (prefix && from_key) {
    return absl::InvalidArgumentError("--from-key and --prefix flags are mutually exclusive");
  }
  if (words.size() > 2 && surplus == Surplus::kRefused) {
    return absl::InvalidArgumentError(
        fmt::format("a permission has a key and one endkey: {} is too many", QuoteGo(words[2])));
  }
  if (words[0].empty()) return KeyRange{first, prefix || from_key ? first : ""};
  if (has_end) return KeyRange{words[0], words[1]};
  if (prefix) return KeyRange{words[0], PrefixEnd(words[0])};
  return KeyRange{words[0], from_key ? first : ""};
}

}  // namespace cairn::ctl
