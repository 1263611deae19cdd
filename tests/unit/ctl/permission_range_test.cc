// tests/unit/ctl/permission_range_test.cc: the keys of permissions, as etcdctl reads them.
#include "tools/ctl/permission_range.h"

#include <doctest/doctest.h>

namespace cairn::ctl {
namespace {

using Words = std::vector<std::string>;

const std::string kZero(1, '\0');

void Reads(const Words& words, bool prefix, bool from_key, const std::string& key,
           const std::string& end) {
  CAPTURE(words);
  const auto range = ReadPermissionRange(words, prefix, from_key);
  REQUIRE(range.ok());
  CHECK(range->key == key);
  CHECK(range->end == end);
}

TEST_CASE("a key, a range, a prefix, from a key on") {
  Reads({"k"}, false, false, "k", "");
  Reads({"a", "b"}, false, false, "a", "b");
  Reads({"a", ""}, false, false, "a", "");
  Reads({"/p/"}, true, false, "/p/", "/p0");
  Reads({"a\xff"}, true, false, "a\xff", "b");
  Reads({"\xff"}, true, false, "\xff", kZero);
  Reads({"z"}, false, true, "z", kZero);
}

TEST_CASE("a third word is refused, and left aside under etcd's name") {
  for (const Words& words : {Words{"a", "b", "x"}, Words{"", "b", "x"}}) {
    CHECK(Message(ReadPermissionRange(words, false, false).status()) ==
          "a permission has a key and one endkey: \"x\" is too many");
    CHECK(ReadPermissionRange(words, false, false, Surplus::kIgnored).ok());
  }
}

TEST_CASE("the empty key begins at the first of all") {
  Reads({""}, false, false, kZero, "");
  Reads({""}, true, false, kZero, kZero);
  Reads({""}, false, true, kZero, kZero);
  Reads({"", "end"}, false, false, kZero, "");
}

TEST_CASE("flags that exclude each other, or an end") {
  const auto refused = [](const Words& words, bool prefix, bool from_key) {
    return std::string(Message(ReadPermissionRange(words, prefix, from_key).status()));
  };
  CHECK(refused({"a"}, true, true) == "--from-key and --prefix flags are mutually exclusive");
  CHECK(refused({""}, true, true) == "--from-key and --prefix flags are mutually exclusive");
  CHECK(refused({"a", "b"}, true, false) == "unexpected endkey argument with --prefix flag");
  CHECK(refused({"a", "b"}, true, true) == "unexpected endkey argument with --prefix flag");
  CHECK(refused({"a", "b"}, false, true) == "unexpected endkey argument with --from-key flag");
}

}  // namespace
}  // namespace cairn::ctl
