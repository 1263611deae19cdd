// client/metrics_page.h: one number of a server's /metrics page.
#pragma once

#include <string_view>

#include "base/status.h"
#include "client/deadline.h"
#include "client/options.h"

namespace cairn::client {

// The value of the metric `name` (without labels) that `endpoint` serves over HTTP, or HTTPS when
// its connections are secure. Errors: Unavailable when there is no such page, NotFound when it
// lacks the metric, DeadlineExceeded when the server doesn't answer in time (looking up its name
// may take longer), Cancelled once a signal came.
StatusOr<double> ReadMetric(const Endpoint& endpoint, const TlsOptions& tls, std::string_view name,
                            Deadline deadline);

}  // namespace cairn::client
