// tools/ctl/format/style.h: what the user asked of the output: -w, --hex and the kind of terminal.
#pragma once

#include <cstddef>

#include "render/format.h"

namespace cairn::ctl {

// The printers return all that goes to stdout for one answer, its last newline included (protobuf
// has none). A command refuses the formats that its answer doesn't have before it sends anything;
// a printer that is asked for one all the same gives the simple text.
struct Style {
  render::Format format = render::Format::kSimple;
  bool hex = false;
  bool box = false;  // tables in box characters instead of ASCII
  // A terminal's columns, into which tables are folded; 0: no terminal, or under etcd's name.
  size_t columns = 0;
  bool hex_ids = false;  // member ids of alarms as `member list` shows them; etcdctl's are decimal
};

}  // namespace cairn::ctl
