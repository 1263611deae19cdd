// offline/inspect/entry_text.h: an entry of the log in one line for people.
#pragma once

#include <string>
#include <string_view>

#include "offline/log_entry.h"

namespace cairn::offline {

// `bytes` in quotes, with Go's escapes; what is longer than `limit` is cut, and its size stands
// after it: "aaaa"... (1048576 bytes).
std::string ShortText(std::string_view bytes, size_t limit);

// What the entry asks for: `put "/a" = "b" lease 694d8a2c7f3e0a17`. Printable, without line breaks.
std::string EntryText(const DecodedEntry& entry);

}  // namespace cairn::offline
