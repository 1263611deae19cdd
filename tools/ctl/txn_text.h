// tools/ctl/txn_text.h: the language in which `txn` reads a transaction: compares, an empty line,
// requests for success, an empty line, requests for failure, an empty line.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/program.h"
#include "etcdserverpb.pb.h"
#include "tools/ctl/surplus.h"

namespace cairn::ctl {

// `ver("key") > "0"`: target ver(sion), c(reate), m(od), val(ue) or lease; = != > or <; the value
// in quotes. The strings are written as Go's %q does. Errors are etcdctl's texts, for exit code 3.
StatusOr<etcdserverpb::Compare> ParseCompare(std::string_view line,
                                             Surplus surplus = Surplus::kRefused);

// `put k "v 1" --prev-kv`, `get k --prefix`, `del k`. Errors: for exit code 3, or those of the
// command itself.
cli::Outcome ParseRequest(std::string_view line, etcdserverpb::RequestOp& op,
                          Surplus surplus = Surplus::kRefused);

// A line's words: separated by blanks; in '' as they stand, in "" with Go's escapes.
StatusOr<std::vector<std::string>> SplitLine(std::string_view line);

}  // namespace cairn::ctl
