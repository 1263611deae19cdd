// sim/crash_states.cc: see crash_states.h.
//
// A log is replayed into what is durable plus what is pending; a moment's pending pieces, each with
// a fate, make one state. Contents are shared, so that a state costs what its pieces touch.
#include "sim/crash_states.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/check.h"
#include "base/random.h"

namespace cairn {

namespace {

constexpr uint64_t kSectorBytes = 512;

struct Piece {
  enum class Kind { kData, kSize, kName };
  Kind kind = Kind::kData;
  size_t op = 0;  // in the log
};

// What becomes of a piece. Only data can be torn: `sectors` are kept at its front or its back, or
// each by the toss of a coin seeded with `sectors`.
struct Fate {
  enum class Kind : uint8_t { kLost, kKept, kFront, kBack, kScattered };
  Kind kind = Kind::kLost;
  uint64_t sectors = 0;
};

constexpr Fate kLost{Fate::Kind::kLost, 0};
constexpr Fate kKept{Fate::Kind::kKept, 0};

// How many sectors of the file a write touches.
uint64_t SectorsOf(const MemOp& op) {
  return (op.offset + op.data.size() - 1) / kSectorBytes - op.offset / kSectorBytes + 1;
}

// Writes the sectors of `op` that `fate` keeps.
void ApplyData(const MemOp& op, Fate fate, MemBlob* data) {
  const uint64_t sectors = SectorsOf(op);
  Random coin(fate.sectors);
  const std::string_view all = op.data;
  for (uint64_t i = 0, done = 0; i < sectors; ++i) {
    const uint64_t at = op.offset + done;
    const uint64_t n = std::min(kSectorBytes - at % kSectorBytes, all.size() - done);
    bool keep = fate.kind == Fate::Kind::kKept;
    if (fate.kind == Fate::Kind::kFront) keep = i < fate.sectors;
    if (fate.kind == Fate::Kind::kBack) keep = i >= sectors - std::min(sectors, fate.sectors);
    if (fate.kind == Fate::Kind::kScattered) keep = coin.OneIn(2);
    if (keep) data->Write(at, all.substr(done, n));
    done += n;
  }
}

// The disk at a moment: what is durable, and which operations are not.
class Replay {
 public:
  explicit Replay(const MemFs& fs) : log_(fs.log()), durable_(fs.log_start()) {
    for (const auto& [number, node] : durable_.nodes) sizes_[number] = node.data.size();
  }

  size_t op() const { return op_; }

  void Advance(size_t op) {
    CAIRN_CHECK(op >= op_ && op <= log_.size());
    for (; op_ < op; ++op_) Apply(op_);
  }

  // The pieces that can make a difference, in the order of the log.
  std::vector<Piece> Pieces() const {
    std::vector<Piece> pieces;
    for (const auto& [number, list] : data_) {
      if (CanBeNamed(number)) pieces.insert(pieces.end(), list.begin(), list.end());
    }
    std::set<size_t> names;
    for (const auto& [dir, list] : names_) names.insert(list.begin(), list.end());
    for (size_t op : names) pieces.push_back({Piece::Kind::kName, op});
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const Piece& a, const Piece& b) { return a.op < b.op; });
    return pieces;
  }

  // A change of names is lost when an earlier one of the same directory is.
  void KeepPrefixes(const std::vector<Piece>& pieces, std::vector<Fate>* fates) const {
    std::set<uint64_t> ended;
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (pieces[i].kind != Piece::Kind::kName) continue;
      const MemOp& op = log_[pieces[i].op];
      const bool moves = op.kind == MemOp::Kind::kRename;
      if (ended.contains(op.dir) || (moves && ended.contains(op.to_dir))) (*fates)[i] = kLost;
      if ((*fates)[i].kind != Fate::Kind::kLost) continue;
      ended.insert(op.dir);
      if (moves) ended.insert(op.to_dir);
    }
  }

  std::unique_ptr<MemFs> Build(const std::vector<Piece>& pieces,
                               const std::vector<Fate>& fates) const {
    MemDisk disk = durable_;
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (fates[i].kind == Fate::Kind::kLost) continue;
      const MemOp& op = log_[pieces[i].op];
      switch (pieces[i].kind) {
        case Piece::Kind::kName:
          ApplyName(op, &disk);
          break;
        case Piece::Kind::kSize: {
          MemNode& node = disk.nodes.at(op.node);
          // A write grows the file up to its end, an allocation at least to its size; a
          // truncation cuts. Data beyond the size, from a write whose size was lost, goes at last.
          if (op.kind == MemOp::Kind::kTruncate) {
            node.data.Resize(op.offset);
          } else if (const uint64_t end = op.offset + op.data.size(); end > node.data.size()) {
            node.data.Resize(end);
          }
          break;
        }
        case Piece::Kind::kData:
          ApplyData(op, fates[i], &disk.nodes.at(op.node).data);
          break;
      }
    }
    CutToSizes(pieces, fates, &disk);
    DropUnnamed(&disk);
    return std::make_unique<MemFs>(std::move(disk));
  }

  std::string Describe(const std::vector<Piece>& pieces, const std::vector<Fate>& fates) const {
    constexpr size_t kMostNamed = 8;
    std::string text =
        fmt::format("power loss after {} operations, {} pieces pending", op_, pieces.size());
    size_t lost = 0;
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (fates[i].kind == Fate::Kind::kKept || ++lost > kMostNamed) continue;
      static constexpr const char* kWords[] = {"lost", "", "front kept", "back kept", "scattered"};
      text += fmt::format(
          "; {}{} of op {} ({})", kWords[static_cast<size_t>(fates[i].kind)],
          fates[i].kind == Fate::Kind::kLost ? "" : fmt::format(" {}", fates[i].sectors),
          pieces[i].op, log_[pieces[i].op].ToString());
      if (pieces[i].kind == Piece::Kind::kSize) text += " [size]";
    }
    if (lost > kMostNamed) text += fmt::format("; and {} more", lost - kMostNamed);
    return text;
  }

  uint64_t Sectors(const Piece& piece) const { return SectorsOf(log_[piece.op]); }

 private:
  void Apply(size_t index) {
    const MemOp& op = log_[index];
    switch (op.kind) {
      case MemOp::Kind::kCreate:
      case MemOp::Kind::kMakeDir: {
        MemNode node;
        node.is_dir = op.kind == MemOp::Kind::kMakeDir;
        node.mode = op.mode;
        durable_.nodes.emplace(op.node, std::move(node));
        durable_.next_node = std::max(durable_.next_node, op.node + 1);
        names_[op.dir].push_back(index);
        break;
      }
      case MemOp::Kind::kRename:
        names_[op.dir].push_back(index);
        if (op.to_dir != op.dir) names_[op.to_dir].push_back(index);
        break;
      case MemOp::Kind::kRemove:
        names_[op.dir].push_back(index);
        break;
      case MemOp::Kind::kWrite:
        // The size first, so that kept data has room.
        if (op.offset + op.data.size() > sizes_[op.node]) {
          sizes_[op.node] = op.offset + op.data.size();
          data_[op.node].push_back({Piece::Kind::kSize, index});
        }
        data_[op.node].push_back({Piece::Kind::kData, index});
        break;
      case MemOp::Kind::kTruncate:
        sizes_[op.node] = op.offset;
        data_[op.node].push_back({Piece::Kind::kSize, index});
        break;
      case MemOp::Kind::kAllocate:
        if (op.offset <= sizes_[op.node]) break;
        sizes_[op.node] = op.offset;
        data_[op.node].push_back({Piece::Kind::kSize, index});
        break;
      case MemOp::Kind::kSync:
        SyncData(op.node);
        break;
      case MemOp::Kind::kSyncDir:
        SyncNames(op.node, index);
        break;
      case MemOp::Kind::kBitRot:
        Rot(op);
        break;
    }
  }

  void SyncData(uint64_t number) {
    MemBlob& data = durable_.nodes.at(number).data;
    for (const Piece& piece : data_[number]) {
      const MemOp& op = log_[piece.op];
      if (piece.kind == Piece::Kind::kData) {
        data.Write(op.offset, op.data);
      } else if (op.kind == MemOp::Kind::kTruncate) {
        data.Resize(op.offset);
      } else {
        data.Resize(std::max(data.size(), op.offset + op.data.size()));
      }
    }
    data_.erase(number);
  }

  // Makes the changes of `dir` up to operation `last` durable. One that moves a name between
  // directories takes along what the other one's journal has before it.
  void SyncNames(uint64_t dir, size_t last) {
    while (true) {
      const auto it = names_.find(dir);
      if (it == names_.end() || it->second.empty() || it->second.front() > last) break;
      const size_t index = it->second.front();
      it->second.erase(it->second.begin());
      const MemOp& op = log_[index];
      if (op.kind == MemOp::Kind::kRename && op.to_dir != op.dir) {
        const uint64_t other = op.dir == dir ? op.to_dir : op.dir;
        if (index > 0) SyncNames(other, index - 1);
        std::vector<size_t>& list = names_[other];
        list.erase(std::remove(list.begin(), list.end(), index), list.end());
        if (list.empty()) names_.erase(other);
      }
      ApplyName(op, &durable_);
    }
    if (const auto it = names_.find(dir); it != names_.end() && it->second.empty()) {
      names_.erase(it);
    }
  }

  // Rot is on the disk at once, in durable bytes and in those still to be written.
  void Rot(const MemOp& op) {
    MemBlob& data = durable_.nodes.at(op.node).data;
    if (op.offset >= data.size()) return;
    char byte = 0;
    data.Read(op.offset, std::span(&byte, 1));
    byte = static_cast<char>(byte ^ op.data[0]);
    data.Write(op.offset, std::string_view(&byte, 1));
  }

  static void ApplyName(const MemOp& op, MemDisk* disk) {
    switch (op.kind) {
      case MemOp::Kind::kCreate:
      case MemOp::Kind::kMakeDir:
        disk->nodes.at(op.dir).entries[op.name] = op.node;
        break;
      case MemOp::Kind::kRename:
        disk->nodes.at(op.dir).entries.erase(op.name);
        disk->nodes.at(op.to_dir).entries[op.to_name] = op.node;
        break;
      case MemOp::Kind::kRemove:
        disk->nodes.at(op.dir).entries.erase(op.name);
        break;
      default:
        CAIRN_CHECK(false);
    }
  }

  // True if some state may have a name for the node; what was removed durably does not count.
  bool CanBeNamed(uint64_t number) const {
    for (const auto& [dir, node] : durable_.nodes) {
      for (const auto& [name, child] : node.entries) {
        if (child == number) return true;
      }
    }
    for (const auto& [dir, list] : names_) {
      for (size_t index : list) {
        if (log_[index].node == number && log_[index].kind != MemOp::Kind::kRemove) return true;
      }
    }
    return false;
  }

  // Each file ends where its last kept change of size puts the end, whatever data was kept after.
  void CutToSizes(const std::vector<Piece>& pieces, const std::vector<Fate>& fates,
                  MemDisk* disk) const {
    std::map<uint64_t, uint64_t> ends;
    for (size_t i = 0; i < pieces.size(); ++i) {
      if (pieces[i].kind == Piece::Kind::kName) continue;
      const MemOp& op = log_[pieces[i].op];
      const auto it = ends.try_emplace(op.node, durable_.nodes.at(op.node).data.size()).first;
      if (pieces[i].kind != Piece::Kind::kSize || fates[i].kind == Fate::Kind::kLost) continue;
      const uint64_t end = op.offset + op.data.size();
      it->second = op.kind == MemOp::Kind::kTruncate ? op.offset : std::max(it->second, end);
    }
    for (const auto& [number, end] : ends) disk->nodes.at(number).data.Resize(end);
  }

  static void DropUnnamed(MemDisk* disk) {
    std::set<uint64_t> named{MemDisk::kRoot};
    std::vector<uint64_t> to_visit{MemDisk::kRoot};
    while (!to_visit.empty()) {
      const uint64_t number = to_visit.back();
      to_visit.pop_back();
      for (const auto& [name, child] : disk->nodes.at(number).entries) {
        if (named.insert(child).second) to_visit.push_back(child);
      }
    }
    std::erase_if(disk->nodes, [&](const auto& node) { return !named.contains(node.first); });
  }

  const std::vector<MemOp>& log_;
  size_t op_ = 0;
  MemDisk durable_;
  std::map<uint64_t, uint64_t> sizes_;             // of files, with all pending pieces
  std::map<uint64_t, std::vector<Piece>> data_;    // pending, by file
  std::map<uint64_t, std::vector<size_t>> names_;  // pending operations, by directory
};

// Makes the fates of one moment and shows each state.
class Moment {
 public:
  Moment(const Replay& replay, const CrashStates::Options& options, uint64_t seed,
         const CrashStates::Visitor& visit)
      : replay_(replay),
        options_(options),
        random_(seed ^ (replay.op() * 0x9e3779b97f4a7c15)),
        visit_(visit),
        pieces_(replay.Pieces()) {}

  size_t Run() {
    if (pieces_.size() <= std::min<size_t>(options_.all_subsets_up_to, 16)) {
      AllSubsets();
    } else {
      Systematic();
    }
    return states_;
  }

 private:
  std::vector<Fate> All(Fate fate) const { return std::vector<Fate>(pieces_.size(), fate); }

  void Show(std::vector<Fate> fates) {
    replay_.KeepPrefixes(pieces_, &fates);
    visit_(replay_.Build(pieces_, fates), replay_.Describe(pieces_, fates));
    ++states_;
  }

  // Positions 0 to count-1, thinned out evenly with the ends kept.
  template <typename Fn>
  void Each(size_t count, Fn fn) const {
    const size_t shown = std::min(count, std::max<size_t>(options_.max_each, 2));
    for (size_t i = 0; i < shown; ++i) fn(shown == 1 ? 0 : i * (count - 1) / (shown - 1));
  }

  void Tear(size_t piece, const std::vector<Fate>& others) {
    if (pieces_[piece].kind != Piece::Kind::kData) return;
    const size_t cuts = replay_.Sectors(pieces_[piece]) - 1;
    Each(cuts, [&](size_t cut) {
      for (Fate::Kind kind : {Fate::Kind::kFront, Fate::Kind::kBack}) {
        std::vector<Fate> fates = others;
        fates[piece] = {kind, cut + 1};
        Show(std::move(fates));
      }
    });
  }

  void AllSubsets() {
    for (uint64_t bits = 0; bits < uint64_t{1} << pieces_.size(); ++bits) {
      std::vector<Fate> fates = All(kLost);
      for (size_t i = 0; i < fates.size(); ++i) {
        if ((bits >> i & 1) != 0) fates[i] = kKept;
      }
      std::vector<Fate> prefixes = fates;
      replay_.KeepPrefixes(pieces_, &prefixes);
      const bool possible =
          std::equal(fates.begin(), fates.end(), prefixes.begin(),
                     [](const Fate& a, const Fate& b) { return a.kind == b.kind; });
      if (possible) Show(std::move(fates));
    }
    for (size_t i = 0; i < pieces_.size(); ++i) {
      if (pieces_[i].kind != Piece::Kind::kData) continue;
      Tear(i, All(kKept));
      // With all other data lost, but the names and sizes there, or it could not be seen.
      std::vector<Fate> alone = All(kKept);
      for (size_t j = 0; j < pieces_.size(); ++j) {
        if (pieces_[j].kind == Piece::Kind::kData) alone[j] = kLost;
      }
      Tear(i, alone);
    }
  }

  void Systematic() {
    Show(All(kLost));
    Show(All(kKept));
    Each(pieces_.size(), [&](size_t i) {
      std::vector<Fate> fates = All(kKept);
      fates[i] = kLost;
      Show(fates);
      fates = All(kLost);
      fates[i] = kKept;
      Show(fates);
      std::fill(fates.begin(), fates.begin() + static_cast<ptrdiff_t>(i), kKept);
      Show(std::move(fates));
    });
    for (size_t i = pieces_.size(); i-- > 0;) {
      if (pieces_[i].kind != Piece::Kind::kData) continue;
      Tear(i, All(kKept));
      break;
    }
    for (size_t i = 0; i < options_.random_states; ++i) Show(RandomFates());
  }

  // From "nearly all lost" to "nearly all kept", now and then with torn writes.
  std::vector<Fate> RandomFates() {
    std::vector<Fate> fates = All(kLost);
    const uint64_t kept_of_16 = 1 + random_.Below(15);
    for (size_t i = 0; i < fates.size(); ++i) {
      if (random_.Below(16) < kept_of_16) fates[i] = kKept;
      if (pieces_[i].kind == Piece::Kind::kData && random_.OneIn(4)) {
        fates[i] = {Fate::Kind::kScattered, random_.Next()};
      }
      // A journal keeps long prefixes of names more often than a coin would.
      if (pieces_[i].kind == Piece::Kind::kName && !random_.OneIn(4)) fates[i] = kKept;
    }
    return fates;
  }

  const Replay& replay_;
  const CrashStates::Options& options_;
  Random random_;
  const CrashStates::Visitor& visit_;
  const std::vector<Piece> pieces_;
  size_t states_ = 0;
};

}  // namespace

size_t CrashStates::ForEach(const MemFs& fs, size_t op, uint64_t seed, const Visitor& visit) const {
  Replay replay(fs);
  replay.Advance(op);
  return Moment(replay, options_, seed, visit).Run();
}

size_t CrashStates::ForEveryNth(const MemFs& fs, size_t first, size_t step, uint64_t seed,
                                const WalkVisitor& visit) const {
  CAIRN_CHECK(step > 0);
  Replay replay(fs);
  const size_t last = fs.op_count();
  size_t states = 0;
  for (size_t op = std::min(first, last);; op = std::min(op + step, last)) {
    replay.Advance(op);
    const Visitor show = [&](std::unique_ptr<MemFs> state, const std::string& description) {
      visit(op, std::move(state), description);
    };
    states += Moment(replay, options_, seed, show).Run();
    if (op == last) return states;
  }
}

}  // namespace cairn
