// tools/ctl/check_load.cc: see check_load.h.
#include "tools/ctl/check_load.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "client/key_prefix.h"
#include "gotext/quote.h"

namespace cairn::ctl {

namespace {

using client::Deadline;

constexpr int64_t kCleanupNanos = 30'000'000'000;
// Puts in flight on one connection.
constexpr size_t kPerConnection = 10;

Status Defragment(cli::Invocation& in, client::Client& client) {
  for (size_t i = 0; i < client.endpoints().size(); ++i) {
    const std::string name = QuoteGo(client.endpoints()[i].text);
    CAIRN_RETURN_IF_ERROR(in.Print(fmt::format("Defragmenting {}\n", name)));
    etcdserverpb::DefragmentResponse response;
    CAIRN_RETURN_IF_ERROR(client.CallAt(i, client::kDefragment, etcdserverpb::DefragmentRequest(),
                                        response, Deadline::After(kCleanupNanos)));
    CAIRN_RETURN_IF_ERROR(in.Print(fmt::format("Defragmented {}\n", name)));
  }
  return absl::OkStatus();
}

}  // namespace

void AddCheckFlags(cli::Command& command, std::string_view prefix) {
  command
      .String("load", "s",
              "the check's workload model. Accepted workloads: s(small), m(medium), l(large), "
              "xl(xLarge)")
      .Choices({"s", "m", "l", "xl", "small", "medium", "large", "xLarge"}, false);
  command.String("prefix", prefix, "the prefix for writing the check's keys");
  command.Bool("auto-compact", false, "compact storage with last revision after test is finished");
  command.Bool("auto-defrag", false, "defragment storage after test is finished");
}

StatusOr<size_t> LoadSize(cli::Invocation& in) {
  constexpr std::array<std::string_view, 4> kShort = {"s", "m", "l", "xl"};
  constexpr std::array<std::string_view, 4> kLong = {"small", "medium", "large", "xLarge"};
  const std::string& name = in.String("load");
  for (size_t i = 0; i < kShort.size(); ++i) {
    if (name == kShort[i] || name == kLong[i]) return i;
  }
  return absl::InvalidArgumentError(fmt::format("unknown load option {}", name));
}

void RandomPuts::Next(etcdserverpb::PutRequest& put) {
  // A number of 63 bits as a signed varint, over what the last one left.
  uint64_t number = random_.Next() << 1;
  for (size_t i = 0; i < key_.size(); ++i, number >>= 7) {
    key_[i] = static_cast<char>(number < 0x80 ? number : (number & 0x7f) | 0x80);
    if (number < 0x80) break;
  }
  put.set_key(prefix_ + key_);
  put.set_value(value_);
}

cli::Outcome CheckPrefixIsFree(cli::Invocation& in, client::Client& client, std::string error) {
  const std::string& prefix = in.String("prefix");
  etcdserverpb::RangeRequest request;
  client::SetPrefixRange(prefix, request);
  request.set_limit(1);
  etcdserverpb::RangeResponse response;
  CAIRN_RETURN_IF_ERROR(client.Call(client::kRange, request, response, CommandDeadline(in)));
  if (response.kvs().empty()) return absl::OkStatus();
  return {cli::ExitCode::kInvalidInput, error};
}

StatusOr<std::vector<std::unique_ptr<client::Client>>> LoadClients(client::Client& client,
                                                                   size_t in_flight) {
  std::vector<std::unique_ptr<client::Client>> clients;
  for (size_t i = 0; i < std::max<size_t>(in_flight / kPerConnection, 1); ++i) {
    CAIRN_ASSIGN_OR_RETURN(auto another, client.Another());
    clients.push_back(std::move(another));
  }
  return clients;
}

StatusOr<int64_t> DeleteKeys(cli::Invocation& in, client::Client& client, bool interrupted) {
  const std::string& prefix = in.String("prefix");
  etcdserverpb::DeleteRangeRequest request;
  client::SetPrefixRange(prefix, request);
  etcdserverpb::DeleteRangeResponse response;
  const Deadline deadline = interrupted ? CommandDeadline(in) : Deadline::After(kCleanupNanos);
  // Deleted twice is deleted.
  CAIRN_RETURN_IF_ERROR(
      client.Call(client::kDeleteRange.Repeatable(), request, response, deadline));
  return response.header().revision();
}

Status Tidy(cli::Invocation& in, client::Client& client, int64_t revision) {
  if (in.Bool("auto-compact") && revision > 0) {
    CAIRN_RETURN_IF_ERROR(in.Print(fmt::format("Compacting with revision {}\n", revision)));
    etcdserverpb::CompactionRequest request;
    request.set_revision(revision);
    request.set_physical(true);
    etcdserverpb::CompactionResponse response;
    CAIRN_RETURN_IF_ERROR(
        client.Call(client::kCompact, request, response, Deadline::After(kCleanupNanos)));
    CAIRN_RETURN_IF_ERROR(in.Print(fmt::format("Compacted with revision {}\n", revision)));
  }
  return in.Bool("auto-defrag") ? Defragment(in, client) : absl::OkStatus();
}

std::string ErrorLines(const client::PutLoadResult& result) {
  if (result.errors.empty()) return "";
  std::string lines = "FAIL: too many errors\n";
  for (const auto& [error, count] : result.errors) {
    lines += fmt::format("FAIL: ERROR({}) -> {}\n", error, count);
  }
  return lines;
}

}  // namespace cairn::ctl
