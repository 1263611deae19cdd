// tools/common/compat_log.h: the log lines of etcdctl and etcdutl, for what waits for them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/program.h"
#include "os/log.h"

namespace cairn::tools {

// Called by etcd's name, a program writes etcd's log lines to stderr beside its own words, as
// automation and etcd's own tests look for them; by its own name it writes none. Messages, field
// names and callers are those of etcd 3.7.3; a value is always true of what was done. Not
// thread-safe; the invocation must outlive it.
class CompatLog {
 public:
  // etcdutl's lines are kConsole, etcdctl's kJson.
  CompatLog(cli::Invocation& in, LogFormat format) : in_(in), format_(format) {}

  // For what costs something to find out.
  bool on() const { return in_.program().compat(); }

  // A path that was put together, as it stands in their lines: "d/member" of "./d//member".
  static std::string Path(std::string_view path);

  // `caller` is the file and line in etcd.
  void Info(std::string_view caller, std::string_view message,
            const std::vector<LogField>& fields = {}, std::string_view logger = {}) const;
  void Warn(std::string_view caller, std::string_view message,
            const std::vector<LogField>& fields = {}) const;
  void Error(std::string_view caller, std::string_view message,
             const std::vector<LogField>& fields = {}) const;

 private:
  void Write(LogLevel level, std::string_view logger, std::string_view caller,
             std::string_view message, const std::vector<LogField>& fields) const;

  cli::Invocation& in_;
  LogFormat format_;
};

}  // namespace cairn::tools
