// client/range_pages.cc: see range_pages.h.
#include "client/range_pages.h"

#include <fmt/format.h>

#include <algorithm>

#include "gotext/quote.h"

namespace cairn::client {

namespace {

using etcdserverpb::RangeRequest;
using etcdserverpb::RangeResponse;

// Ten values of etcd's default limit, 1.5 MB, are a page that fits into memory.
constexpr int64_t kFirstPageKeys = 10;
constexpr int64_t kMaxPageKeys = 20'000;
constexpr int64_t kPageBytes = 2 << 20;  // aimed at
// A page has at most so many times the keys of the one before it: small keys may be followed by
// large ones.
constexpr int64_t kGrowth = 8;

// "\0" as an end is no end.
bool IsBelow(const std::string& key, const std::string& end) {
  return end == std::string(1, '\0') || key < end;
}

}  // namespace

RangePages::RangePages(RangeRequest request)
    : request_(std::move(request)),
      limited_(request_.limit() > 0),
      left_(limited_ ? request_.limit() : INT64_MAX),
      page_keys_(kFirstPageKeys) {
  request_.set_limit(std::min(page_keys_, left_));
}

RangeRequest RangePages::Rest() const {
  RangeRequest rest = request_;
  rest.set_limit(limited_ ? left_ : 0);
  return rest;
}

Status RangePages::CheckKeys(const RangeResponse& page) {
  if (page.kvs_size() > left_) {
    return absl::DataLossError(fmt::format(
        "the server's answer is wrong: {} keys, {} were asked for", page.kvs_size(), left_));
  }
  for (const mvccpb::KeyValue& kv : page.kvs()) {
    if (any_ && kv.key() <= last_) {
      return absl::DataLossError(
          fmt::format("the server's answer is wrong: the key {} comes after {}, so that the range "
                      "would never end",
                      QuoteGo(kv.key()), QuoteGo(last_)));
    }
    if (kv.key() < request_.key() || !IsBelow(kv.key(), request_.range_end())) {
      return absl::DataLossError(
          fmt::format("the server's answer is wrong: the key {} lies outside of the range from {} "
                      "to {}",
                      QuoteGo(kv.key()), QuoteGo(request_.key()), QuoteGo(request_.range_end())));
    }
    any_ = true;
    last_ = kv.key();
  }
  return absl::OkStatus();
}

void RangePages::GoBehind(const RangeResponse& page) {
  if (page.kvs().empty()) return;
  request_.set_key(last_ + '\0');
  if (limited_) left_ -= page.kvs_size();
  request_.set_limit(std::min(page_keys_, left_));
}

Status RangePages::Take(const RangeResponse& page) {
  CAIRN_RETURN_IF_ERROR(CheckKeys(page));
  if (first_) {
    // The count of later pages is that of what is left.
    count_ = page.count();
    if (request_.revision() == 0) request_.set_revision(page.header().revision());
    first_ = false;
  }
  if (page.more() && page.kvs().empty()) {
    return absl::DataLossError(
        "the server's answer is wrong: it says that there is more, and sends no key");
  }
  GoBehind(page);
  more_ = page.more();
  done_ = !more_ || left_ == 0;
  if (done_) return absl::OkStatus();
  const int64_t pair_bytes = static_cast<int64_t>(page.ByteSizeLong()) / page.kvs_size() + 1;
  page_keys_ =
      std::clamp<int64_t>(kPageBytes / pair_bytes, 1, std::min(kMaxPageKeys, page_keys_ * kGrowth));
  request_.set_limit(std::min(page_keys_, left_));
  return absl::OkStatus();
}

bool RangePages::Shrink() {
  if (page_keys_ == 1) return false;
  // Ten of etcd's largest values fit.
  page_keys_ = page_keys_ > kFirstPageKeys ? kFirstPageKeys : 1;
  request_.set_limit(std::min(page_keys_, left_));
  return true;
}

Status RangePages::TakePart(const RangeResponse& part) {
  CAIRN_RETURN_IF_ERROR(CheckKeys(part));
  GoBehind(part);
  more_ = part.more();
  done_ = left_ == 0;
  return absl::OkStatus();
}

}  // namespace cairn::client
