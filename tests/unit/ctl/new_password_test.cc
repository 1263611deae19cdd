// tests/unit/ctl/new_password_test.cc: the word that a script gives as a password.
#include "tools/ctl/new_password.h"

#include <doctest/doctest.h>

namespace cairn::ctl {
namespace {

TEST_CASE("the first word of a line") {
  CHECK(FirstWord("word") == "word");
  CHECK(FirstWord("  word \t rest") == "word");
  CHECK(FirstWord("word\r") == "word");
  CHECK(FirstWord("") == "");
  CHECK(FirstWord(" \t") == "");
}

}  // namespace
}  // namespace cairn::ctl
