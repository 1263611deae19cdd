// pch/core.h: the headers of others that nearly every file includes, compiled once a module:
// parsing them is most of a small file's time. Each file still includes what it uses (the fuzzers
// are built without this).
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
