// cluster/urls.cc: parsing of URLs by Go's rules.
#include "cluster/urls.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/str_join.h"
#include "gotext/quote.h"
#include "gotext/trim.h"

namespace cairn::cluster {
namespace {

bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

Status Invalid(std::string message) { return absl::InvalidArgumentError(message); }

// A broken escape in `text`, as the message that Go has for it.
std::optional<std::string> BrokenEscape(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    if (i + 2 >= text.size() || !IsHex(text[i + 1]) || !IsHex(text[i + 2])) {
      return "invalid URL escape " + QuoteGo(text.substr(i, 3));
    }
    i += 2;
  }
  return std::nullopt;
}

std::optional<std::string> BadPort(std::string_view colon_port) {
  if (colon_port.empty()) return std::nullopt;
  const bool good =
      colon_port[0] == ':' && std::all_of(colon_port.begin() + 1, colon_port.end(), IsDigit);
  if (good) return std::nullopt;
  return fmt::format("invalid port {} after host", QuoteGo(colon_port));
}

std::optional<std::string> BadHost(std::string_view host) {
  if (!host.empty() && host[0] == '[') {
    const size_t close = host.rfind(']');
    if (close == std::string_view::npos) return "missing ']' in host";
    if (auto bad = BadPort(host.substr(close + 1))) return bad;
  } else if (const size_t colon = host.rfind(':'); colon != std::string_view::npos) {
    if (auto bad = BadPort(host.substr(colon))) return bad;
  }
  for (char c : host) {
    static constexpr std::string_view kOthers = "-_.~!$&'()*+,;=:[]<>\"%";
    if (static_cast<unsigned char>(c) < 0x80 && !IsAlpha(c) && !IsDigit(c) &&
        kOthers.find(c) == std::string_view::npos) {
      return fmt::format("invalid character {} in host name", QuoteGo({&c, 1}));
    }
  }
  return BrokenEscape(host);
}

// Bytes outside ASCII print escaped.
std::string PrintedHost(std::string_view host) {
  std::string out;
  for (char c : host) {
    if (static_cast<unsigned char>(c) < 0x80) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// Takes "scheme:" off the front of `rest`; an error text for ":…".
std::optional<std::string> TakeScheme(std::string_view& rest, std::string& scheme) {
  for (size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (IsAlpha(c) || (i > 0 && (IsDigit(c) || c == '+' || c == '-' || c == '.'))) continue;
    if (c != ':') return std::nullopt;
    if (i == 0) return "missing protocol scheme";
    for (char s : rest.substr(0, i)) {
      scheme += s >= 'A' && s <= 'Z' ? static_cast<char>(s - 'A' + 'a') : s;
    }
    rest.remove_prefix(i + 1);
    return std::nullopt;
  }
  return std::nullopt;
}

// Fills `url` from `text`, or says what is wrong with it.
std::optional<std::string> Parse(std::string_view text, Url& url) {
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return "net/url: invalid control character in URL";
    }
  }
  std::string_view rest = text;
  const size_t tail = std::min(rest.find('#'), rest.find('?'));
  if (tail != std::string_view::npos) {
    url.tail = rest.substr(tail);
    rest = rest.substr(0, tail);
  }
  if (auto bad = TakeScheme(rest, url.scheme)) return bad;
  if (rest.empty() || rest[0] != '/') {
    if (!url.scheme.empty()) {
      url.opaque = !rest.empty();
      url.tail = std::string(rest) + url.tail;
      return std::nullopt;
    }
    if (rest.substr(0, rest.find('/')).find(':') != std::string_view::npos) {
      return "first path segment in URL cannot contain colon";
    }
  }
  const bool three = rest.substr(0, 3) == "///";
  if (rest.substr(0, 2) == "//" && (!url.scheme.empty() || !three)) {
    rest.remove_prefix(2);
    const size_t slash = rest.find('/');
    std::string_view authority = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
    if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
      url.user = std::string(authority.substr(0, at + 1));
      authority.remove_prefix(at + 1);
    }
    if (auto bad = BadHost(authority)) return bad;
    url.has_authority = true;
    url.host = PrintedHost(authority);
  }
  url.path = rest;
  return BrokenEscape(url.path);
}

}  // namespace

std::string Url::ToString() const {
  std::string out = scheme;
  if (!scheme.empty()) out += ':';
  if (!opaque && has_authority) out += "//";
  return out + user + host + path + tail;
}

StatusOr<Url> ParseUrl(std::string_view text) {
  Url url;
  if (auto bad = Parse(text, url)) {
    return Invalid(fmt::format("parse {}: {}", QuoteGo(text), *bad));
  }
  return url;
}

StatusOr<HostPort> SplitHostPort(std::string_view host_port) {
  const auto bad = [&host_port](const char* what) {
    return Invalid(fmt::format("address {}: {}", host_port, what));
  };
  const size_t colon = host_port.rfind(':');
  if (colon == std::string_view::npos) return bad("missing port in address");
  HostPort out;
  out.port = host_port.substr(colon + 1);
  size_t brackets_from = 0;
  if (host_port[0] == '[') {
    const size_t close = host_port.find(']');
    if (close == std::string_view::npos) return bad("missing ']' in address");
    if (close + 1 == host_port.size()) return bad("missing port in address");
    if (close + 1 != colon) {
      return bad(host_port[close + 1] == ':' ? "too many colons in address"
                                             : "missing port in address");
    }
    out.host = host_port.substr(1, close - 1);
    brackets_from = close + 1;
    if (out.host.find('[') != std::string_view::npos) return bad("unexpected '[' in address");
  } else {
    out.host = host_port.substr(0, colon);
    if (out.host.find(':') != std::string_view::npos) return bad("too many colons in address");
  }
  const std::string_view after = host_port.substr(brackets_from);
  if (after.find('[') != std::string_view::npos) return bad("unexpected '[' in address");
  if (after.find(']') != std::string_view::npos) return bad("unexpected ']' in address");
  return out;
}

StatusOr<Urls> MakeUrls(std::span<const std::string> texts) {
  if (texts.empty()) return Invalid("no valid URLs given");
  Urls urls;
  for (const std::string& raw : texts) {
    const std::string_view text = TrimSpace(raw);
    CAIRN_ASSIGN_OR_RETURN(Url url, ParseUrl(text));
    if (url.scheme == "http" || url.scheme == "https") {
      if (!SplitHostPort(url.host).ok()) {
        return Invalid(fmt::format("URL address does not have the form \"host:port\": {}", text));
      }
      if (!url.path.empty()) {
        return Invalid(fmt::format("URL must not contain a path: {}", text));
      }
    } else if (url.scheme != "unix" && url.scheme != "unixs") {
      return Invalid(fmt::format("URL scheme must be http, https, unix, or unixs: {}", text));
    }
    urls.push_back(std::move(url));
  }
  std::sort(urls.begin(), urls.end(),
            [](const Url& a, const Url& b) { return a.ToString() < b.ToString(); });
  return urls;
}

StatusOr<Urls> ParseUrls(std::string_view comma_list) {
  std::vector<std::string> texts;
  for (size_t begin = 0;;) {
    const size_t comma = comma_list.find(',', begin);
    texts.emplace_back(comma_list.substr(begin, comma - begin));
    if (comma == std::string_view::npos) return MakeUrls(texts);
    begin = comma + 1;
  }
}

std::vector<std::string> UrlStrings(const Urls& urls) {
  std::vector<std::string> out;
  for (const Url& url : urls) out.push_back(url.ToString());
  return out;
}

std::string JoinUrls(const Urls& urls) { return absl::StrJoin(UrlStrings(urls), ","); }

StatusOr<UrlsMap> ParseUrlsMap(std::string_view text) {
  std::map<std::string, std::vector<std::string>> texts;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view entry = TrimSpace(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    if (entry.empty()) continue;
    const size_t equals = entry.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : entry.substr(equals + 1);
    texts[std::string(TrimSpace(entry.substr(0, equals)))].emplace_back(value);
  }
  UrlsMap map;
  for (const auto& [name, urls] : texts) {
    CAIRN_ASSIGN_OR_RETURN(map[name], MakeUrls(urls));
  }
  return map;
}

std::string UrlsMapString(const UrlsMap& map) {
  std::vector<std::string> pairs;
  for (const auto& [name, urls] : map) {
    for (const Url& url : urls) pairs.push_back(fmt::format("{}={}", name, url.ToString()));
  }
  std::sort(pairs.begin(), pairs.end());
  return absl::StrJoin(pairs, ",");
}

bool HasDuplicateUrl(const UrlsMap& map) {
  std::set<std::string> seen;
  for (const auto& [name, urls] : map) {
    for (const Url& url : urls) {
      if (!seen.insert(url.ToString()).second) return true;
    }
  }
  return false;
}

}  // namespace cairn::cluster
