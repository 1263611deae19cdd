// client/key_prefix.h: the range of keys with a prefix.
#pragma once

#include <string>

#include "proto/key_range.h"

namespace cairn::client {

using proto::PrefixEnd;

// The range of all keys with `prefix`, of all keys when it is empty, as the key and range_end of a
// request.
template <typename Request>
void SetPrefixRange(const std::string& prefix, Request& request) {
  request.set_key(prefix.empty() ? std::string(1, '\0') : prefix);
  request.set_range_end(PrefixEnd(prefix));
}

}  // namespace cairn::client
