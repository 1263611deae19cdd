// tools/utl/format/put_script.h: a shell script that puts keys by etcdctl, byte for byte.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace cairn::utl {

// Makes the script piece by piece. It needs a POSIX shell and, for values that no argument can
// hold, base64 and mktemp. All of it stands in one compound command, so that a script that was cut
// short does nothing at all.
class PutScript {
 public:
  // `source` and `choice` tell in the comment where the keys are from and which they are.
  static std::string Begin(std::string_view source, std::string_view choice);
  // The line or lines that put one key. `key` has passed CheckKey.
  std::string Put(std::string_view key, std::string_view value);
  std::string End() const;

  // Whether a command line can hold the key; an error that says what else to do if not.
  static Status CheckKey(std::string_view key);

  // Longer values go through stdin: the kernel takes arguments of up to 128 KiB, people less.
  static constexpr size_t kMaxQuotedValue = 1024;
  static constexpr size_t kMaxKey = (128 << 10) - 2;

 private:
  uint64_t puts_ = 0;
  bool decodes_ = false;  // the part that needs base64 has begun
};

}  // namespace cairn::utl
