// tools/utl/format/log_summary.h: what `inspect wal` says of a log as a whole.
#pragma once

#include <string>

#include "offline/inspect/log_dump.h"
#include "render/format.h"

namespace cairn::utl {

// One line, for a note after the entries.
std::string LogSummaryLine(const offline::LogDumpSummary& summary);

// The whole of it, with what each type of entry takes.
std::string LogSummaryText(const offline::LogDumpSummary& summary, render::Format format, bool box);

}  // namespace cairn::utl
