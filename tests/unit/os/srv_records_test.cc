// tests/unit/os/srv_records_test.cc: answers of a name server, whole and broken.
#include "os/srv_records.h"

#include <doctest/doctest.h>

namespace cairn {
namespace {

using namespace std::string_literals;

// A question for _s._tcp.x and two SRV records, the second one first in order.
std::string Answer() {
  const std::string question = "\2_s\4_tcp\1x\0"s + "\0\x21\0\1"s;
  const auto record = [](std::string_view fixed, std::string_view host) {
    const std::string data = std::string(fixed) + std::string(host);
    return "\xc0\x0c\0\x21\0\1\0\0\0\x3c\0"s + static_cast<char>(data.size()) + data;
  };
  return "\x12\x34\x81\x80\0\1\0\2\0\0\0\0"s + question +
         record("\0\2\0\5\x09\x4b"s, "\2m2\1x\0"s) + record("\0\1\0\5\x09\x4c"s, "\2m1\xc0\x14"s);
}

TEST_CASE("records come by priority, with names that point into the message") {
  const auto records = ParseSrvAnswer(Answer());
  REQUIRE(records.ok());
  REQUIRE(records->size() == 2);
  CHECK((*records)[0].host == "m1.x");
  CHECK((*records)[0].port == 2380);
  CHECK((*records)[0].priority == 1);
  CHECK((*records)[1].host == "m2.x");
  CHECK((*records)[1].port == 2379);
  CHECK((*records)[1].weight == 5);
}

TEST_CASE("an answer that is cut anywhere is damage, never more than its bytes") {
  const std::string whole = Answer();
  for (size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    CHECK(absl::IsDataLoss(ParseSrvAnswer(cut).status()));
  }
}

}  // namespace
}  // namespace cairn
