// snap/go_json.h: JSON text exactly as Go's encoding/json writes it, for values that members store
// and compare.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cairn::snap {

// Appends `text` as a JSON string: with quotes; `<`, `>`, `&`, U+2028 and U+2029 escaped; bytes
// that aren't UTF-8 as U+FFFD.
void AppendGoJsonString(std::string& out, std::string_view text);

// ["a","b"]
void AppendGoJsonStrings(std::string& out, std::span<const std::string> texts);

}  // namespace cairn::snap
