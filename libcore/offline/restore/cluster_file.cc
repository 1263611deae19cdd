// offline/restore/cluster_file.cc: see cluster_file.h. The only file that knows yaml-cpp, whose
// exceptions end here.
#include "offline/restore/cluster_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "cluster/urls.h"
#include "gotext/quote.h"

namespace cairn::offline {

namespace {

// How many letters have to be put in, taken out or changed.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

class Parser {
 public:
  explicit Parser(const std::string& path) : path_(path) {}

  StatusOr<ClusterFile> Parse(std::string_view yaml) {
    try {
      const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(yaml));
      if (documents.empty() || documents[0].IsNull()) {
        return absl::InvalidArgumentError(
            fmt::format("{}: it is empty; it needs a list `members`", path_));
      }
      if (documents.size() > 1) {
        return At(documents[1].Mark(), "a second document begins here; there may be one only");
      }
      return Root(documents[0]);
    } catch (const YAML::Exception& error) {
      return At(error.mark, error.msg);
    } catch (const std::exception& error) {
      return absl::InvalidArgumentError(fmt::format("{}: {}", path_, error.what()));
    }
  }

 private:
  Status At(const YAML::Mark& mark, std::string_view what) const {
    if (mark.is_null()) return absl::InvalidArgumentError(fmt::format("{}: {}", path_, what));
    return absl::InvalidArgumentError(
        fmt::format("{}: line {}, column {}: {}", path_, mark.line + 1, mark.column + 1, what));
  }

  // The values of a map's keys; a key that is not one of `known`, or comes twice, is an error.
  using Fields = std::map<std::string, YAML::Node>;
  StatusOr<Fields> ReadMap(const YAML::Node& node, const char* what,
                           const std::vector<std::string_view>& known) const {
    if (!node.IsMap()) return At(node.Mark(), fmt::format("{} must have keys and values", what));
    Fields fields;
    for (const auto& pair : node) {
      const YAML::Node& key = pair.first;
      if (!key.IsScalar()) return At(key.Mark(), "a key must be a word");
      const std::string name = key.Scalar();
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        const auto nearest = *std::min_element(known.begin(), known.end(),
                                               [&](std::string_view a, std::string_view b) {
                                                 return Distance(name, a) < Distance(name, b);
                                               });
        return At(key.Mark(),
                  fmt::format("unknown key {} (did you mean \"{}\"?)", QuoteGo(name), nearest));
      }
      if (!fields.emplace(name, pair.second).second) {
        return At(key.Mark(), fmt::format("\"{}\" is there twice", name));
      }
    }
    return fields;
  }

  StatusOr<std::string> Text(const YAML::Node& node, std::string_view what) const {
    if (!node.IsScalar()) return At(node.Mark(), fmt::format("{} must be a text", what));
    if (node.Scalar().empty()) return At(node.Mark(), fmt::format("{} is empty", what));
    return node.Scalar();
  }

  StatusOr<ClusterFile> Root(const YAML::Node& root) {
    CAIRN_ASSIGN_OR_RETURN(
        Fields fields, ReadMap(root, "the file",
                               {"token", "initial-cluster-token", "members", "initial-cluster"}));
    for (const char* name : {"token", "initial-cluster-token"}) {
      const auto token = fields.find(name);
      if (token == fields.end()) continue;
      if (!file_.token.empty()) {
        return At(token->second.Mark(), "\"token\" and \"initial-cluster-token\" are one thing");
      }
      CAIRN_ASSIGN_OR_RETURN(file_.token, Text(token->second, name));
    }
    const auto members = fields.find("members");
    const auto initial = fields.find("initial-cluster");
    if (members != fields.end() && initial != fields.end()) {
      return At(initial->second.Mark(), "give \"members\" or \"initial-cluster\", not both");
    }
    if (members != fields.end()) {
      CAIRN_RETURN_IF_ERROR(Members(members->second));
    } else if (initial != fields.end()) {
      CAIRN_RETURN_IF_ERROR(InitialCluster(initial->second));
    }
    if (file_.members.empty()) {
      return At(root.Mark(), "no members: give a list \"members\", or \"initial-cluster\"");
    }
    return std::move(file_);
  }

  Status Members(const YAML::Node& list) {
    if (!list.IsSequence()) return At(list.Mark(), "\"members\" must be a list");
    for (const YAML::Node& node : list) {
      CAIRN_ASSIGN_OR_RETURN(Fields fields,
                             ReadMap(node, "a member", {"name", "peer-urls", "data-dir"}));
      for (const char* name : {"name", "peer-urls"}) {
        if (!fields.contains(name)) {
          return At(node.Mark(), fmt::format("the member has no \"{}\"", name));
        }
      }
      CAIRN_ASSIGN_OR_RETURN(const std::string name, Text(fields["name"], "name"));
      const YAML::Node& urls = fields["peer-urls"];
      std::vector<std::string> texts;
      if (urls.IsSequence()) {
        for (const YAML::Node& url : urls) {
          CAIRN_ASSIGN_OR_RETURN(texts.emplace_back(), Text(url, "a URL"));
        }
      } else {
        CAIRN_ASSIGN_OR_RETURN(const std::string joined, Text(urls, "peer-urls"));
        texts = {joined};
      }
      std::string joined;
      for (const std::string& text : texts) joined += (joined.empty() ? "" : ",") + text;
      const auto parsed = cluster::ParseUrls(joined);
      if (!parsed.ok()) return At(urls.Mark(), Message(parsed.status()));
      std::string data_dir = name;
      YAML::Mark place = fields["name"].Mark();
      if (const auto given = fields.find("data-dir"); given != fields.end()) {
        place = given->second.Mark();
        CAIRN_ASSIGN_OR_RETURN(data_dir, Text(given->second, "data-dir"));
      }
      CAIRN_RETURN_IF_ERROR(Add({name, cluster::UrlStrings(*parsed), data_dir},
                                fields["name"].Mark(), urls.Mark(), place));
    }
    return absl::OkStatus();
  }

  Status InitialCluster(const YAML::Node& node) {
    CAIRN_ASSIGN_OR_RETURN(const std::string text, Text(node, "initial-cluster"));
    const auto map = cluster::ParseUrlsMap(text);
    if (!map.ok()) return At(node.Mark(), Message(map.status()));
    for (const auto& [name, urls] : *map) {
      CAIRN_RETURN_IF_ERROR(
          Add({name, cluster::UrlStrings(urls), name}, node.Mark(), node.Mark(), node.Mark()));
    }
    return absl::OkStatus();
  }

  Status Add(ClusterFileMember member, const YAML::Mark& name_at, const YAML::Mark& urls_at,
             const YAML::Mark& dir_at) {
    // These go through --initial-cluster, which has the form NAME=URL,NAME=URL.
    if (member.name.find_first_of(",= \t\n") != std::string::npos) {
      return At(name_at, fmt::format("name {}: a member's name can't hold commas, equal signs or "
                                     "blanks",
                                     QuoteGo(member.name)));
    }
    if (Printable(member.name) != member.name) {
      return At(name_at, fmt::format("name {}: a member's name can't hold control characters",
                                     QuoteGo(member.name)));
    }
    const std::string& dir = member.data_dir;
    if (dir == "." || dir == ".." || dir.find('/') != std::string::npos || Printable(dir) != dir) {
      return At(dir_at, fmt::format("{} can't be a directory in the output: give \"data-dir\", one "
                                    "name without slashes and control characters",
                                    QuoteGo(dir)));
    }
    for (const ClusterFileMember& other : file_.members) {
      if (other.name == member.name) {
        return At(name_at, fmt::format("the name {} is there twice", QuoteGo(member.name)));
      }
      if (other.data_dir == dir) {
        return At(dir_at, fmt::format("the directory {} is there twice, for {} and {}",
                                      QuoteGo(dir), other.name, member.name));
      }
      for (const std::string& url : member.peer_urls) {
        if (std::find(other.peer_urls.begin(), other.peer_urls.end(), url) !=
            other.peer_urls.end()) {
          return At(urls_at, fmt::format("the URL {} is there twice, for {} and {}", url,
                                         other.name, member.name));
        }
      }
    }
    for (size_t i = 1; i < member.peer_urls.size(); ++i) {
      if (member.peer_urls[i] == member.peer_urls[i - 1]) {
        return At(urls_at, fmt::format("the URL {} is there twice", member.peer_urls[i]));
      }
    }
    file_.members.push_back(std::move(member));
    return absl::OkStatus();
  }

  const std::string& path_;
  ClusterFile file_;
};

}  // namespace

StatusOr<ClusterFile> ParseClusterFile(std::string_view yaml, const std::string& path) {
  return Parser(path).Parse(yaml);
}

}  // namespace cairn::offline
