// offline/file_kind.cc: see file_kind.h.
#include "offline/file_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "bolt/format.h"
#include "gotext/quote.h"
#include "offline/db_file.h"

namespace cairn::offline {

namespace {

using std::string_view_literals::operator""sv;

constexpr uint64_t kHeadBytes = 64 << 10;

// A form that a backup is packed in. `command` has {in} for the file and {out} for what comes out.
struct Packing {
  std::string_view magic;
  size_t at;  // where the magic stands
  std::string_view what;
  std::string_view command;
  std::string_view ending;  // of the names of such files
};

constexpr Packing kPackings[] = {
    {"\x1f\x8b"sv, 0, "a gzip file", "gunzip -c {in} > {out}", ".gz"},
    {"\x28\xb5\x2f\xfd"sv, 0, "a zstd file", "zstd -d {in} -o {out}", ".zst"},
    {"PK\x03\x04"sv, 0, "a zip archive", "unzip {in}", ".zip"},
    {"\xfd"
     "7zXZ\0"sv,
     0, "an xz file", "xz -dc {in} > {out}", ".xz"},
    {"BZh"sv, 0, "a bzip2 file", "bunzip2 -c {in} > {out}", ".bz2"},
    {"\x04\x22\x4d\x18"sv, 0, "an lz4 file", "lz4 -d {in} {out}", ".lz4"},
    {"\x02\x21\x4c\x18"sv, 0, "an lz4 file", "lz4 -d {in} {out}", ".lz4"},
    {"LZIP"sv, 0, "an lzip file", "lzip -dc {in} > {out}", ".lz"},
    {"\x89LZO\0\r\n"sv, 0, "an lzop file", "lzop -dc {in} > {out}", ".lzo"},
    {"\x1f\x9d"sv, 0, "a file packed by compress", "uncompress -c {in} > {out}", ".Z"},
    {"\xff\x06\0\0sNaPpY"sv, 0, "a snappy file", "snzip -dc {in} > {out}", ".sz"},
    {"7z\xbc\xaf\x27\x1c"sv, 0, "a 7z archive", "7z x {in}", ".7z"},
    {"Rar!\x1a\x07"sv, 0, "a rar archive", "unrar x {in}", ".rar"},
    {"ustar"sv, 257, "a tar archive", "tar -xf {in}", ".tar"},
};

// A form that a backup is encrypted in.
constexpr Packing kCiphers[] = {
    {"age-encryption.org/v1"sv, 0, "age", "age -d -i KEYFILE -o {out} {in}", ".age"},
    {"-----BEGIN AGE ENCRYPTED FILE-----"sv, 0, "age", "age -d -i KEYFILE -o {out} {in}", ".age"},
    {"-----BEGIN PGP MESSAGE-----"sv, 0, "gpg", "gpg -o {out} -d {in}", ".asc"},
    {"Salted__"sv, 0, "openssl enc", "openssl enc -d -CIPHER -in {in} -out {out}", ".enc"},
    {"U2FsdGVkX1"sv, 0, "openssl enc", "openssl enc -d -a -CIPHER -in {in} -out {out}", ".enc"},
};

constexpr Packing kOthers[] = {
    {"\x7f"
     "ELF"sv,
     0, "a program (ELF)", "", ""},
    {"SQLite format 3\0"sv, 0, "an SQLite database (k3s without etcd keeps one)", "", ""},
    {"!<arch>\n"sv, 0, "an archive (ar)", "", ""},
    {"%PDF-"sv, 0, "a PDF", "", ""},
    {"KDMV"sv, 0, "a disk image (VMDK)", "", ""},
    {"QFI\xfb"sv, 0, "a disk image (qcow2)", "", ""},
};

bool Matches(std::string_view head, const Packing& packing) {
  return head.size() >= packing.at + packing.magic.size() &&
         head.substr(packing.at, packing.magic.size()) == packing.magic;
}

// OpenPGP's binary form has no magic: the first packet is a session key, encrypted to a key
// (version 3) or by a password (version 4), in one of several forms of its length.
bool IsPgp(std::string_view head) {
  if (head.size() < 4) return false;
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(head[i]); };
  switch (byte(0)) {
    case 0x84:
      return byte(2) == 3;
    case 0x85:
      return byte(3) == 3;
    case 0x8c:
      return byte(2) == 4 && byte(1) < 64;
    case 0xc1:
      return byte(2) == 3 || byte(3) == 3;
    case 0xc3:
      return (byte(2) == 4 || byte(2) == 5) && byte(1) < 192;
    default:
      return false;
  }
}

bool IsText(std::string_view head) {
  head = head.substr(0, 256);
  while (!head.empty()) {
    const Utf8Rune rune = DecodeUtf8(head);
    // The last one may be cut.
    if (!rune.valid) return head.size() < 4;
    if (rune.code < ' ' && rune.code != '\n' && rune.code != '\r' && rune.code != '\t')
      return false;
    head.remove_prefix(rune.length);
  }
  return true;
}

// The kind of a text, by how it begins.
std::string_view TextKind(std::string_view head) {
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  const size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "a text file";
  head.remove_prefix(first);
  std::string begin(head.substr(0, 14));
  std::transform(begin.begin(), begin.end(), begin.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (begin.starts_with("<!doctype html") || begin.starts_with("<html")) {
    return "an HTML page (what a server said instead of the file?)";
  }
  if (begin.starts_with("<?xml") || begin.starts_with("<error")) {
    return "an XML text (what a server said instead of the file?)";
  }
  if (begin[0] == '{' || begin[0] == '[') return "a JSON text";
  if (begin.starts_with("-----begin")) return "a PEM file";
  if (begin.starts_with("version https:")) return "a Git LFS pointer, not the file itself";
  return "a text file";
}

// The command of `packing` for `path`, as a line for a shell.
std::string CommandLine(const Packing& packing, const std::string& path) {
  std::string out = path;
  if (out.ends_with(packing.ending) && out.size() > packing.ending.size()) {
    out.resize(out.size() - packing.ending.size());
  } else {
    out += ".db";
  }
  std::string line(packing.command);
  for (const auto& [mark, name] : {std::pair("{in}"sv, &path), {"{out}"sv, &out}}) {
    if (const size_t at = line.find(mark); at != std::string::npos) {
      line.replace(at, mark.size(), QuoteShell(*name));
    }
  }
  return line;
}

std::string_view Beginning(std::string_view head) {
  head = head.substr(0, 60);
  return head.substr(0, head.find_first_of("\r\n"));
}

// What the file with these first bytes is, and what to do; nothing when that is not known.
std::optional<std::string> Kind(std::string_view head, const std::string& path) {
  for (const Packing& packing : kPackings) {
    if (!Matches(head, packing)) continue;
    return fmt::format("{}: unpack it first: {}", packing.what, CommandLine(packing, path));
  }
  for (const Packing& cipher : kCiphers) {
    if (!Matches(head, cipher)) continue;
    return fmt::format("encrypted by {}: decrypt it first: {}", cipher.what,
                       CommandLine(cipher, path));
  }
  if (IsPgp(head)) {
    return fmt::format("encrypted by gpg: decrypt it first: {}",
                       CommandLine({.command = "gpg -o {out} -d {in}", .ending = ".gpg"}, path));
  }
  for (const Packing& other : kOthers) {
    if (Matches(head, other)) return fmt::format("{} and no etcd database", other.what);
  }
  if (BaseName(path).ends_with(".snap")) {
    return "a .snap file of a member and no database: the keys are in the db beside it, or in a "
           "file that `snapshot save` wrote; `inspect snap` shows it";
  }
  if (BaseName(path).ends_with(".wal")) {
    return "a segment of a log and no database: the keys are in member/snap/db, or in a file that "
           "`snapshot save` wrote; `inspect wal` shows the log";
  }
  if (IsText(head)) {
    return fmt::format("{} and no etcd database; it begins with {}", TextKind(head),
                       QuoteGo(Beginning(head)));
  }
  return std::nullopt;
}

}  // namespace

Status ExplainNoDb(const File& file, Status why) {
  const auto size = file.Size();
  if (!size.ok() || *size == 0) return why;
  std::string head(std::min(*size, kHeadBytes), '\0');
  if (!ReadExactly(file, 0, head).ok()) return why;
  if (head.size() >= bolt::kPageHeaderSize + 4 &&
      LoadLE<uint32_t>(head.data() + bolt::kPageHeaderSize) == bolt::kMagic) {
    return why;
  }
  if (head.find_first_not_of('\0') == std::string_view::npos) {
    return absl::DataLossError(
        fmt::format("invalid database: {}: its first {} bytes are zeros, as of a file that was "
                    "never written or "
                    "that a disk lost (copy it again, or take another backup)",
                    file.path(), head.size()));
  }
  const auto kind = Kind(head, file.path());
  if (!kind.has_value()) return why;
  return absl::FailedPreconditionError(fmt::format("{} is {}", file.path(), *kind));
}

Status ExplainDirectory(Fs& fs, const std::string& path, const Status& why) {
  const auto stat = fs.Stat(path);
  if (why.ok() || !stat.ok() || stat->type != FileType::kDirectory) return why;
  for (const std::string& db : {DbPath(path), JoinPath(path, "snap/db"), JoinPath(path, "db")}) {
    if (Exists(fs, db)) {
      return Status(why.code(), fmt::format("{}; its db is {}", Message(why), db));
    }
  }
  return why;
}

}  // namespace cairn::offline
