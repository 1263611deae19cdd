// tools/ctl/key_range.cc: see key_range.h.
#include "tools/ctl/key_range.h"

namespace cairn::ctl {

StatusOr<KeyRange> ReadKeyRange(const std::vector<std::string>& words, bool prefix, bool from_key) {
  if (prefix && from_key) {
    return absl::InvalidArgumentError(
        "`--prefix` and `--from-key` cannot be set at the same time, choose one");
  }
  KeyRange range{words[0], ""};
  if (words.size() > 1) {
    if (prefix || from_key) {
      return absl::InvalidArgumentError(
          "too many arguments, only accept one argument when `--prefix` or `--from-key` is set");
    }
    range.end = words[1];
    return range;
  }
  const std::string everything(1, '\0');
  if ((prefix || from_key) && range.key.empty())
    range.key = range.end = everything;
  else if (prefix)
    range.end = PrefixEnd(range.key);
  else if (from_key)
    range.end = everything;
  return range;
}

}  // namespace cairn::ctl
