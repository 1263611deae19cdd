// tools/ctl/commands/check_perf.cc: the commands check and check perf.
#include <fmt/format.h>

#include <array>

#include "gotext/quote.h"
#include "os/interrupt.h"
#include "tools/ctl/check_load.h"
#include "tools/ctl/commands/commands.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Outcome;

struct Size {
  int64_t puts_per_second;
  size_t clients;
};
constexpr std::array<Size, 4> kSizes = {{{150, 50}, {1000, 200}, {8000, 500}, {15000, 1000}}};
constexpr int64_t kSeconds = 60;
constexpr size_t kKeyBytes = 256;
constexpr size_t kValueBytes = 1024;
constexpr double kLeastOfLoad = 0.9;
constexpr double kSlowestSeconds = 0.5;
constexpr double kStddevSeconds = 0.1;

// The lines of the verdict. Keys that are left are a failure, of which was told already.
Outcome Judge(cli::Invocation& in, const client::PutLoadResult& result, int64_t wanted,
              bool cleaned_up) {
  std::string lines = ErrorLines(result);
  bool pass = cleaned_up && result.errors.empty();
  const auto puts_per_second = static_cast<int64_t>(result.puts_per_second) + 1;
  if (result.puts_per_second / static_cast<double>(wanted) <= kLeastOfLoad) {
    lines += fmt::format("FAIL: Throughput too low: {} writes/s\n", puts_per_second);
    pass = false;
  } else {
    lines += fmt::format("PASS: Throughput is {} writes/s\n", puts_per_second);
  }
  if (result.slowest_seconds > kSlowestSeconds) {
    lines += fmt::format("Slowest request took too long: {:.6f}s\n", result.slowest_seconds);
    pass = false;
  } else {
    lines += fmt::format("PASS: Slowest request took {:.6f}s\n", result.slowest_seconds);
  }
  if (result.stddev_seconds > kStddevSeconds) {
    lines += fmt::format("Stddev too high: {:.6f}s\n", result.stddev_seconds);
    pass = false;
  } else {
    lines += fmt::format("PASS: Stddev is {:.6f}s\n", result.stddev_seconds);
  }
  CAIRN_RETURN_IF_ERROR(in.Print(lines + (pass ? "PASS\n" : "FAIL\n")));
  return pass ? Outcome(absl::OkStatus())
              : cli::Silent(ExitCode::kError, "FAIL: see the lines of stdout");
}

Outcome RunPerf(cli::Invocation& in) {
  const auto size = LoadSize(in);
  if (!size.ok()) return {ExitCode::kBadFeature, Message(size.status())};
  const Size& wanted = kSizes[*size];
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  client::Client& client = *connection.client;
  const std::string& prefix = in.String("prefix");
  Outcome is_free =
      CheckPrefixIsFree(in, client,
                        fmt::format("prefix {} has keys. Delete with '{} del --prefix {}' first",
                                    QuoteGo(prefix), in.program().shown_name(), prefix));
  if (!is_free.status.ok()) return is_free;
  CAIRN_ASSIGN_OR_RETURN(const auto clients, LoadClients(client, wanted.clients));
  RandomPuts puts(prefix, kKeyBytes, kValueBytes);
  client::PutLoad load;
  load.in_flight = wanted.clients;
  load.per_second = wanted.puts_per_second;
  load.nanos = kSeconds * 1'000'000'000;
  load.next = [&](auto& put) { puts.Next(put); };
  load.progress = [&](int64_t answered) {
    return in.progress().Update(static_cast<uint64_t>(answered));
  };
  in.progress().Stage("checking", static_cast<uint64_t>(wanted.puts_per_second * kSeconds),
                      "writes");
  const auto result = RunPutLoad(clients, load, CommandDeadline(in));
  // After Ctrl-C what was written is removed all the same.
  const bool interrupted = TakeInterrupt() != 0;
  const auto deleted = DeleteKeys(in, client, interrupted);
  if (!deleted.ok()) {
    CAIRN_RETURN_IF_ERROR(in.Print(fmt::format(
        "FAIL: Cleanup failed during key deletion: ERROR({})\n", Message(deleted.status()))));
  }
  CAIRN_RETURN_IF_ERROR(result.status());
  CAIRN_RETURN_IF_ERROR(Tidy(in, client, deleted.value_or(0)));
  return Judge(in, *result, wanted.puts_per_second, deleted.ok());
}

}  // namespace

void AddCheck(cli::Program& program) {
  cli::Command& check = program.root().Add(
      "check <subcommand>",
      "commands for checking properties of the etcd cluster. Use `{prog} check --help` to see "
      "subcommands");
  check.Long("commands for checking properties of the etcd cluster");
  cli::Command& perf = check.Add("perf [options]", "Check the performance of the etcd cluster");
  perf.Args(0, 0, "check perf takes no arguments", ExitCode::kBadArgs)
      .EtcdIgnoresMore()
      .Long(
          "Writes to the cluster for a minute, as many keys a second as the load says (s: 150, m:\n"
          "1000, l: 8000, xl: 15000), deletes them, and reports whether the cluster kept up: at "
          "least\n"
          "90% of the writes, the slowest within 500 ms, a standard deviation of at most 100 ms.\n"
          "Not for a cluster at work. What was written is also deleted after Ctrl-C.")
      .Example("{prog} check perf --load=m", "A medium load.")
      .Exit(ExitCode::kInvalidInput, "there are keys below --prefix")
      .Exit(ExitCode::kBadFeature, "there is no such load")
      .Run(RunPerf);
  AddCheckFlags(perf, "/etcdctl-check-perf/");
  AddCheckDatascale(check);
}

}  // namespace cairn::ctl
