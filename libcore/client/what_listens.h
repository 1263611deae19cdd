// client/what_listens.h: a second look at a server that ended a connection without a word.
#pragma once

#include "client/deadline.h"
#include "client/endpoint.h"

namespace cairn::client {

// Whether a TLS handshake gets an answer there: a server's, or an alert. False for a Unix socket.
bool SpeaksTls(const Endpoint& endpoint, Deadline deadline);

// Whether an HTTP/2 preface without TLS gets the answer of a server. False for a Unix socket.
bool SpeaksPlainHttp2(const Endpoint& endpoint, Deadline deadline);

}  // namespace cairn::client
