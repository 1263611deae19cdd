// tools/ctl/kv_requests.cc: see kv_requests.h.
#include "tools/ctl/kv_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "gotext/number.h"
#include "gotext/quote.h"
#include "os/terminal.h"
#include "tools/ctl/key_range.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::ExitCode;
using cli::Outcome;
using etcdserverpb::RangeRequest;

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

Outcome ReadSort(const Words& words, RangeRequest& request) {
  const std::string order = Upper(words.String("order"));
  if (order == "ASCEND") {
    request.set_sort_order(RangeRequest::ASCEND);
  } else if (order == "DESCEND") {
    request.set_sort_order(RangeRequest::DESCEND);
  } else if (!order.empty()) {
    return {ExitCode::kBadFeature, fmt::format("bad sort order {}", words.String("order"))};
  }
  const std::string target = Upper(words.String("sort-by"));
  if (target == "CREATE") {
    request.set_sort_target(RangeRequest::CREATE);
  } else if (target == "MODIFY") {
    request.set_sort_target(RangeRequest::MOD);
  } else if (target == "VALUE") {
    request.set_sort_target(RangeRequest::VALUE);
  } else if (target == "VERSION") {
    request.set_sort_target(RangeRequest::VERSION);
  } else if (!target.empty() && target != "KEY") {
    return {ExitCode::kBadFeature, fmt::format("bad sort target {}", words.String("sort-by"))};
  }
  // It is the order that ranges have by themselves; asked for, the server would sort.
  if (request.sort_target() == RangeRequest::KEY && request.sort_order() == RangeRequest::ASCEND) {
    request.set_sort_order(RangeRequest::NONE);
  }
  return absl::OkStatus();
}

Outcome ReadRevisionFilters(const Words& words, RangeRequest& request) {
  const int64_t min_create = words.Int64("min-create-rev");
  const int64_t max_create = words.Int64("max-create-rev");
  const int64_t min_mod = words.Int64("min-mod-rev");
  const int64_t max_mod = words.Int64("max-mod-rev");
  if (max_create > 0 && min_create > max_create) {
    return {ExitCode::kBadFeature,
            fmt::format("getMinCreateRev(={}) > getMaxCreateRev(={})", min_create, max_create)};
  }
  if (max_mod > 0 && min_mod > max_mod) {
    return {ExitCode::kBadFeature,
            fmt::format("getMinModRev(={}) > getMaxModRev(={})", min_mod, max_mod)};
  }
  request.set_min_create_revision(std::max<int64_t>(min_create, 0));
  request.set_max_create_revision(std::max<int64_t>(max_create, 0));
  request.set_min_mod_revision(std::max<int64_t>(min_mod, 0));
  request.set_max_mod_revision(std::max<int64_t>(max_mod, 0));
  return absl::OkStatus();
}

// More than two words.
Outcome RefuseSurplus(const Words& words, std::string_view message) {
  if (words.args().size() <= 2 || words.surplus() == Surplus::kIgnored) return absl::OkStatus();
  return BadArgs(fmt::format("{}, got {} words: {} is too many (quote what has blanks in it)",
                             message, words.args().size(), QuoteGo(words.args()[2])));
}

}  // namespace

StatusOr<int64_t> ParseLeaseId(const std::string& text, std::string_view what) {
  const auto id = ParseGoInt64(text, 16);
  if (!id.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("{} ({}), expecting ID in Hex", what, Message(id.status())));
  }
  return *id;
}

void AddPutFlags(cli::Command& command) {
  command.String("lease", "0", "lease ID (in hexadecimal) to attach to the key")
      .Kind(cli::ValueKind::kLease);
  command.Bool("prev-kv", false, "return the previous key-value pair before modification");
  command.Bool("ignore-value", false, "updates the key using its current value");
  command.Bool("ignore-lease", false, "updates the key using its current lease");
}

void AddGetFlags(cli::Command& command) {
  command.String("consistency", "l", "linearizable(l) or serializable(s)")
      .Choices({"l", "s"}, false);
  command.String("order", "", "order of results; ASCEND or DESCEND (ASCEND by default)")
      .Choices({"ASCEND", "DESCEND"}, false);
  command.String("sort-by", "", "sort target; CREATE, KEY, MODIFY, VALUE, or VERSION")
      .Choices({"CREATE", "KEY", "MODIFY", "VALUE", "VERSION"}, false);
  command.Int64("limit", 0, "maximum number of results");
  command.Bool("prefix", false, "get keys with matching prefix");
  command.Bool("from-key", false,
               "get keys that are greater than or equal to the given key using byte compare");
  command.Int64("rev", 0, "specify the kv revision");
  command.Bool("keys-only", false, "get only the keys");
  command.Bool("count-only", false, "get only the count");
  command.Bool("print-value-only", false,
               "only write values when using the \"simple\" output format");
  command.Int64("min-create-rev", 0, "minimum create revision");
  command.Int64("max-create-rev", 0, "maximum create revision");
  command.Int64("min-mod-rev", 0, "minimum modification revision");
  command.Int64("max-mod-rev", 0, "maximum modification revision");
  command.Bool("stream", false,
               "use the RangeStream RPC (always done where it helps and the server has it)");
}

void AddDelFlags(cli::Command& command) {
  command.Bool("prefix", false, "delete keys with matching prefix");
  command.Bool("prev-kv", false, "return deleted key-value pairs");
  command.Bool("from-key", false,
               "delete keys that are greater than or equal to the given key using byte compare");
  command.Bool("range", false, "delete range of keys without delay");
}

Outcome ReadPut(const Words& words, etcdserverpb::PutRequest& request) {
  constexpr const char* kUsage = "put command needs 1 argument and input from stdin or 2 arguments";
  const std::vector<std::string>& args = words.args();
  if (args.empty()) return BadArgs(kUsage);
  if (!words.Bool("ignore-value")) {
    Outcome surplus = RefuseSurplus(words, "put takes a key and one value");
    if (!surplus.status.ok()) return surplus;
  }
  request.set_key(args[0]);
  if (words.Bool("ignore-value")) {
    if (args.size() > 1) {
      return BadArgs("put command needs only 1 argument when 'ignore-value' is set");
    }
    request.set_ignore_value(true);
  } else if (args.size() > 1) {
    request.set_value(args[1]);
  } else {
    CAIRN_ASSIGN_OR_RETURN(*request.mutable_value(), ReadStandardInput());
    if (request.value().empty()) return BadArgs(kUsage);
  }
  const auto lease = ParseLeaseId(words.String("lease"), "bad lease ID");
  if (!lease.ok()) return BadArgs(Message(lease.status()));
  request.set_lease(*lease);
  request.set_prev_kv(words.Bool("prev-kv"));
  request.set_ignore_lease(words.Bool("ignore-lease"));
  return absl::OkStatus();
}

Outcome ReadGet(const Words& words, RangeRequest& request) {
  if (words.args().empty()) {
    return BadArgs("get command needs one argument as key and an optional argument as range_end");
  }
  const auto range = ReadKeyRange(words.args(), words.Bool("prefix"), words.Bool("from-key"));
  if (range.ok()) {
    Outcome surplus = RefuseSurplus(words, "get takes a key and one range end");
    if (!surplus.status.ok()) return surplus;
  }
  if (words.Bool("keys-only") && words.Bool("count-only")) {
    return BadArgs("`--keys-only` and `--count-only` cannot be set at the same time, choose one");
  }
  if (const std::string& level = words.String("consistency"); level == "s") {
    request.set_serializable(true);
  } else if (level != "l") {
    return {ExitCode::kBadFeature, fmt::format("unknown consistency flag \"{}\"", level)};
  }
  if (!range.ok()) return BadArgs(Message(range.status()));
  request.set_key(range->key);
  request.set_range_end(range->end);
  request.set_limit(words.Int64("limit"));
  request.set_revision(std::max<int64_t>(words.Int64("rev"), 0));
  request.set_keys_only(words.Bool("keys-only"));
  request.set_count_only(words.Bool("count-only"));
  if (Outcome sort = ReadSort(words, request); !sort.status.ok()) return sort;
  return ReadRevisionFilters(words, request);
}

Outcome ReadDel(const Words& words, etcdserverpb::DeleteRangeRequest& request) {
  if (words.args().empty() || words.args().size() > 2) {
    return BadArgs("del command needs one argument as key and an optional argument as range_end");
  }
  const auto range = ReadKeyRange(words.args(), words.Bool("prefix"), words.Bool("from-key"));
  if (!range.ok()) return BadArgs(Message(range.status()));
  request.set_key(range->key);
  request.set_range_end(range->end);
  request.set_prev_kv(words.Bool("prev-kv"));
  return absl::OkStatus();
}

}  // namespace cairn::ctl
