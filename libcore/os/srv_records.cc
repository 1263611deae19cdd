// os/srv_records.cc: see srv_records.h.
#include "os/srv_records.h"

#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netdb.h>
#include <resolv.h>

#include <algorithm>
#include <tuple>

namespace cairn {

namespace {

constexpr size_t kMaxAnswerBytes = 65536;
constexpr size_t kSrvFixedBytes = 6;

std::string WhyNot(int error) {
  switch (error) {
    case HOST_NOT_FOUND:
    case NO_DATA:
      return "no such host";
    case TRY_AGAIN:
      return "the name servers don't answer";
    default:
      return "the name servers refuse to answer";
  }
}

}  // namespace

StatusOr<std::vector<SrvRecord>> ParseSrvAnswer(std::string_view message) {
  const auto damaged = [] { return absl::DataLossError("malformed DNS answer"); };
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  ns_msg handle;
  if (ns_initparse(bytes, static_cast<int>(message.size()), &handle) != 0) return damaged();
  std::vector<SrvRecord> records;
  for (int i = 0; i < ns_msg_count(handle, ns_s_an); ++i) {
    ns_rr record;
    if (ns_parserr(&handle, ns_s_an, i, &record) != 0) return damaged();
    if (ns_rr_type(record) != ns_t_srv) continue;  // an alias on the way
    if (ns_rr_rdlen(record) < kSrvFixedBytes + 1) return damaged();
    const unsigned char* data = ns_rr_rdata(record);
    char host[NS_MAXDNAME] = {};
    if (dn_expand(bytes, bytes + message.size(), data + kSrvFixedBytes, host, sizeof(host)) < 0) {
      return damaged();
    }
    SrvRecord& srv = records.emplace_back();
    srv.priority = static_cast<uint16_t>(ns_get16(data));
    srv.weight = static_cast<uint16_t>(ns_get16(data + 2));
    srv.port = static_cast<uint16_t>(ns_get16(data + 4));
    srv.host = host;
    if (srv.host.ends_with('.')) srv.host.pop_back();
  }
  std::stable_sort(records.begin(), records.end(), [](const SrvRecord& a, const SrvRecord& b) {
    return std::tuple(a.priority, -int{a.weight}) < std::tuple(b.priority, -int{b.weight});
  });
  return records;
}

StatusOr<std::vector<SrvRecord>> ResolveSrv(const std::string& name) {
  struct __res_state state = {};
  const auto fail = [&](std::string_view why) {
    return absl::NotFoundError(fmt::format("lookup {}: {}", name, why));
  };
  if (res_ninit(&state) != 0) return fail("the system's resolver can't be set up");
  std::string answer(kMaxAnswerBytes, '\0');
  const int size =
      res_nquery(&state, name.c_str(), ns_c_in, ns_t_srv,
                 reinterpret_cast<unsigned char*>(answer.data()), static_cast<int>(answer.size()));
  const int error = state.res_h_errno;
  res_nclose(&state);
  if (size < 0) return fail(WhyNot(error));
  answer.resize(std::min(answer.size(), static_cast<size_t>(size)));
  auto records = ParseSrvAnswer(answer);
  if (!records.ok()) return fail(Message(records.status()));
  if (records->empty()) return fail("no such host");
  return records;
}

}  // namespace cairn
