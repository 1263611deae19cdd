// bolt/check/page_detail.cc: see page_detail.h.
#include "bolt/check/page_detail.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/fnv.h"
#include "bolt/check/survey.h"

namespace cairn::bolt {

namespace {


std::string_view Within(std::string_view bytes, uint64_t at, uint64_t size) {
  if (at >= bytes.size()) return {};
  return bytes.substr(at, size);
}

MetaDetail TakeMeta(std::string_view bytes, std::vector<std::string>& faults) {
  const char* const p = bytes.data() + kPageHeaderSize;
  MetaDetail meta;
  meta.magic = LoadLE<uint32_t>(p);
  meta.version = LoadLE<uint32_t>(p + 4);
  meta.page_size = LoadLE<uint32_t>(p + 8);
  meta.flags = LoadLE<uint32_t>(p + 12);
  meta.root = DecodeBucketHeader(p + 16);
  meta.freelist = LoadLE<uint64_t>(p + 32);
  meta.high_water = LoadLE<uint64_t>(p + 40);
  meta.txid = LoadLE<uint64_t>(p + 48);
  meta.checksum = LoadLE<uint64_t>(p + 56);
  meta.right_checksum = Fnv1a64({p, 56});
  if (const auto decoded = DecodeMeta(p); !decoded.ok()) {
    faults.emplace_back(Message(decoded.status()));
  }
  return meta;
}

void TakeElements(std::string_view bytes, PageDetail& page) {
  const bool leaf = page.header.flags == kLeafPage;
  const uint64_t room = (bytes.size() - kPageHeaderSize) / kElementSize;
  uint64_t count = page.header.count;
  if (count > room) {
    page.faults.push_back(fmt::format("{} elements do not fit", count));
    count = room;
  }
  if (!leaf && count == 0) page.faults.emplace_back("branch page without elements");
  std::string_view previous;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t at = kPageHeaderSize + i * kElementSize;
    const char* const e = bytes.data() + at;
    ElementDetail element;
    if (leaf) {
      element.flags = LoadLE<uint32_t>(e);
      element.position = LoadLE<uint32_t>(e + 4);
      element.key_size = LoadLE<uint32_t>(e + 8);
      element.value_size = LoadLE<uint32_t>(e + 12);
    } else {
      element.position = LoadLE<uint32_t>(e);
      element.key_size = LoadLE<uint32_t>(e + 4);
      element.child = LoadLE<uint64_t>(e + 8);
    }
    const uint64_t key_at = at + element.position;
    element.key = Within(bytes, key_at, element.key_size);
    element.value = Within(bytes, key_at + element.key_size, element.value_size);
    if (element.key.size() < element.key_size || element.value.size() < element.value_size) {
      element.what = "key or value leaves the page";
    } else if (element.flags > kBucketElement) {
      element.what = fmt::format("unknown flags {:#x}", element.flags);
    } else if (i > 0 && element.key <= previous) {
      element.what = "key is not above the one before";
    }
    if (leaf && (element.flags & kBucketElement) != 0) {
      if (element.value.size() >= kBucketHeaderSize) {
        element.bucket = DecodeBucketHeader(element.value.data());
      } else if (element.what.empty()) {
        element.what = "bucket header is cut short";
      }
    }
    previous = element.key;
    page.elements.push_back(std::move(element));
  }
  // What a reader would say of it, when no element says so already.
  const auto parsed = PageView::Parse(bytes);
  if (!parsed.ok() && page.whole()) page.faults.emplace_back(Message(parsed.status()));
}

void TakeFreelist(std::string_view bytes, PageDetail& page) {
  const FreelistView ids = FreelistView::Parse(bytes);
  if (!ids.fits()) {
    page.faults.push_back(fmt::format("freelist of {} pages does not fit", ids.stored()));
  }
  for (size_t i = 0; i < ids.size(); ++i) page.free_pages.push_back(ids[i]);
}

}  // namespace

bool PageDetail::whole() const {
  return faults.empty() &&
         std::none_of(elements.begin(), elements.end(),
                      [](const ElementDetail& element) { return !element.what.empty(); });
}

PageDetail TakeApart(std::string_view bytes, uint64_t id, uint32_t page_size) {
  PageDetail page;
  page.id = id;
  page.offset = id * page_size;
  page.size = bytes.size();
  page.header = DecodePageHeader(bytes.data());
  if (page.header.id != id) {
    page.faults.push_back(fmt::format("header says page {}", page.header.id));
  }
  if (page.header.overflow >= bytes.size() / page_size && page.header.id == id) {
    page.faults.push_back(
        fmt::format("overflow of {} pages leaves the file", page.header.overflow));
  }
  switch (page.header.flags) {
    case kMetaPage:
      page.meta = TakeMeta(bytes, page.faults);
      break;
    case kBranchPage:
    case kLeafPage:
      TakeElements(bytes, page);
      break;
    case kFreelistPage:
      TakeFreelist(bytes, page);
      break;
    default:
      page.faults.push_back(fmt::format("invalid type: {}", PageTypeName(page.header.flags)));
      // The place of a meta says what it should be.
      if (id < 2) page.meta = TakeMeta(bytes, page.faults);
  }
  return page;
}

}  // namespace cairn::bolt
