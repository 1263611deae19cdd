// client/unreachable.cc: see unreachable.h.
#include "client/unreachable.h"

#include <fmt/format.h>

#include "client/connect_reason.h"
#include "client/methods.h"
#include "client/peer_check.h"
#include "client/what_listens.h"
#include "os/interrupt.h"

namespace cairn::client {

namespace {

constexpr int64_t kAskWhyNanos = 300'000'000;
constexpr int64_t kAskLeaderNanos = 600'000'000;

Status AskStatus(Transport& transport, size_t endpoint, int64_t nanos,
                 etcdserverpb::StatusResponse& response) {
  CallOptions options;
  options.deadline = Deadline::After(nanos, transport.clock());
  return transport.Call(endpoint, kStatus.name, etcdserverpb::StatusRequest(), response, options);
}

}  // namespace

Hindrance Unreachable::Why(size_t endpoint, const Status& status) const {
  if (!absl::IsUnavailable(status)) return {"no answer", false};
  const bool tls = UsesTls(options_, options_.endpoints[endpoint]);
  TlsFault fault = transport_.LastTlsFault(endpoint);
  if (tls && !fault.untrusted.empty()) return {std::move(fault.untrusted), true};
  Hindrance hindrance;
  hindrance.text = ConnectReason(Message(status), fault.error, tls);
  hindrance.lasting = hindrance.text == kConnectionRefused || hindrance.text == kNoSocket;
  if (hindrance.text == kClientRefused && !options_.tls.cert_file.empty()) {
    hindrance.text = ClientCertificateFault(options_.tls);
  }
  return hindrance;
}

std::vector<Hindrance> Unreachable::Ask(const std::vector<size_t>& endpoints) const {
  std::vector<Hindrance> hindrances;
  for (const size_t at : endpoints) {
    etcdserverpb::StatusResponse response;
    hindrances.push_back(
        Why(at, AskStatus(transport_, at, kAskWhyNanos / int64_t(endpoints.size()), response)));
  }
  return hindrances;
}

std::string Unreachable::Reasons(const std::vector<size_t>& endpoints,
                                 const std::vector<Hindrance>& hindrances) const {
  std::string reasons;
  for (size_t i = 0; i < endpoints.size(); ++i) {
    reasons +=
        fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", options_.endpoints[endpoints[i]].shown,
                    hindrances[i].text == kEnded ? WhyEnded(endpoints[i]) : hindrances[i].text);
  }
  return reasons;
}

std::string Unreachable::WhyEnded(size_t at) const {
  const Endpoint& endpoint = options_.endpoints[at];
  const Deadline soon = Deadline::After(kAskWhyNanos);
  if (UsesTls(options_, endpoint)) {
    if (SpeaksPlainHttp2(endpoint, soon)) return std::string(kNoTls);
    // The alert that says so is lost when the server closes before it has read all.
    std::string fault = ClientCertificateFault(options_.tls, true);
    if (!fault.empty()) return fault;
  } else if (SpeaksTls(endpoint, soon)) {
    return std::string(kWantsTls);
  }
  return std::string(kEnded);
}

std::string Unreachable::WhyLate(const std::vector<size_t>& endpoints, size_t at) const {
  const std::string silent =
      fmt::format("{}: connected, but no answer", options_.endpoints[at].shown);
  size_t answered = 0, with_leader = 0;
  std::string others;
  for (const size_t one : endpoints) {
    etcdserverpb::StatusResponse response;
    const Status status =
        AskStatus(transport_, one, kAskLeaderNanos / int64_t(endpoints.size()), response);
    if (status.ok()) {
      ++answered;
      with_leader += response.leader() != 0 ? 1 : 0;
    } else {
      others += fmt::format("; {}: {}", options_.endpoints[one].shown, Why(one, status).text);
    }
    if (with_leader > 0 || !CheckInterrupt().ok()) return silent;
  }
  if (answered == 0) return silent;
  const std::string who = endpoints.size() == 1
                              ? options_.endpoints[at].shown + " answers"
                              : fmt::format("{} of {} endpoints {}", answered, endpoints.size(),
                                            answered == 1 ? "answers" : "answer");
  return fmt::format(
      "no leader: {}, without a quorum of the members; get --consistency=s still reads{}", who,
      others);
}

}  // namespace cairn::client
