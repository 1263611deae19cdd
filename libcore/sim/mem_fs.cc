// sim/mem_fs.cc: see mem_fs.h.
#include "sim/mem_fs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <mutex>
#include <optional>
#include <set>

#include "base/check.h"

namespace cairn {

namespace {

constexpr uint64_t kMaxFileBytes = uint64_t{16} << 30;
constexpr uint64_t kFreeBytesWithoutBudget = uint64_t{1} << 40;
constexpr uint32_t kOwnerRead = 0400;
constexpr uint32_t kOwnerWrite = 0200;
constexpr uint32_t kOwnerSearch = 0100;

// "/a/./b//c/.." is {"a", "b"}.
std::vector<std::string> Components(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else {
      parts.emplace_back(part);
    }
  }
  return parts;
}

struct ReadFault {
  uint64_t node = 0;
  uint64_t begin = 0;
  uint64_t end = 0;
  Status status;
};

}  // namespace

std::string MemOp::ToString() const {
  switch (kind) {
    case Kind::kCreate:
      return fmt::format("create {}", path);
    case Kind::kMakeDir:
      return fmt::format("mkdir {}", path);
    case Kind::kWrite:
      return fmt::format("write {} {}+{}", path, offset, data.size());
    case Kind::kTruncate:
      return fmt::format("truncate {} to {}", path, offset);
    case Kind::kAllocate:
      return fmt::format("allocate {} to {}", path, offset);
    case Kind::kRename:
      return fmt::format("rename {}", path);
    case Kind::kRemove:
      return fmt::format("remove {}", path);
    case Kind::kSync:
      return fmt::format("sync {}", path);
    case Kind::kSyncDir:
      return fmt::format("sync directory {}", path);
    case Kind::kBitRot:
      return fmt::format("bit rot in {} at {}", path, offset);
  }
  return "unknown";
}

// What the file system and its open files share.
struct MemFs::State {
  struct Locks {
    std::set<const OpenFile*> shared;
    const OpenFile* exclusive = nullptr;
    const OpenFile* ofd = nullptr;
  };
  // Where a path leads: its directory's node, the last name, and the node if there is one.
  struct Place {
    uint64_t dir = 0;
    std::string name;  // empty for the root
    std::optional<uint64_t> node;
  };

  std::mutex mutex;
  MemDisk disk;
  MemDisk start;
  std::vector<MemOp> log;
  std::map<uint64_t, int> open_files;  // by node
  std::set<uint64_t> unnamed;          // removed while open
  std::map<uint64_t, Locks> locks;
  uint64_t attempts = 0;
  uint64_t name_seed = 0;
  uint64_t fail_at = std::numeric_limits<uint64_t>::max();
  bool fail_from_then_on = false;
  Status fail_status;
  std::optional<uint64_t> budget;
  std::vector<ReadFault> read_faults;

  MemNode& Node(uint64_t number) {
    const auto it = disk.nodes.find(number);
    CAIRN_CHECK(it != disk.nodes.end());
    return it->second;
  }

  // Errors: ENOENT or ENOTDIR on the way, EACCES without search permission.
  int Walk(std::string_view path, Place* place) {
    if (path.empty()) return ENOENT;
    const std::vector<std::string> parts = Components(path);
    *place = Place{MemDisk::kRoot, "", MemDisk::kRoot};
    for (const std::string& part : parts) {
      if (!place->node.has_value()) return ENOENT;
      const MemNode& dir = Node(*place->node);
      if (!dir.is_dir) return ENOTDIR;
      if ((dir.mode & kOwnerSearch) == 0) return EACCES;
      const auto it = dir.entries.find(part);
      *place = Place{*place->node, part, std::nullopt};
      if (it != dir.entries.end()) place->node = it->second;
    }
    if (path.back() == '/' && place->node.has_value() && !Node(*place->node).is_dir) return ENOTDIR;
    return 0;
  }

  StatusOr<Place> Find(std::string_view op, const std::string& path) {
    Place place;
    int error_number = Walk(path, &place);
    if (error_number == 0 && !place.node.has_value()) error_number = ENOENT;
    if (error_number != 0) return ErrnoStatus(op, path, error_number);
    return place;
  }

  FileStat StatOf(uint64_t number) {
    const MemNode& node = Node(number);
    FileStat st;
    st.type = node.is_dir ? FileType::kDirectory : FileType::kRegular;
    st.size = node.data.size();
    st.allocated = std::max(node.reserved, node.data.stored_bytes());
    st.mode = node.mode;
    st.device = 1;
    st.inode = number;
    return st;
  }

  bool MayChange(uint64_t dir) {
    constexpr uint32_t kNeeded = kOwnerWrite | kOwnerSearch;
    return (Node(dir).mode & kNeeded) == kNeeded;
  }

  // To be called once for each change, when it would otherwise succeed.
  Status Attempt() {
    const uint64_t number = attempts++;
    if (number == fail_at || (fail_from_then_on && number > fail_at)) return fail_status;
    return absl::OkStatus();
  }

  // The node has lost its name: it goes now, or when its last open file is closed.
  void Forget(uint64_t node) {
    if (open_files.contains(node)) {
      unnamed.insert(node);
      return;
    }
    disk.nodes.erase(node);
    locks.erase(node);
  }

  // Takes the name away from what `place` leads to.
  Status Remove(const Place& place, const std::string& path) {
    CAIRN_RETURN_IF_ERROR(Attempt());
    Node(place.dir).entries.erase(place.name);
    Forget(*place.node);
    log.push_back({.kind = MemOp::Kind::kRemove,
                   .node = *place.node,
                   .dir = place.dir,
                   .name = place.name,
                   .path = path});
    return absl::OkStatus();
  }

  // True if `node` is `top` or below it.
  bool IsWithin(uint64_t node, uint64_t top) {
    if (node == top) return true;
    const MemNode& dir = Node(top);
    return std::any_of(dir.entries.begin(), dir.entries.end(),
                       [&](const auto& entry) { return IsWithin(node, entry.second); });
  }
};

class MemFs::OpenFile : public File {
 public:
  OpenFile(std::shared_ptr<State> state, uint64_t node, std::string path, bool writable)
      : state_(std::move(state)), node_(node), path_(std::move(path)), writable_(writable) {
    ++state_->open_files[node_];
  }

  ~OpenFile() override {
    const std::lock_guard lock(state_->mutex);
    Unlock();
    if (--state_->open_files[node_] > 0) return;
    state_->open_files.erase(node_);
    state_->locks.erase(node_);
    if (state_->unnamed.erase(node_) > 0) state_->Forget(node_);
  }

  const std::string& path() const override { return path_; }

  StatusOr<size_t> ReadAt(uint64_t offset, std::span<char> out) const override {
    const std::lock_guard lock(state_->mutex);
    const MemBlob& data = state_->Node(node_).data;
    const uint64_t end = std::min<uint64_t>(data.size(), offset + out.size());
    for (const ReadFault& fault : state_->read_faults) {
      if (fault.node == node_ && offset < fault.end && fault.begin < end) return fault.status;
    }
    return data.Read(offset, out);
  }

  Status WriteAt(uint64_t offset, std::string_view data) override {
    const std::lock_guard lock(state_->mutex);
    if (!writable_) return ErrnoStatus("write", path_, EBADF);
    if (data.empty()) return absl::OkStatus();
    if (offset > kMaxFileBytes || data.size() > kMaxFileBytes - offset) {
      return ErrnoStatus("write", path_, EFBIG);
    }
    CAIRN_RETURN_IF_ERROR(state_->Attempt());
    const size_t fits =
        static_cast<size_t>(std::min<uint64_t>(data.size(), state_->budget.value_or(data.size())));
    if (state_->budget.has_value()) *state_->budget -= fits;
    if (fits > 0) {
      state_->Node(node_).data.Write(offset, data.substr(0, fits));
      state_->log.push_back({.kind = MemOp::Kind::kWrite,
                             .node = node_,
                             .offset = offset,
                             .data = std::string(data.substr(0, fits)),
                             .path = path_});
    }
    if (fits < data.size()) return ErrnoStatus("write", path_, ENOSPC);
    return absl::OkStatus();
  }

  Status WriteAtV(uint64_t offset, std::span<const std::string_view> parts) override {
    std::string data;
    for (std::string_view part : parts) data.append(part);
    return WriteAt(offset, data);
  }

  Status Sync() override {
    const std::lock_guard lock(state_->mutex);
    CAIRN_RETURN_IF_ERROR(state_->Attempt());
    state_->log.push_back({.kind = MemOp::Kind::kSync, .node = node_, .path = path_});
    return absl::OkStatus();
  }

  Status Truncate(uint64_t size) override {
    const std::lock_guard lock(state_->mutex);
    if (!writable_) return ErrnoStatus("truncate", path_, EINVAL);
    if (size > kMaxFileBytes) return ErrnoStatus("truncate", path_, EFBIG);
    CAIRN_RETURN_IF_ERROR(state_->Attempt());
    MemNode& node = state_->Node(node_);
    node.data.Resize(size);
    node.reserved = std::min(node.reserved, size);
    state_->log.push_back(
        {.kind = MemOp::Kind::kTruncate, .node = node_, .offset = size, .path = path_});
    return absl::OkStatus();
  }

  Status Allocate(uint64_t size) override {
    const std::lock_guard lock(state_->mutex);
    if (!writable_) return ErrnoStatus("allocate", path_, EBADF);
    if (size == 0) return ErrnoStatus("allocate", path_, EINVAL);
    if (size > kMaxFileBytes) return ErrnoStatus("allocate", path_, EFBIG);
    CAIRN_RETURN_IF_ERROR(state_->Attempt());
    MemNode& node = state_->Node(node_);
    if (size > node.data.size() && state_->budget.has_value()) {
      const uint64_t growth = size - node.data.size();
      if (growth > *state_->budget) return ErrnoStatus("allocate", path_, ENOSPC);
      *state_->budget -= growth;
    }
    node.data.Resize(std::max(size, node.data.size()));
    node.reserved = std::max(node.reserved, size);
    state_->log.push_back(
        {.kind = MemOp::Kind::kAllocate, .node = node_, .offset = size, .path = path_});
    return absl::OkStatus();
  }

  StatusOr<uint64_t> Size() const override {
    const std::lock_guard lock(state_->mutex);
    return state_->Node(node_).data.size();
  }

  StatusOr<FileStat> Stat() const override {
    const std::lock_guard lock(state_->mutex);
    return state_->StatOf(node_);
  }

  Status TakeOwner(const FileStat&) override { return absl::OkStatus(); }

  StatusOr<bool> TryLock(LockKind kind) override {
    const std::lock_guard lock(state_->mutex);
    State::Locks& locks = state_->locks[node_];
    if (kind == LockKind::kOfdExclusive) {
      if (!writable_) return ErrnoStatus("lock", path_, EBADF);
      if (locks.ofd != nullptr && locks.ofd != this) return false;
      locks.ofd = this;
      return true;
    }
    // As in flock(2), a conversion gives up the old lock even when the new one can't be had.
    locks.shared.erase(this);
    if (locks.exclusive == this) locks.exclusive = nullptr;
    if (locks.exclusive != nullptr) return false;
    if (kind == LockKind::kFlockShared) {
      locks.shared.insert(this);
      return true;
    }
    if (!locks.shared.empty()) return false;
    locks.exclusive = this;
    return true;
  }

  void Advise(Access, uint64_t, uint64_t) const override {}
  void StartWriteback(uint64_t, uint64_t) const override {}

 private:
  void Unlock() {
    const auto it = state_->locks.find(node_);
    if (it == state_->locks.end()) return;
    it->second.shared.erase(this);
    if (it->second.exclusive == this) it->second.exclusive = nullptr;
    if (it->second.ofd == this) it->second.ofd = nullptr;
  }

  const std::shared_ptr<State> state_;
  const uint64_t node_;
  const std::string path_;
  const bool writable_;
};

MemFs::MemFs() : state_(std::make_shared<State>()) {
  MemNode root;
  root.is_dir = true;
  root.mode = 0755;
  state_->disk.nodes.emplace(MemDisk::kRoot, std::move(root));
  state_->start = state_->disk;
}

MemFs::MemFs(MemDisk disk) : state_(std::make_shared<State>()) {
  CAIRN_CHECK(disk.nodes.contains(MemDisk::kRoot));
  state_->start = disk;
  state_->disk = std::move(disk);
}

MemFs::~MemFs() = default;

StatusOr<std::unique_ptr<File>> MemFs::Open(const std::string& path, const OpenOptions& options) {
  const std::lock_guard lock(state_->mutex);
  State::Place place;
  const std::string& shown = options.shown.empty() ? path : options.shown;
  if (const int e = state_->Walk(path, &place); e != 0) return ErrnoStatus("open", shown, e);
  if (!place.node.has_value()) {
    if (!options.create) return ErrnoStatus("open", shown, ENOENT);
    if (path.back() == '/') return ErrnoStatus("open", shown, EISDIR);
    if (!state_->MayChange(place.dir)) return ErrnoStatus("open", shown, EACCES);
    CAIRN_RETURN_IF_ERROR(state_->Attempt());
    const uint64_t node = state_->disk.next_node++;
    MemNode file;
    file.mode = options.mode & 07777;
    state_->disk.nodes.emplace(node, std::move(file));
    state_->Node(place.dir).entries.emplace(place.name, node);
    state_->log.push_back({.kind = MemOp::Kind::kCreate,
                           .node = node,
                           .dir = place.dir,
                           .name = place.name,
                           .mode = options.mode & 07777,
                           .path = shown});
    return std::make_unique<OpenFile>(state_, node, shown, options.write);
  }
  if (options.create && options.exclusive) return ErrnoStatus("open", shown, EEXIST);
  MemNode& node = state_->Node(*place.node);
  if (options.directory) {
    if (!node.is_dir) return ErrnoStatus("open", shown, ENOTDIR);
    return std::make_unique<OpenFile>(state_, *place.node, shown, false);
  }
  if (node.is_dir) {
    const bool changing = options.write || options.create || options.truncate;
    return ErrnoStatus(changing ? "open" : "read", shown, EISDIR);
  }
  const uint32_t needed = kOwnerRead | (options.write ? kOwnerWrite : 0);
  if ((node.mode & needed) != needed) return ErrnoStatus("open", shown, EACCES);
  if (options.truncate && node.data.size() > 0) {
    CAIRN_RETURN_IF_ERROR(state_->Attempt());
    node.data.Resize(0);
    node.reserved = 0;
    state_->log.push_back({.kind = MemOp::Kind::kTruncate, .node = *place.node, .path = shown});
  }
  return std::make_unique<OpenFile>(state_, *place.node, shown, options.write);
}

StatusOr<FileStat> MemFs::Stat(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  CAIRN_ASSIGN_OR_RETURN(const State::Place place, state_->Find("stat", path));
  return state_->StatOf(*place.node);
}

StatusOr<std::string> MemFs::ReadLink(const std::string& path) {
  return ErrnoStatus("readlink", path, EINVAL);
}

StatusOr<std::vector<std::string>> MemFs::List(const std::string& dir) {
  const std::lock_guard lock(state_->mutex);
  CAIRN_ASSIGN_OR_RETURN(const State::Place place, state_->Find("open", dir));
  const MemNode& node = state_->Node(*place.node);
  if (!node.is_dir) return ErrnoStatus("open", dir, ENOTDIR);
  if ((node.mode & kOwnerRead) == 0) return ErrnoStatus("open", dir, EACCES);
  std::vector<std::string> names;
  for (const auto& [name, number] : node.entries) names.push_back(name);
  return names;
}

Status MemFs::MakeDir(const std::string& path, uint32_t mode) {
  const std::lock_guard lock(state_->mutex);
  State::Place place;
  int error_number = state_->Walk(path, &place);
  if (error_number == 0 && place.node.has_value()) error_number = EEXIST;
  if (error_number == 0 && !state_->MayChange(place.dir)) error_number = EACCES;
  if (error_number != 0) return ErrnoStatus("mkdir", path, error_number);
  CAIRN_RETURN_IF_ERROR(state_->Attempt());
  const uint64_t number = state_->disk.next_node++;
  MemNode node;
  node.is_dir = true;
  node.mode = mode & 07777;
  state_->disk.nodes.emplace(number, std::move(node));
  state_->Node(place.dir).entries.emplace(place.name, number);
  state_->log.push_back({.kind = MemOp::Kind::kMakeDir,
                         .node = number,
                         .dir = place.dir,
                         .name = place.name,
                         .mode = mode & 07777,
                         .path = path});
  return absl::OkStatus();
}

Status MemFs::Rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(state_->mutex);
  const std::string both = from + " to " + to;
  const auto fail = [&](int error_number) { return ErrnoStatus("rename", both, error_number); };
  State::Place source;
  State::Place target;
  if (const int e = state_->Walk(from, &source); e != 0) return fail(e);
  if (const int e = state_->Walk(to, &target); e != 0) return fail(e);
  if (source.name.empty() || target.name.empty()) return fail(EBUSY);
  if (!source.node.has_value()) return fail(ENOENT);
  const uint64_t moving = *source.node;
  const bool moving_dir = state_->Node(moving).is_dir;
  if (!moving_dir && to.back() == '/') return fail(ENOTDIR);
  if (moving_dir && state_->IsWithin(target.dir, moving)) return fail(EINVAL);
  if (target.node == source.node) return absl::OkStatus();
  if (!state_->MayChange(source.dir) || !state_->MayChange(target.dir)) return fail(EACCES);
  if (target.node.has_value()) {
    if (state_->IsWithin(source.dir, *target.node)) return fail(ENOTEMPTY);
    const MemNode& old = state_->Node(*target.node);
    if (moving_dir && !old.is_dir) return fail(ENOTDIR);
    if (!moving_dir && old.is_dir) return fail(EISDIR);
    if (!old.entries.empty()) return fail(ENOTEMPTY);
  }
  CAIRN_RETURN_IF_ERROR(state_->Attempt());
  state_->Node(source.dir).entries.erase(source.name);
  state_->Node(target.dir).entries[target.name] = moving;
  if (target.node.has_value()) state_->Forget(*target.node);
  state_->log.push_back({.kind = MemOp::Kind::kRename,
                         .node = moving,
                         .dir = source.dir,
                         .name = source.name,
                         .to_dir = target.dir,
                         .to_name = target.name,
                         .path = both});
  return absl::OkStatus();
}

Status MemFs::RenameNew(const std::string& from, const std::string& to) {
  if (Stat(to).ok()) return ErrnoStatus("rename", from + " to " + to, EEXIST);
  return Rename(from, to);
}

Status MemFs::RemoveTree(const std::string& path, const FileStat* only) {
  const auto st = Stat(path);
  if (absl::IsNotFound(st.status())) return absl::OkStatus();
  CAIRN_RETURN_IF_ERROR(st.status());
  if (only != nullptr && !st->IsSameFileAs(*only)) {
    return absl::FailedPreconditionError(
        fmt::format("remove {}: another file has this name by now", path));
  }
  if (st->type != FileType::kDirectory) return RemoveFile(path);
  CAIRN_ASSIGN_OR_RETURN(const std::vector<std::string> names, List(path));
  for (const std::string& name : names) {
    CAIRN_RETURN_IF_ERROR(RemoveTree(JoinPath(path, name), nullptr));
  }
  return RemoveDir(path);
}

uint64_t MemFs::NameSeed() {
  const std::lock_guard lock(state_->mutex);
  return ++state_->name_seed;
}

Status MemFs::RemoveFile(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  CAIRN_ASSIGN_OR_RETURN(const State::Place place, state_->Find("remove", path));
  if (state_->Node(*place.node).is_dir) return ErrnoStatus("remove", path, EISDIR);
  if (!state_->MayChange(place.dir)) return ErrnoStatus("remove", path, EACCES);
  return state_->Remove(place, path);
}

Status MemFs::RemoveDir(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  CAIRN_ASSIGN_OR_RETURN(const State::Place place, state_->Find("remove", path));
  const MemNode& node = state_->Node(*place.node);
  if (place.name.empty()) return ErrnoStatus("remove", path, EBUSY);
  if (!node.is_dir) return ErrnoStatus("remove", path, ENOTDIR);
  if (!state_->MayChange(place.dir)) return ErrnoStatus("remove", path, EACCES);
  if (!node.entries.empty()) return ErrnoStatus("remove", path, ENOTEMPTY);
  return state_->Remove(place, path);
}

Status MemFs::SyncDir(const std::string& dir) {
  const std::lock_guard lock(state_->mutex);
  CAIRN_ASSIGN_OR_RETURN(const State::Place place, state_->Find("open", dir));
  const MemNode& node = state_->Node(*place.node);
  if (!node.is_dir) return ErrnoStatus("open", dir, ENOTDIR);
  if ((node.mode & kOwnerRead) == 0) return ErrnoStatus("open", dir, EACCES);
  CAIRN_RETURN_IF_ERROR(state_->Attempt());
  state_->log.push_back({.kind = MemOp::Kind::kSyncDir, .node = *place.node, .path = dir});
  return absl::OkStatus();
}

StatusOr<uint64_t> MemFs::FreeBytes(const std::string& path) {
  const std::lock_guard lock(state_->mutex);
  CAIRN_RETURN_IF_ERROR(state_->Find("statvfs", path).status());
  return state_->budget.value_or(kFreeBytesWithoutBudget);
}

size_t MemFs::op_count() const {
  const std::lock_guard lock(state_->mutex);
  return state_->log.size();
}

const std::vector<MemOp>& MemFs::log() const { return state_->log; }

const MemDisk& MemFs::log_start() const { return state_->start; }

void MemFs::Settle() {
  const std::lock_guard lock(state_->mutex);
  state_->start = state_->disk;
  state_->log.clear();
}

void MemFs::FailAt(uint64_t attempt, Status status, bool from_then_on) {
  const std::lock_guard lock(state_->mutex);
  state_->fail_at = attempt;
  state_->fail_status = std::move(status);
  state_->fail_from_then_on = from_then_on;
}

uint64_t MemFs::attempts() const {
  const std::lock_guard lock(state_->mutex);
  return state_->attempts;
}

void MemFs::SetByteBudget(uint64_t bytes) {
  const std::lock_guard lock(state_->mutex);
  state_->budget = bytes;
}

void MemFs::RemoveByteBudget() {
  const std::lock_guard lock(state_->mutex);
  state_->budget.reset();
}

void MemFs::FailReads(const std::string& path, uint64_t offset, uint64_t length, Status status) {
  const std::lock_guard lock(state_->mutex);
  State::Place place;
  CAIRN_CHECK(state_->Walk(path, &place) == 0 && place.node.has_value());
  state_->read_faults.push_back({*place.node, offset, offset + length, std::move(status)});
}

void MemFs::FlipBit(const std::string& path, uint64_t offset, int bit) {
  const std::lock_guard lock(state_->mutex);
  State::Place place;
  CAIRN_CHECK(state_->Walk(path, &place) == 0 && place.node.has_value());
  MemBlob& data = state_->Node(*place.node).data;
  CAIRN_CHECK(bit >= 0 && bit < 8 && offset < data.size());
  const std::string mask(1, static_cast<char>(1 << bit));
  char byte = 0;
  data.Read(offset, std::span(&byte, 1));
  byte = static_cast<char>(byte ^ mask[0]);
  data.Write(offset, std::string_view(&byte, 1));
  state_->log.push_back({.kind = MemOp::Kind::kBitRot,
                         .node = *place.node,
                         .offset = offset,
                         .data = mask,
                         .path = path});
}

void MemFs::SetMode(const std::string& path, uint32_t mode) {
  const std::lock_guard lock(state_->mutex);
  State::Place place;
  CAIRN_CHECK(state_->Walk(path, &place) == 0 && place.node.has_value());
  state_->Node(*place.node).mode = mode & 07777;
}

}  // namespace cairn
