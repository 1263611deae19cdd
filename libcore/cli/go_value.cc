// cli/go_value.cc: see go_value.h.
#include "cli/go_value.h"

#include <array>
#include <limits>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "render/human.h"

namespace cairn::cli {

namespace {

using render::GoQuote;

enum class NumberFault { kNone, kSyntax, kRange };

Status NumberError(std::string_view function, std::string_view text, NumberFault fault) {
  return absl::InvalidArgumentError(
      fmt::format("strconv.{}: parsing {}: {}", function, GoQuote(text),
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

struct Unit {
  std::string_view name;
  uint64_t nanos;
};
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1'000},
                                         {"\u00b5s", 1'000},
                                         {"\u03bcs", 1'000},
                                         {"ms", 1'000'000},
                                         {"s", 1'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"h", 3'600'000'000'000}}};

constexpr uint64_t kLimit = uint64_t{1} << 63;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// What is wrong with a duration, in time.ParseDuration's words without the text itself.
Status DurationError(std::string_view what, std::string_view text) {
  return absl::InvalidArgumentError(fmt::format("time: {} {}", what, GoQuote(text)));
}

}  // namespace

StatusOr<int64_t> ParseGoInt64(std::string_view text) {
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  uint64_t value = 0;
  NumberFault fault = ParseUnsigned(digits, &value);
  if (fault == NumberFault::kNone && value > (negative ? kLimit : kLimit - 1)) {
    fault = NumberFault::kRange;
  }
  if (fault != NumberFault::kNone) return NumberError("ParseInt", text, fault);
  return static_cast<int64_t>(negative ? 0 - value : value);
}

StatusOr<uint64_t> ParseGoUint64(std::string_view text) {
  uint64_t value = 0;
  const NumberFault fault = ParseUnsigned(text, &value);
  if (fault != NumberFault::kNone) return NumberError("ParseUint", text, fault);
  return value;
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

StatusOr<int64_t> ParseGoDuration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return 0;
  const Status invalid = DurationError("invalid duration", text);
  if (rest.empty()) return invalid;

  uint64_t total = 0;
  while (!rest.empty()) {
    // [digits][.digits]unit, at least one digit.
    size_t n = 0;
    uint64_t whole = 0;
    while (n < rest.size() && IsDigit(rest[n])) {
      const auto digit = static_cast<uint64_t>(rest[n] - '0');
      if (__builtin_mul_overflow(whole, uint64_t{10}, &whole) ||
          __builtin_add_overflow(whole, digit, &whole) || whole > kLimit) {
        return invalid;
      }
      ++n;
    }
    size_t digits = n;
    uint64_t fraction = 0, scale = 1;
    if (n < rest.size() && rest[n] == '.') {
      ++n;
      for (; n < rest.size() && IsDigit(rest[n]); ++n, ++digits) {
        // Eighteen places are more than a nanosecond needs; the rest is dropped.
        if (scale >= 1'000'000'000'000'000'000) continue;
        fraction = fraction * 10 + static_cast<uint64_t>(rest[n] - '0');
        scale *= 10;
      }
    }
    if (digits == 0) return invalid;
    rest.remove_prefix(n);

    size_t unit_size = 0;
    while (unit_size < rest.size() && rest[unit_size] != '.' && !IsDigit(rest[unit_size])) {
      ++unit_size;
    }
    if (unit_size == 0) return DurationError("missing unit in duration", text);
    const std::string_view unit_name = rest.substr(0, unit_size);
    rest.remove_prefix(unit_size);
    uint64_t unit = 0;
    for (const Unit& known : kUnits) {
      if (known.name == unit_name) unit = known.nanos;
    }
    if (unit == 0) {
      return DurationError(fmt::format("unknown unit {} in duration", GoQuote(unit_name)), text);
    }
    uint64_t nanos = 0;
    const auto part =
        static_cast<uint64_t>(static_cast<long double>(fraction) * static_cast<long double>(unit) /
                              static_cast<long double>(scale));
    if (__builtin_mul_overflow(whole, unit, &nanos) ||
        __builtin_add_overflow(nanos, part, &nanos) ||
        __builtin_add_overflow(total, nanos, &total) || total > kLimit) {
      return invalid;
    }
  }
  if (negative) return static_cast<int64_t>(0 - total);
  if (total > kLimit - 1) return invalid;
  return static_cast<int64_t>(total);
}

}  // namespace cairn::cli
