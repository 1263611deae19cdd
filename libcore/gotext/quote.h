// gotext/quote.h: any bytes as text that is safe to print: Go's quoted strings, JSON strings, words
// of a shell, and lines for a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cairn {

// One code point of UTF-8.
struct Utf8Rune {
  uint32_t code = 0;
  size_t length = 0;   // bytes it takes
  bool valid = false;  // if not, `length` is 1
};

// The first code point of `text`, which must not be empty. Overlong forms, surrogates and values
// over 10FFFF are not valid.
Utf8Rune DecodeUtf8(std::string_view text);

// True if the code point may be shown as it is: as Go's strconv.IsPrint.
bool IsPrintable(uint32_t code);

// In double quotes, as Go's %q (strconv.Quote): \a \b \f \n \r \t \v \\ \", other ASCII controls
// and bytes that are not UTF-8 as \x1f, other unprintable code points as \u200b or \U000e0001.
std::string QuoteGo(std::string_view text);

// `text` for a line on a terminal or in a comment: as it is, but all that a terminal acts upon, or
// that can't be seen (controls and line ends, characters that turn the direction of text, bytes
// that are not UTF-8), as QuoteGo writes it. Quotes and backslashes stay.
std::string Printable(std::string_view text);
// The same of several lines: line ends and tabs stay.
std::string PrintableLines(std::string_view text);

// Reads what stands at the beginning of `text` in double quotes (with Go's escapes) or in
// backquotes, and puts the number of bytes read into `used`. Nothing if there is no such thing.
std::optional<std::string> UnquoteGo(std::string_view text, size_t& used);

// `text`, which has no zero byte, as one word of a POSIX shell: as it is when it holds nothing that
// a shell looks at; in single quotes; or, when something in it is not printable, as what `printf`
// makes of its escapes, on one line. Only line ends at its end, which a substitution would drop,
// are written as they are.
std::string QuoteShell(std::string_view text);

}  // namespace cairn
