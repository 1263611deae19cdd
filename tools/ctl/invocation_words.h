// tools/ctl/invocation_words.h: the words of the program's own command line.
#pragma once

#include "tools/ctl/kv_requests.h"

namespace cairn::ctl {

class InvocationWords : public Words {
 public:
  explicit InvocationWords(cli::Invocation& in) : in_(in) {}
  const std::vector<std::string>& args() const override { return in_.args(); }
  bool Bool(std::string_view name) const override { return in_.Bool(name); }
  int64_t Int64(std::string_view name) const override { return in_.Int64(name); }
  const std::string& String(std::string_view name) const override { return in_.String(name); }
  Surplus surplus() const override { return SurplusOf(in_); }

 private:
  cli::Invocation& in_;
};

}  // namespace cairn::ctl
