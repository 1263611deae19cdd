// offline/recover/lines.cc: see lines.h.
#include "offline/recover/lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

#include "absl/strings/str_join.h"
#include "cluster/ids.h"
#include "cluster/urls.h"
#include "gotext/quote.h"

namespace cairn::offline {

namespace {

bool IsFitUrl(const std::string& url) {
  return Printable(url) == url && url.find_first_of(", ") == std::string::npos &&
         cluster::MakeUrls(std::span(&url, 1)).ok();
}

void KeepFitUrls(const std::string& label, std::vector<std::string>& urls,
                 std::vector<std::string>& notes) {
  std::erase_if(urls, [&](const std::string& url) {
    if (IsFitUrl(url)) return false;
    notes.push_back(fmt::format("{} has {} as a URL, which etcd would not take: it is left out",
                                label, QuoteGo(url)));
    return true;
  });
}

// What to listen on for these advertised URLs: the same where the host is an address, else all
// addresses of the machine, as etcd listens on no name.
std::vector<std::string> ListenUrls(const std::vector<std::string>& urls) {
  std::vector<std::string> listen;
  std::vector<std::string> whole_ports;  // listened on at all addresses
  for (const std::string& text : urls) {
    auto url = cluster::ParseUrl(text);
    const auto place = url.ok() ? cluster::SplitHostPort(url->host) : url.status();
    const bool is_name = place.ok() && place->host != "localhost" &&
                         place->host.find_first_not_of("0123456789.") != std::string_view::npos &&
                         place->host.find(':') == std::string_view::npos;
    if (!is_name) {
      listen.push_back(text);
      continue;
    }
    const std::string port(place->port);
    if (std::find(whole_ports.begin(), whole_ports.end(), port) != whole_ports.end()) continue;
    whole_ports.push_back(port);
    url->host = "0.0.0.0:" + port;
    listen.push_back(url->ToString());
  }
  // Beside all addresses of a port none of them can be listened on once more, and localhost is one
  // more name of an address.
  const auto has = [&listen](const cluster::Url& url, std::string_view host,
                             std::string_view port) {
    cluster::Url other = url;
    other.host = fmt::format("{}:{}", host, port);
    return std::find(listen.begin(), listen.end(), other.ToString()) != listen.end();
  };
  std::erase_if(listen, [&](const std::string& text) {
    const auto url = cluster::ParseUrl(text);
    const auto place = url.ok() ? cluster::SplitHostPort(url->host) : url.status();
    if (!place.ok()) return false;
    if (place->host == "localhost" && has(*url, "127.0.0.1", place->port)) return true;
    return place->host != "0.0.0.0" &&
           std::find(whole_ports.begin(), whole_ports.end(), place->port) != whole_ports.end();
  });
  return listen;
}

bool UseTls(const std::vector<std::string>& urls) {
  return std::any_of(urls.begin(), urls.end(), [](const std::string& url) {
    return url.starts_with("https:") || url.starts_with("unixs:");
  });
}

// NAME="${NAME:?…}": taken from the shell that runs the line, which has to have it.
std::string Needed(std::string_view name, std::string_view what) {
  return fmt::format("{}=\"${{{}:?{}}}\" ", name, name, what);
}
// The same of one that may be missing: etcd takes an empty variable for none.
std::string MayBe(std::string_view name) { return fmt::format("{}=\"${{{}-}}\" ", name, name); }

}  // namespace

std::string CtlOf(std::string_view utl) { return utl == "etcdutl" ? "etcdctl" : "cairnctl"; }

std::string Enumerate(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && name.size() <= 200 && name != "." && name != ".." && name[0] != '-' &&
         name.find_first_of(",=/ \\") == std::string_view::npos && Printable(name) == name;
}

void MakeFitForLines(std::vector<cluster::Member>& members, std::vector<std::string>& notes) {
  std::map<std::string, size_t> times;
  for (const cluster::Member& member : members) ++times[member.name];
  for (cluster::Member& member : members) {
    const std::string id = cluster::IdString(member.id);
    if (!member.name.empty() && (!IsPlainName(member.name) || times[member.name] > 1)) {
      notes.push_back(fmt::format(
          "member {} has {} as its name, which {}: its id takes the name's place", id,
          QuoteGo(member.name),
          times[member.name] > 1 ? "another one has too" : "no command line should have"));
      member.name = id;
    }
    if (member.name.empty()) member.name = id;
    KeepFitUrls(member.name, member.peer_urls, notes);
    KeepFitUrls(member.name, member.client_urls, notes);
  }
}

std::string QuotePath(const std::string& path) {
  return QuoteShell(path.starts_with('-') ? "./" + path : path);
}

std::string InitialCluster(const std::vector<cluster::Member>& members) {
  std::vector<std::string> pairs;
  for (const cluster::Member& member : members) {
    for (const std::string& url : member.peer_urls) {
      pairs.push_back(fmt::format("{}={}", member.name, url));
    }
  }
  return absl::StrJoin(pairs, ",");
}

std::string EtcdLine(const cluster::Member& member, const EtcdLineParts& parts) {
  std::string line;
  if (UseTls(member.client_urls)) {
    line += Needed("ETCD_CERT_FILE", "as the member had --cert-file") +
            Needed("ETCD_KEY_FILE", "as the member had --key-file") +
            MayBe("ETCD_TRUSTED_CA_FILE") + MayBe("ETCD_CLIENT_CERT_AUTH");
  }
  if (UseTls(member.peer_urls)) {
    line += Needed("ETCD_PEER_CERT_FILE", "as the member had --peer-cert-file") +
            Needed("ETCD_PEER_KEY_FILE", "as the member had --peer-key-file") +
            MayBe("ETCD_PEER_TRUSTED_CA_FILE") + MayBe("ETCD_PEER_CLIENT_CERT_AUTH");
  }
  line += fmt::format("etcd --name {} --data-dir {}", QuoteShell(member.name),
                      QuotePath(parts.data_dir));
  if (!parts.wal_dir.empty()) line += fmt::format(" --wal-dir {}", QuotePath(parts.wal_dir));
  line += parts.flags;
  const auto urls = [&line](std::string_view listen, std::string_view advertise,
                            const std::vector<std::string>& all) {
    if (all.empty()) return;
    line += fmt::format(" --{} {} --{} {}", listen,
                        QuoteShell(absl::StrJoin(ListenUrls(all), ",")), advertise,
                        QuoteShell(absl::StrJoin(all, ",")));
  };
  urls("listen-peer-urls", "initial-advertise-peer-urls", member.peer_urls);
  urls("listen-client-urls", "advertise-client-urls", member.client_urls);
  return line;
}

std::string CtlLine(std::string_view ctl, const std::vector<cluster::Member>& through,
                    std::string_view words) {
  std::vector<std::string> endpoints;
  for (const cluster::Member& member : through) {
    endpoints.insert(endpoints.end(), member.client_urls.begin(), member.client_urls.end());
  }
  std::string line;
  if (UseTls(endpoints)) {
    line += Needed("ETCDCTL_CACERT", "the CA of the servers' certificates") +
            MayBe("ETCDCTL_CERT") + MayBe("ETCDCTL_KEY");
  }
  line += ctl;
  if (!endpoints.empty()) {
    line += fmt::format(" --endpoints {}", QuoteShell(absl::StrJoin(endpoints, ",")));
  }
  return fmt::format("{} {}", line, words);
}

void AppendAddSteps(std::string_view ctl, const std::vector<cluster::Member>& through,
                    const cluster::Member& member, std::vector<cluster::Member>& present,
                    std::vector<RecoveryPlan::Step>& steps) {
  const std::string urls = absl::StrJoin(member.peer_urls, ",");
  steps.push_back(
      {fmt::format("when all members have served for five seconds (else etcd says \"unhealthy "
                   "cluster\"): add {}",
                   member.name),
       CtlLine(ctl, through,
               fmt::format("member add {} --peer-urls {}", QuoteShell(member.name),
                           urls.empty() ? "\"${PEER_URLS:?its peer URLs, which no path gives}\""
                                        : QuoteShell(urls)))});
  present.push_back(member);
  steps.push_back(
      {fmt::format("on the machine of {}: start it with an empty directory; it gets all from the "
                   "others",
                   member.name),
       EtcdLine(member, {JoinPath(kRecoveryOutput, member.name), "",
                         fmt::format(" --initial-cluster {} --initial-cluster-state existing",
                                     QuoteShell(InitialCluster(present)))})});
}

}  // namespace cairn::offline
