// offline/inspect/key_order.h: sorting very many keys by their bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace cairn::offline {

// Sorts pointers to things with a name() and name_size, all of them different, bytewise. Keys of
// one cluster begin alike, so that comparing whole names mostly waits for memory: here seven bytes
// of each name at a time stand beside its pointer. 16 bytes a key while it runs; O(bytes of all
// names) steps at worst. With std::sort over the names `inspect keys` takes 20 % more CPU time for
// a million keys.
template <typename Key>
void SortByName(std::vector<Key*>& keys) {
  struct Item {
    // Seven bytes of the name, and after them how many there were: 8 when it goes on.
    uint64_t piece;
    Key* key;
  };
  struct Group {
    size_t begin, end, depth;
  };
  constexpr size_t kPiece = 7;
  constexpr size_t kFew = 12;
  constexpr std::ptrdiff_t kAhead = 8;  // names that are on their way from memory
  const auto rest = [](const Item& item, size_t depth) {
    return std::string_view(item.key->name(), item.key->name_size).substr(depth);
  };
  const auto piece = [](std::string_view text) -> uint64_t {
    if (text.size() >= 8) return (LoadBE64(text.data()) & ~uint64_t{0xff}) | 8;
    uint64_t bytes = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      bytes |= uint64_t{static_cast<unsigned char>(text[i])} << (56 - 8 * i);
    }
    return bytes | text.size();
  };
  std::vector<Item> items;
  items.reserve(keys.size());
  for (Key* key : keys) items.push_back({0, key});
  std::vector<Group> groups{{0, items.size(), 0}};
  while (!groups.empty()) {
    Group group = groups.back();
    groups.pop_back();
    const auto begin = items.begin() + static_cast<std::ptrdiff_t>(group.begin);
    const auto end = items.begin() + static_cast<std::ptrdiff_t>(group.end);
    if (group.end - group.begin <= kFew) {
      std::sort(begin, end, [&](const Item& a, const Item& b) {
        return rest(a, group.depth) < rest(b, group.depth);
      });
      continue;
    }
    bool alike = true;
    bool sorted = true;
    for (auto item = begin; item != end; ++item) {
      if (end - item > kAhead) {
        __builtin_prefetch((item + kAhead)->key->name() + group.depth);
      }
      item->piece = piece(rest(*item, group.depth));
      alike = alike && item->piece == begin->piece;
      sorted = sorted && (item == begin || (item - 1)->piece <= item->piece);
    }
    if (alike) {
      groups.push_back({group.begin, group.end, group.depth + kPiece});
      continue;
    }
    if (!sorted) {
      std::sort(begin, end, [](const Item& a, const Item& b) { return a.piece < b.piece; });
    }
    // Only names that go on can be alike so far.
    for (size_t i = group.begin; i < group.end;) {
      size_t next = i + 1;
      while (next < group.end && items[next].piece == items[i].piece) ++next;
      if (next - i > 1) groups.push_back({i, next, group.depth + kPiece});
      i = next;
    }
  }
  for (size_t i = 0; i < keys.size(); ++i) keys[i] = items[i].key;
}

}  // namespace cairn::offline
