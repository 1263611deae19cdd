// tools/ctl/key_range.h: which keys the words of get, del and watch name.
#pragma once

#include <string>
#include <vector>

#include "cli/program.h"
#include "client/key_prefix.h"

namespace cairn::ctl {

// As the API wants it: an empty end is the key alone, "\0" everything from the key on.
struct KeyRange {
  std::string key;
  std::string end;
};

using client::PrefixEnd;

// KEY, or KEY END, or KEY with --prefix or --from-key. Errors, for exit code 128: both flags, or a
// flag and an end.
StatusOr<KeyRange> ReadKeyRange(const std::vector<std::string>& words, bool prefix, bool from_key);

}  // namespace cairn::ctl
