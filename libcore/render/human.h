// render/human.h: numbers as the printers show them to people.
#pragma once

#include <cstdint>
#include <string>

#include "gotext/units.h"

namespace cairn::render {

// "25 kB": what the columns of sizes show.
inline std::string HumanBytes(uint64_t bytes) { return FormatSize(bytes); }

}  // namespace cairn::render
