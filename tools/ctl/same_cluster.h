// tools/ctl/same_cluster.h: whether two clients talk to one cluster.
#pragma once

#include "tools/ctl/connection.h"

namespace cairn::ctl {

// The cluster's id when both talk to one cluster, 0 when not. Ids alone don't say: clusters that
// were begun with the same names and URLs (all defaults, or a restored copy) have the same. So the
// second's revision must lie between two of the first's, too. Clusters that are equal in all this
// are taken for one. Errors: a call failed until `deadline`; the second's begin with "destination".
StatusOr<uint64_t> SharedClusterId(client::Client& first, client::Client& second,
                                   client::Deadline deadline);

}  // namespace cairn::ctl
