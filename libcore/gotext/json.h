// gotext/json.h: JSON strings as Go writes them, byte for byte.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cairn {

// Appends `text` in quotes as encoding/json writes it: \" \\ \b \f \n \r \t; other controls, <, >,
// & and the line separators U+2028 and U+2029 as \u003c; each byte that is not UTF-8 as \ufffd.
void AppendJsonString(std::string_view text, std::string* out);
std::string JsonString(std::string_view text);
// ["a","b"]
void AppendJsonStrings(std::span<const std::string> texts, std::string* out);

// As zap, etcd's log, writes it: \" \\ \n \r \t; other controls as \u001f; each byte that is not
// UTF-8 as \ufffd; all else as it is.
void AppendLogJsonString(std::string_view text, std::string* out);

}  // namespace cairn
