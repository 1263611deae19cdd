// client/put_load.h: many puts at once, and how quick they were.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/client.h"
#include "etcdserverpb.pb.h"

namespace cairn::client {

struct PutLoad {
  size_t in_flight = 1;    // at most so many puts without an answer
  int64_t puts = 0;        // in all; 0: until the time is over
  int64_t nanos = 0;       // for so long; 0: until all are done
  int64_t per_second = 0;  // evenly spread; 0: as quick as they are answered
  // Fills in the next put.
  std::function<void(etcdserverpb::PutRequest&)> next;
  // Called now and then with the number of answers. An error stops the load, and what is in flight
  // is waited for.
  std::function<Status(int64_t answered)> progress;
};

struct PutLoadResult {
  int64_t answered = 0;                   // without an error
  std::map<std::string, int64_t> errors;  // how often each came
  // Of those without an error.
  double puts_per_second = 0;
  double slowest_seconds = 0;
  double stddev_seconds = 0;
};

// A load of puts over all of `clients`, whose connections are spread over the endpoints. Works on
// the caller's thread. Errors: no endpoint of a client can be reached.
StatusOr<PutLoadResult> RunPutLoad(const std::vector<std::unique_ptr<Client>>& clients,
                                   const PutLoad& load, Deadline connect);

}  // namespace cairn::client
