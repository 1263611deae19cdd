// gotext/units.cc: see units.h.
#include "gotext/units.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace cairn {

namespace {

constexpr uint64_t kSecond = 1'000'000'000;
// The largest magnitude of a duration: that of the lowest negative one.
constexpr uint64_t kLimit = uint64_t{1} << 63;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::optional<uint64_t> UnitNanos(std::string_view unit) {
  if (unit == "ns") return 1;
  // Micro has two code points: U+00B5 and U+03BC.
  if (unit == "us" || unit == "\xc2\xb5s" || unit == "\xce\xbcs") return 1000;
  if (unit == "ms") return 1'000'000;
  if (unit == "s") return kSecond;
  if (unit == "m") return 60 * kSecond;
  if (unit == "h") return 3600 * kSecond;
  return std::nullopt;
}

// Digits taken from the front of `text`; nothing when their value is beyond the limit.
std::optional<uint64_t> TakeInteger(std::string_view* text) {
  uint64_t value = 0;
  while (!text->empty() && IsDigit(text->front())) {
    if (value > kLimit / 10) return std::nullopt;
    value = value * 10 + static_cast<uint64_t>(text->front() - '0');
    if (value > kLimit) return std::nullopt;
    text->remove_prefix(1);
  }
  return value;
}

struct Fraction {
  uint64_t digits = 0;
  double scale = 1;
};

// Digits beyond what 63 bits hold do not count.
Fraction TakeFraction(std::string_view* text) {
  Fraction fraction;
  bool full = false;
  for (; !text->empty() && IsDigit(text->front()); text->remove_prefix(1)) {
    if (full || fraction.digits > (kLimit - 1) / 10) {
      full = true;
      continue;
    }
    const uint64_t next = fraction.digits * 10 + static_cast<uint64_t>(text->front() - '0');
    if (next > kLimit) {
      full = true;
      continue;
    }
    fraction.digits = next;
    fraction.scale *= 10;
  }
  return fraction;
}

// Go quotes durations more simply than other texts: all but printable ASCII by its bytes.
std::string Quote(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte >= 0x80) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + '"';
}

// `value` / 10^`digits` without the zeros at the end.
std::string Decimal(uint64_t value, int digits) {
  uint64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  std::string text = fmt::format("{}", value / scale);
  if (value % scale == 0) return text;
  text += fmt::format(".{:0{}}", value % scale, digits);
  while (text.back() == '0') text.pop_back();
  return text;
}

}  // namespace

std::string FormatSize(uint64_t bytes) {
  static constexpr std::array<const char*, 7> kUnits = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 10) return fmt::format("{} B", bytes);
  // The logarithms are those that the tools we agree with use; for 1000 and its like they fall a
  // hair short of the whole number, and the smaller unit is shown.
  const double exponent = std::floor(std::log(static_cast<double>(bytes)) / std::log(1000.0));
  const double scaled = static_cast<double>(bytes) / std::pow(1000.0, exponent);
  const double value = std::floor(scaled * 10 + 0.5) / 10;
  const char* unit = kUnits[static_cast<size_t>(exponent)];
  return value < 10 ? fmt::format("{:.1f} {}", value, unit) : fmt::format("{:.0f} {}", value, unit);
}

std::string FormatDuration(int64_t nanos) {
  if (nanos == 0) return "0s";
  const uint64_t size =
      nanos < 0 ? uint64_t{0} - static_cast<uint64_t>(nanos) : static_cast<uint64_t>(nanos);
  std::string text = nanos < 0 ? "-" : "";
  if (size < 1000) return text + fmt::format("{}ns", size);
  if (size < 1'000'000) return text + Decimal(size, 3) + "\xc2\xb5s";
  if (size < kSecond) return text + Decimal(size, 6) + "ms";
  const uint64_t minutes = size / (60 * kSecond);
  if (minutes >= 60) text += fmt::format("{}h", minutes / 60);
  if (minutes > 0) text += fmt::format("{}m", minutes % 60);
  return text + Decimal(size % (60 * kSecond), 9) + "s";
}

StatusOr<int64_t> ParseDuration(std::string_view text) {
  const auto invalid = [&] {
    return absl::InvalidArgumentError(fmt::format("time: invalid duration {}", Quote(text)));
  };
  std::string_view rest = text;
  bool negative = false;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  if (rest == "0") return 0;
  if (rest.empty()) return invalid();
  uint64_t total = 0;
  while (!rest.empty()) {
    if (rest[0] != '.' && !IsDigit(rest[0])) return invalid();
    bool any_digits = IsDigit(rest[0]);
    const std::optional<uint64_t> whole = TakeInteger(&rest);
    if (!whole.has_value()) return invalid();
    Fraction fraction;
    if (!rest.empty() && rest[0] == '.') {
      rest.remove_prefix(1);
      any_digits = any_digits || (!rest.empty() && IsDigit(rest[0]));
      fraction = TakeFraction(&rest);
    }
    if (!any_digits) return invalid();
    size_t length = 0;
    while (length < rest.size() && rest[length] != '.' && !IsDigit(rest[length])) ++length;
    if (length == 0) {
      return absl::InvalidArgumentError(
          fmt::format("time: missing unit in duration {}", Quote(text)));
    }
    const std::string_view unit = rest.substr(0, length);
    rest.remove_prefix(length);
    const std::optional<uint64_t> nanos = UnitNanos(unit);
    if (!nanos.has_value()) {
      return absl::InvalidArgumentError(
          fmt::format("time: unknown unit {} in duration {}", Quote(unit), Quote(text)));
    }
    if (*whole > kLimit / *nanos) return invalid();
    uint64_t part = *whole * *nanos;
    part += static_cast<uint64_t>(static_cast<double>(fraction.digits) *
                                  (static_cast<double>(*nanos) / fraction.scale));
    if (part > kLimit || part > kLimit - total) return invalid();
    total += part;
  }
  if (negative) return static_cast<int64_t>(uint64_t{0} - total);
  if (total > kLimit - 1) return invalid();
  return static_cast<int64_t>(total);
}

}  // namespace cairn
