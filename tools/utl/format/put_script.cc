// tools/utl/format/put_script.cc: see put_script.h.
#include "tools/utl/format/put_script.h"

#include <fmt/format.h>

#include "gotext/quote.h"
#include "render/json.h"
#include "tools/utl/format/key_text.h"

namespace cairn::utl {

namespace {

// Text in single quotes, in which a shell changes nothing.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

// A format of printf for any bytes but NUL; one that begins with a hyphen would be an option. The
// dot at the end keeps line ends before it, which a command substitution would take away.
std::string PrintfFormat(std::string_view bytes) {
  std::string out = "'";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f || c == '\'' || c == '\\' || c == '%' || c == '-') {
      out += fmt::format("\\{:03o}", byte);
    } else {
      out += c;
    }
  }
  return out + ".'";
}

// Lines that `base64 -d` reads.
std::string Base64Lines(std::string_view bytes) {
  constexpr size_t kLine = 76;
  std::string quoted;
  render::AppendJsonBase64(bytes, &quoted);
  const std::string_view digits = std::string_view(quoted).substr(1, quoted.size() - 2);
  std::string out;
  out.reserve(digits.size() + digits.size() / kLine + 1);
  for (size_t at = 0; at < digits.size(); at += kLine) {
    out += digits.substr(at, kLine);
    out += '\n';
  }
  return out;
}

constexpr std::string_view kDecodeHead =
    "[ \"$(printf Y2Fpcm4= | base64 -d)\" = cairn ] || {\n"
    "  echo 'base64 -d does not work here' >&2\n"
    "  exit 1\n"
    "}\n"
    "value=$(mktemp)\n"
    "trap 'rm -f \"$value\"' EXIT\n"
    "trap 'exit 130' INT\n"
    "trap 'exit 143' TERM\n";

}  // namespace

Status PutScript::CheckKey(std::string_view key) {
  const bool nul = key.find('\0') != std::string_view::npos;
  if (!nul && key.size() <= kMaxKey) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format(
      "key {}{} {}, so that no command line can hold it: take the keys as JSON by -w json",
      QuoteGo(key.substr(0, 200)), key.size() > 200 ? "…" : "",
      nul ? "has a zero byte" : fmt::format("has {} bytes", key.size())));
}

std::string PutScript::Begin(std::string_view source, std::string_view choice) {
  // What is quoted can't end the comment.
  return fmt::format(
      "#!/bin/sh\n"
      "# Puts keys back as they were in {}: {}.\n"
      "# cairnctl does it, or etcdctl where that is not there. Where the cluster is, they learn "
      "from\n"
      "# the ETCDCTL_* variables, or by\n"
      "#   ETCDCTL='etcdctl --endpoints https://10.0.0.1:2379' sh FILE\n"
      "# Keys that are there now are overwritten. Made by `cairnutl snapshot extract`.\n"
      "{{\n"
      "set -eu\n"
      "LC_ALL=C\n"
      "for client in cairnctl etcdctl; do\n"
      "  [ -n \"${{ETCDCTL:-}}\" ] || ! command -v \"$client\" > /dev/null || ETCDCTL=$client\n"
      "done\n"
      "[ -n \"${{ETCDCTL:-}}\" ] || {{\n"
      "  echo 'neither cairnctl nor etcdctl is in PATH: nothing was put back' >&2\n"
      "  exit 127\n"
      "}}\n"
      "put() {{ $ETCDCTL put -- \"$@\" > /dev/null; }}\n",
      source, choice);
}

std::string PutScript::Put(std::string_view key, std::string_view value) {
  ++puts_;
  std::string script;
  const bool decode = value.size() > kMaxQuotedValue || !IsText(value, false);
  if (decode && !decodes_) {
    decodes_ = true;
    script += kDecodeHead;
  }
  std::string key_word = Quoted(key);
  if (!IsText(key, false)) {
    script += fmt::format("key=$(printf {})\n", PrintfFormat(key));
    key_word = "\"${key%.}\"";
  }
  if (!decode) return script + fmt::format("put {} {}\n", key_word, Quoted(value));
  return script + fmt::format("base64 -d > \"$value\" <<'EOF'\n{}EOF\nput {} < \"$value\"\n",
                              Base64Lines(value), key_word);
}

std::string PutScript::End() const {
  return fmt::format("echo '{} keys were put back' >&2\nexit\n}}\n", puts_);
}

}  // namespace cairn::utl
