// tools/ctl/permission_range.h: which keys the words of `role grant-permission` and
// `revoke-permission` name.
#pragma once

#include <string>
#include <vector>

#include "tools/ctl/key_range.h"
#include "tools/ctl/surplus.h"

namespace cairn::ctl {

// KEY, or KEY END, or KEY with --prefix or --from-key. An empty key begins at the first of all,
// "\0"; then END is not looked at. Errors, for exit code 128: both flags, or a flag and an end, or
// surplus words.
StatusOr<KeyRange> ReadPermissionRange(const std::vector<std::string>& words, bool prefix,
                                       bool from_key, Surplus surplus = Surplus::kRefused);

}  // namespace cairn::ctl
