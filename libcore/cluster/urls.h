// cluster/urls.h: peer and client URLs, and maps from member names to them, with the checks and the
// messages of etcd. Ids are made of these texts, so a URL prints exactly as Go prints it.
#pragma once

#include <compare>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cairn::cluster {

// scheme://[user@]host[path][?query][#fragment]. `host` has the port with it.
struct Url {
  std::string scheme;  // lower case
  std::string user;
  std::string host;
  std::string path;
  std::string tail;  // "?query#fragment", or what stands after "scheme:" when there is no "//"
  bool opaque = false;
  bool has_authority = false;

  std::string ToString() const;
  friend bool operator==(const Url&, const Url&) = default;
};

struct HostPort {
  std::string_view host;  // without brackets
  std::string_view port;  // may be empty
};

// Go's url.Parse. Errors: InvalidArgument `parse "TEXT": REASON`.
StatusOr<Url> ParseUrl(std::string_view text);

// Go's net.SplitHostPort: "host:port" or "[v6]:port"; InvalidArgument otherwise.
StatusOr<HostPort> SplitHostPort(std::string_view host_port);

// Several URLs of one member, sorted by their text. White space around each is trimmed. Errors:
// InvalidArgument with etcd's texts ("no valid URLs given", `URL address does not have the form
// "host:port": …`, "URL must not contain a path: …", "URL scheme must be http, https, unix, or
// unixs: …").
using Urls = std::vector<Url>;
StatusOr<Urls> MakeUrls(std::span<const std::string> texts);
// The same of a list with commas.
StatusOr<Urls> ParseUrls(std::string_view comma_list);

std::vector<std::string> UrlStrings(const Urls& urls);
std::string JoinUrls(const Urls& urls);  // with commas

// name=url,name=url,…; a name may come several times. White space around names is trimmed too: a
// list folded over several lines of YAML has a space after each comma.
using UrlsMap = std::map<std::string, Urls>;
StatusOr<UrlsMap> ParseUrlsMap(std::string_view text);
// name=url pairs, sorted as text, with commas.
std::string UrlsMapString(const UrlsMap& map);
bool HasDuplicateUrl(const UrlsMap& map);

}  // namespace cairn::cluster
