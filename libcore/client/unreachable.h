// client/unreachable.h: why endpoints can't be reached or don't answer, found out by asking them
// once more; in words for the user.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "client/options.h"
#include "client/transport.h"

namespace cairn::client {

// Why an endpoint can't be reached, and whether this lasts, so that it is no use to wait.
struct Hindrance {
  std::string text;
  bool lasting = false;
};

// Asks the endpoints of `options`, each for a fraction of a second. Keeps nothing; both references
// must outlive it. Thread-safe.
class Unreachable {
 public:
  Unreachable(const ClientOptions& options, Transport& transport)
      : options_(options), transport_(transport) {}

  // By the status of a call that found no connection.
  Hindrance Why(size_t endpoint, const Status& status) const;
  // By a call to each.
  std::vector<Hindrance> Ask(const std::vector<size_t>& endpoints) const;
  // "HOST:PORT: why; HOST:PORT: why", after a look at what listens where a connection was closed
  // without a word.
  std::string Reasons(const std::vector<size_t>& endpoints,
                      const std::vector<Hindrance>& hindrances) const;
  // Why no answer came in time from `at`, which is connected or knew no leader.
  std::string WhyLate(const std::vector<size_t>& endpoints, size_t at) const;

 private:
  std::string WhyEnded(size_t endpoint) const;

  const ClientOptions& options_;
  Transport& transport_;
};

}  // namespace cairn::client
