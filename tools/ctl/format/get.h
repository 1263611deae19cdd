// tools/ctl/format/get.h: the answer to `get`, as a whole or page by page.
#pragma once

#include <cstdint>
#include <string>

#include "etcdserverpb.pb.h"
#include "tools/ctl/format/style.h"

namespace cairn::ctl {

// A range in pages, so that millions of keys need the memory of one page. What Begin, AppendPair
// and End return, put together, is what PrintGet makes of the one answer that has all the pages'
// pairs.
class GetPrinter {
 public:
  // `value_only` is get's --print-value-only; it concerns simple alone.
  explicit GetPrinter(const Style& style, bool value_only = false)
      : style_(style), value_only_(value_only) {}

  // Takes the header of the first page; its pairs are printed by AppendPair.
  std::string Begin(const etcdserverpb::RangeResponse& first);
  // Puts the next pair after `out`.
  void AppendPair(const mvccpb::KeyValue& kv, std::string* out);
  // `more` and `count` are those of the whole range.
  std::string End(bool more, int64_t count);

 private:
  Style style_;
  bool value_only_;
  bool object_has_member_ = false, in_pairs_ = false;
};

std::string PrintGet(const etcdserverpb::RangeResponse& response, const Style& style,
                     bool value_only = false);

}  // namespace cairn::ctl
