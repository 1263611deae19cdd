// base/failpoint.cc: reads GOFAIL_FAILPOINTS once and acts on the terms panic, exit, sleep(ms) and
// off.
#include "base/failpoint.h"

#ifdef CAIRN_FAILPOINTS

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace cairn {

namespace {

std::map<std::string, std::string, std::less<>> ReadTerms() {
  std::map<std::string, std::string, std::less<>> terms;
  const char* env = std::getenv("GOFAIL_FAILPOINTS");
  std::string_view rest = env == nullptr ? "" : env;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view one = rest.substr(0, end);
    if (const size_t eq = one.find('='); eq != std::string_view::npos) {
      terms.emplace(one.substr(0, eq), one.substr(eq + 1));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return terms;
}

}  // namespace

void HitFailpoint(const char* name) {
  static const auto terms = ReadTerms();
  const auto it = terms.find(std::string_view(name));
  if (it == terms.end()) return;
  const std::string& term = it->second;
  if (term.starts_with("panic")) {
    std::fprintf(stderr, "failpoint panic: %s\n", name);
    std::_Exit(2);
  }
  if (term.starts_with("exit")) std::_Exit(1);
  if (term.starts_with("sleep("))
    SystemClock().SleepNanos(std::atoll(term.c_str() + 6) * 1'000'000);
}

}  // namespace cairn

#endif
