// snap/snap_file.cc: see snap_file.h.
#include "snap/snap_file.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/crc32c.h"
#include "base/staged_output.h"

namespace cairn::snap {

namespace {

std::optional<uint64_t> ParseHex16(std::string_view text) {
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  }
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Status Broken(const std::string& path, std::string_view what) {
  return absl::DataLossError(fmt::format("{}: {}", path, what));
}

}  // namespace

std::string FormatSnapName(const SnapName& name) {
  return fmt::format("{:016x}-{:016x}.snap", name.term.value, name.index.value);
}

std::optional<SnapName> ParseSnapName(std::string_view name) {
  if (name.size() != 16 + 1 + 16 + 5 || name[16] != '-' || name.substr(33) != ".snap") {
    return std::nullopt;
  }
  const std::optional<uint64_t> term = ParseHex16(name.substr(0, 16));
  const std::optional<uint64_t> index = ParseHex16(name.substr(17, 16));
  if (!term || !index) return std::nullopt;
  return SnapName{.term = Term(*term), .index = RaftIndex(*index)};
}

StatusOr<SnapFile> ReadSnapFile(Fs& fs, const std::string& path) {
  CAIRN_ASSIGN_OR_RETURN(const std::string bytes, ReadWholeFile(fs, path, kMaxSnapFileBytes));
  if (bytes.empty()) return Broken(path, "snap: empty snapshot");
  const auto file = proto::DecodeSnapFile(bytes);
  if (!file.ok()) return Broken(path, Message(file.status()));
  if (file->data.empty() || file->crc == 0) return Broken(path, "snap: empty snapshot");
  if (const uint32_t crc = Crc32c(file->data); crc != file->crc) {
    return Broken(path,
                  fmt::format("snap: crc mismatch: expected: {:x} computed: {:x}", file->crc, crc));
  }
  auto snapshot = proto::DecodeSnapshot(file->data);
  if (!snapshot.ok()) return Broken(path, Message(snapshot.status()));
  return SnapFile{.data = std::string(snapshot->data),
                  .conf_state = std::move(snapshot->conf_state),
                  .index = snapshot->index,
                  .term = snapshot->term};
}

StatusOr<std::string> WriteSnapFile(Fs& fs, const std::string& dir,
                                    const proto::SnapshotView& snapshot) {
  if (snapshot.index.value == 0) {
    return absl::InvalidArgumentError(
        fmt::format("snap: a snapshot at index 0 has no file in {}", dir));
  }
  std::string data;
  proto::AppendSnapshot(data, snapshot);
  std::string bytes;
  proto::AppendSnapFile(bytes, {.crc = Crc32c(data), .data = data});
  if (bytes.size() > kMaxSnapFileBytes) {
    return absl::ResourceExhaustedError(
        fmt::format("snap: a snapshot file of {} bytes in {}", bytes.size(), dir));
  }
  const std::string path =
      JoinPath(dir, FormatSnapName({.term = snapshot.term, .index = snapshot.index}));
  CAIRN_RETURN_IF_ERROR(WriteFileAtomically(fs, path, bytes, 0666));
  return path;
}

StatusOr<std::vector<SnapName>> ListSnapFiles(Fs& fs, const std::string& dir) {
  CAIRN_ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.List(dir));
  std::vector<SnapName> snaps;
  for (const std::string& name : names) {
    if (const auto snap = ParseSnapName(name)) snaps.push_back(*snap);
  }
  std::sort(snaps.rbegin(), snaps.rend());
  return snaps;
}

StatusOr<NewestSnap> LoadNewestSnap(Fs& fs, const std::string& dir,
                                    std::span<const proto::WalSnapshot> valid) {
  CAIRN_ASSIGN_OR_RETURN(const std::vector<SnapName> names, ListSnapFiles(fs, dir));
  NewestSnap result;
  for (const SnapName& name : names) {
    const std::string path = JoinPath(dir, FormatSnapName(name));
    auto file = ReadSnapFile(fs, path);
    // A file that can't be read at all may be sound: that isn't for us to pass over.
    if (!file.ok() && !absl::IsDataLoss(file.status())) return file.status();
    if (!file.ok()) {
      result.broken.push_back({.path = path, .problem = file.status()});
      continue;
    }
    const bool known = std::any_of(valid.begin(), valid.end(), [&](const proto::WalSnapshot& s) {
      return s.index == file->index && s.term == file->term;
    });
    if (!known) continue;
    result.path = path;
    result.snapshot = std::move(*file);
    break;
  }
  return result;
}

Status SetAside(Fs& fs, const std::string& path) {
  CAIRN_RETURN_IF_ERROR(fs.Rename(path, path + ".broken"));
  return fs.SyncDir(DirName(path));
}

}  // namespace cairn::snap
