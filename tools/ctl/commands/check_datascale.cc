// tools/ctl/commands/check_datascale.cc: the command check datascale.
#include <fmt/format.h>

#include <array>

#include "client/metrics_page.h"
#include "gotext/quote.h"
#include "os/interrupt.h"
#include "tools/ctl/check_load.h"
#include "tools/ctl/commands/commands.h"

namespace cairn::ctl {

namespace {

using cli::ExitCode;
using cli::Outcome;

struct Size {
  int64_t keys;
  size_t clients;
};
constexpr std::array<Size, 4> kSizes = {
    {{10'000, 50}, {100'000, 200}, {1'000'000, 500}, {3'000'000, 1000}}};
constexpr size_t kKeyBytes = 512;
constexpr size_t kValueBytes = 512;
constexpr double kMiB = 1 << 20;

// What the first endpoint's process takes of memory. Without it the check fails; stdout says so.
StatusOr<double> ServerMemory(cli::Invocation& in, client::Client& client, std::string_view when) {
  const auto bytes = client::ReadMetric(client.endpoints()[0], client.options().tls,
                                        "process_resident_memory_bytes", CommandDeadline(in));
  if (bytes.ok() && *bytes > 0) return *bytes;
  if (absl::IsCancelled(bytes.status())) return bytes;
  CAIRN_RETURN_IF_ERROR(in.Print(
      fmt::format("fetch error: {}\nFAIL: Could not read process_resident_memory_bytes {} the put "
                  "operations.\n",
                  Message(bytes.status()), when)));
  return absl::UnavailableError("");
}

Outcome RunDatascale(cli::Invocation& in) {
  const auto size = LoadSize(in);
  if (!size.ok()) return {ExitCode::kBadFeature, Message(size.status())};
  const Size& wanted = kSizes[*size];
  Connection connection = Connect(in);
  if (!connection.outcome.status.ok()) return connection.outcome;
  client::Client& client = *connection.client;
  const std::string& prefix = in.String("prefix");
  Outcome is_free =
      CheckPrefixIsFree(in, client,
                        fmt::format("prefix {} has keys. Delete with {} del --prefix {} first",
                                    QuoteGo(prefix), in.program().shown_name(), prefix));
  if (!is_free.status.ok()) return is_free;
  CAIRN_ASSIGN_OR_RETURN(const auto clients, LoadClients(client, wanted.clients));
  CAIRN_ASSIGN_OR_RETURN(const double before, ServerMemory(in, client, "before"));
  CAIRN_RETURN_IF_ERROR(
      in.Print(fmt::format("Start data scale check for work load [{} key-value pairs, {} bytes per "
                           "key-value, {} concurrent clients].\n",
                           wanted.keys, kKeyBytes + kValueBytes, wanted.clients)));
  RandomPuts puts(prefix, kKeyBytes, kValueBytes);
  client::PutLoad load;
  load.in_flight = wanted.clients;
  load.puts = wanted.keys;
  load.next = [&](auto& put) { puts.Next(put); };
  load.progress = [&](int64_t answered) {
    return in.progress().Update(static_cast<uint64_t>(answered));
  };
  in.progress().Stage("writing", static_cast<uint64_t>(wanted.keys), "keys");
  const auto result = RunPutLoad(clients, load, CommandDeadline(in));
  bool interrupted = TakeInterrupt() != 0;
  const auto after = interrupted || !result.ok() ? StatusOr<double>(absl::CancelledError(""))
                                                 : ServerMemory(in, client, "after");
  interrupted = TakeInterrupt() != 0 || interrupted;
  // Whatever went wrong, the keys go.
  const auto deleted = DeleteKeys(in, client, interrupted);
  if (interrupted) {
    return {ExitCode::kError, deleted.ok()
                                  ? "interrupted; the keys are deleted"
                                  : fmt::format("interrupted; keys below {} are left ({})",
                                                QuoteGo(prefix), Message(deleted.status()))};
  }
  CAIRN_RETURN_IF_ERROR(result.status());
  CAIRN_RETURN_IF_ERROR(after.status());
  CAIRN_RETURN_IF_ERROR(deleted.status());
  CAIRN_RETURN_IF_ERROR(Tidy(in, client, *deleted));
  if (!result->errors.empty()) {
    CAIRN_RETURN_IF_ERROR(in.Print(ErrorLines(*result)));
    return cli::Silent(ExitCode::kError, "too many errors");
  }
  return in.Print(
      fmt::format("PASS: Approximate system memory used : {:.2f} MB.\n", (*after - before) / kMiB));
}

}  // namespace

void AddCheckDatascale(cli::Command& check) {
  cli::Command& command = check.Add(
      "datascale [options]",
      "Check the memory usage of holding data for different workloads on a given server endpoint.");
  command.Args(0, 0, "check datascale takes no arguments", ExitCode::kBadArgs)
      .EtcdIgnoresMore()
      .Long(
          "Writes keys of 1 KiB (s: 10000, m: 100000, l: 1000000, xl: 3000000), reports by how\n"
          "much the memory of the first endpoint's server grew, and deletes them. Not for a\n"
          "cluster at work. What was written is also deleted after Ctrl-C.")
      .Example("{prog} check datascale --load=m --auto-compact --auto-defrag",
               "Leaves no traces in the database's size.")
      .Exit(ExitCode::kInvalidInput, "there are keys below --prefix")
      .Exit(ExitCode::kBadFeature, "there is no such load")
      .Run(RunDatascale);
  AddCheckFlags(command, "/etcdctl-check-datascale/");
}

}  // namespace cairn::ctl
