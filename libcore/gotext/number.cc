// gotext/number.cc: see number.h.
#include "gotext/number.h"

#include <string>

#include <fmt/format.h>

#include "gotext/quote.h"

namespace cairn {

namespace {

enum class NumberFault { kNone, kSyntax, kRange };

Status NumberError(std::string_view function, std::string_view text, NumberFault fault) {
  return absl::InvalidArgumentError(
      fmt::format("strconv.{}: parsing {}: {}", function, QuoteGo(text),
                  fault == NumberFault::kRange ? "value out of range" : "invalid syntax"));
}

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'z') return lower - 'a' + 10;
  return 99;
}

bool HasBasePrefix(std::string_view digits) {
  if (digits.size() < 2 || digits[0] != '0') return false;
  const char letter = static_cast<char>(digits[1] | 0x20);
  return letter == 'x' || letter == 'o' || letter == 'b';
}

// Each "_" stands between two digits; a base prefix counts as one.
bool UnderscoresSeparateDigits(std::string_view digits) {
  bool after_digit = false;
  if (HasBasePrefix(digits)) {
    digits.remove_prefix(2);
    after_digit = true;
  }
  for (char c : digits) {
    if (c == '_' && !after_digit) return false;
    after_digit = c != '_';
  }
  return after_digit;
}

NumberFault ParseUnsigned(std::string_view digits, uint64_t* value) {
  if (digits.empty()) return NumberFault::kSyntax;
  const std::string_view whole = digits;
  uint64_t base = 10;
  if (HasBasePrefix(digits) && digits.size() > 2) {
    const char letter = static_cast<char>(digits[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'o' ? 8 : 2;
    digits.remove_prefix(2);
  } else if (digits[0] == '0') {
    base = 8;
  }
  *value = 0;
  bool underscores = false;
  for (char c : digits) {
    if (c == '_') {
      underscores = true;
      continue;
    }
    const auto digit = static_cast<uint64_t>(DigitOf(c));
    if (digit >= base) return NumberFault::kSyntax;
    if (__builtin_mul_overflow(*value, base, value) ||
        __builtin_add_overflow(*value, digit, value)) {
      return NumberFault::kRange;
    }
  }
  if (underscores && !UnderscoresSeparateDigits(whole)) return NumberFault::kSyntax;
  return NumberFault::kNone;
}

NumberFault ParseInBase(std::string_view digits, uint64_t base, uint64_t* value) {
  if (digits.empty()) return NumberFault::kSyntax;
  *value = 0;
  for (char c : digits) {
    const auto digit = static_cast<uint64_t>(DigitOf(c));
    if (digit >= base) return NumberFault::kSyntax;
    if (__builtin_mul_overflow(*value, base, value) ||
        __builtin_add_overflow(*value, digit, value)) {
      return NumberFault::kRange;
    }
  }
  return NumberFault::kNone;
}

constexpr uint64_t kLimit = uint64_t{1} << 63;

template <typename Parse>
StatusOr<int64_t> ParseSigned(std::string_view text, Parse parse) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  uint64_t value = 0;
  NumberFault fault = parse(digits, &value);
  if (fault == NumberFault::kNone && value > (negative ? kLimit : kLimit - 1)) {
    fault = NumberFault::kRange;
  }
  if (fault != NumberFault::kNone) return NumberError("ParseInt", text, fault);
  return static_cast<int64_t>(negative ? 0 - value : value);
}

template <typename Parse>
StatusOr<uint64_t> ParseNatural(std::string_view text, Parse parse) {
  uint64_t value = 0;
  const NumberFault fault = parse(text, &value);
  if (fault != NumberFault::kNone) return NumberError("ParseUint", text, fault);
  return value;
}

auto InBase(int base) {
  return [base](std::string_view digits, uint64_t* value) {
    return ParseInBase(digits, static_cast<uint64_t>(base), value);
  };
}

}  // namespace

StatusOr<int64_t> ParseGoInt64(std::string_view text) { return ParseSigned(text, ParseUnsigned); }
StatusOr<uint64_t> ParseGoUint64(std::string_view text) {
  return ParseNatural(text, ParseUnsigned);
}
StatusOr<int64_t> ParseGoInt64(std::string_view text, int base) {
  return ParseSigned(text, InBase(base));
}
StatusOr<uint64_t> ParseGoUint64(std::string_view text, int base) {
  return ParseNatural(text, InBase(base));
}

StatusOr<bool> ParseGoBool(std::string_view text) {
  for (std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return NumberError("ParseBool", text, NumberFault::kSyntax);
}

}  // namespace cairn
