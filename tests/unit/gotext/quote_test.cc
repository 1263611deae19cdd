// tests/unit/gotext/quote_test.cc: any bytes become text that is safe to print.
#include "gotext/quote.h"

#include <doctest/doctest.h>

#include <utility>

namespace cairn {

namespace {

std::string Encode(uint32_t code) {
  std::string text;
  const auto add = [&](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  const int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  static constexpr uint32_t kLead[] = {0, 0xc0, 0xe0, 0xf0};
  add(kLead[more] | code >> (6 * more));
  for (int i = more - 1; i >= 0; --i) add(0x80 | (code >> (6 * i) & 0x3f));
  return text;
}

TEST_CASE("what QuoteGo writes, UnquoteGo reads") {
  for (const std::string& text :
       {std::string(), std::string("a b"), std::string("\x00\xff\n\t\"\\", 6),
        std::string("\xe2\x82\xac \xf0\x9f\x98\x80"), std::string("\x7f\a\b")}) {
    size_t used = 0;
    const std::string quoted = QuoteGo(text);
    const auto back = UnquoteGo(quoted + " rest", used);
    REQUIRE(back.has_value());
    CHECK(*back == text);
    CHECK(used == quoted.size());
  }
  size_t used = 0;
  CHECK(UnquoteGo("`a\\n`", used) == "a\\n");
  CHECK(UnquoteGo("\"\\101\\u00e9\\U0001F600\"", used) == "A\xc3\xa9\xf0\x9f\x98\x80");
  for (const char* bad : {"", "a", "\"", "\"a", "\"\\\"", "\"\\q\"", "\"\\x1\"", "\"\\400\"",
                          "\"\\ud800\"", "\"a\nb\"", "`a"}) {
    CHECK_FALSE(UnquoteGo(bad, used).has_value());
  }
}

}  // namespace

TEST_CASE("Go's quoted strings") {
  const std::pair<std::string, const char*> cases[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"a\"b\\c'", R"("a\"b\\c'")"},
      {"\a\b\f\n\r\t\v", R"("\a\b\f\n\r\t\v")"},
      {std::string("\0\x1f\x7f", 3), R"("\x00\x1f\x7f")"},
      {"\xff\xc3", R"("\xff\xc3")"},
      {"gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\""},
      {"\xe2\x82\xac", "\"\xe2\x82\xac\""},
      {"\xe2\x80\x8b", R"("\u200b")"},
      {"\xc2\xa0", R"("\u00a0")"},
      {"\xf3\xa0\x80\x81", R"("\U000e0001")"},
      {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
      {"\xef\xbf\xbd", "\"\xef\xbf\xbd\""},
      {"\xed\xa0\x80", R"("\xed\xa0\x80")"},
      {"\xc0\x80", R"("\xc0\x80")"},
      {"\xf4\x90\x80\x80", R"("\xf4\x90\x80\x80")"},
  };
  for (const auto& [text, quoted] : cases) CHECK(QuoteGo(text) == quoted);
}

TEST_CASE("each code point decodes to itself, and cut short it is invalid") {
  for (uint32_t code = 0; code <= 0x10ffff; code += code < 0x3000 ? 1 : 37) {
    if (code >= 0xd800 && code < 0xe000) continue;
    std::string text = Encode(code);
    const size_t size = text.size();
    text.push_back('x');
    const Utf8Rune rune = DecodeUtf8(text);
    const bool whole = rune.valid && rune.code == code && rune.length == size;
    if (!whole) FAIL_CHECK("code point " << code);
    if (size > 1 && DecodeUtf8(std::string_view(text).substr(0, size - 1)).valid) {
      FAIL_CHECK("cut code point " << code);
    }
  }
}

TEST_CASE("words of a shell") {
  CHECK(QuoteShell("m1=https://10.0.0.1:2380,m2=https://[::1]:2380") ==
        "'m1=https://10.0.0.1:2380,m2=https://[::1]:2380'");
  CHECK(QuoteShell("/var/lib/etcd-1_a.db") == "/var/lib/etcd-1_a.db");
  CHECK(QuoteShell("") == "''");
  CHECK(QuoteShell("it's $HOME") == "'it'\\''s $HOME'");
  CHECK(QuoteShell("\xc3\xa9`id`;") == "'\xc3\xa9`id`;'");
}

TEST_CASE("a word of a shell that can't be seen is written by its escapes, on one line") {
  CHECK(QuoteShell("a\nb") == "\"$(printf 'a\\012b')\"");
  CHECK(QuoteShell("-%\x1b'\\") == "\"$(printf '\\055\\045\\033\\047\\134')\"");
  CHECK(QuoteShell("\xe2\x80\xae") == "\"$(printf '\\342\\200\\256')\"");
  CHECK(QuoteShell("\xff") == "\"$(printf '\\377')\"");
  // A substitution drops the line ends at its end.
  CHECK(QuoteShell("a\n\n") == "\"$(printf 'a')\"'\n\n'");
}

TEST_CASE("what a terminal would act upon is shown by its escapes") {
  const std::string plain = "a 'b' \"c\" \\ \xc3\xa9 \xe6\xbc\xa2";
  CHECK(Printable(plain) == plain);
  CHECK(Printable("a\n\tb\r\x1b[2J\x7f") == "a\\n\\tb\\r\\x1b[2J\\x7f");
  // CSI as one code point and as a byte, an override of the direction, a blank that takes no room.
  CHECK(Printable("\xc2\x9b\x9b\xe2\x80\xae\xe2\x80\x8b") ==
        "\\u009b\\x9b\\u202e\\u200b");
  CHECK(PrintableLines("a\n\tb\r\x1b") == "a\n\tb\\r\\x1b");
  CHECK(Printable("").empty());
}

}  // namespace cairn
