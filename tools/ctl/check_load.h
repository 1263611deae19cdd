// tools/ctl/check_load.h: what check perf and check datascale have in common: a load of puts below
// a prefix, which is cleaned up afterwards.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "client/put_load.h"
#include "tools/ctl/connection.h"

namespace cairn::ctl {

void AddCheckDatascale(cli::Command& check);  // check_datascale.cc

// --load, --prefix, --auto-compact and --auto-defrag.
void AddCheckFlags(cli::Command& command, std::string_view prefix);

// Which of s, m, l and xl (0 to 3) --load names, also by its long name. Error: for exit code 4.
StatusOr<size_t> LoadSize(cli::Invocation& in);

// Makes puts of random keys below a prefix, all with one value of zeros.
class RandomPuts {
 public:
  RandomPuts(std::string prefix, size_t key_bytes, size_t value_bytes)
      : prefix_(std::move(prefix)),
        key_(key_bytes, '\0'),
        value_(value_bytes, '\0'),
        random_(SystemSeed()) {}
  void Next(etcdserverpb::PutRequest& put);

 private:
  std::string prefix_, key_, value_;
  Random random_;
};

// Error: there are keys below --prefix, as `error` says, or the call failed.
cli::Outcome CheckPrefixIsFree(cli::Invocation& in, client::Client& client, std::string error);

// Clients for so many puts in flight.
StatusOr<std::vector<std::unique_ptr<client::Client>>> LoadClients(client::Client& client,
                                                                   size_t in_flight);

// The store's revision after all below --prefix is deleted. After an interrupt it waits for a
// cluster that doesn't answer no longer than --command-timeout.
StatusOr<int64_t> DeleteKeys(cli::Invocation& in, client::Client& client, bool interrupted);
// --auto-compact (at `revision`) and --auto-defrag.
Status Tidy(cli::Invocation& in, client::Client& client, int64_t revision);

// The lines that tell of errors.
std::string ErrorLines(const client::PutLoadResult& result);

}  // namespace cairn::ctl
