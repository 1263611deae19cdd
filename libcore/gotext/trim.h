// cluster/go_text.h: text as Go handles it, for messages that scripts match on and for the JSON
// that members hash or compare (gotext/quote.h has %q and the log's JSON).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cairn::cluster {

// Go's white space for trimming: space, \t, \n, \v, \f, \r, and the two-byte U+0085 and U+00A0.
std::string_view TrimSpace(std::string_view text);

// The texts one behind the other with `separator` between them.
std::string Join(std::span<const std::string> texts, std::string_view separator);

// Appends a JSON string as encoding/json writes it: <, >, & and the line separators U+2028 and
// U+2029 escaped as \u00XX, broken UTF-8 as \ufffd.
void AppendGoJson(std::string& out, std::string_view text);

}  // namespace cairn::cluster
