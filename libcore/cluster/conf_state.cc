// cluster/conf_state.cc: raft's configuration as JSON.
#include "cluster/conf_state.h"

#include <fmt/format.h>

#include "cluster/json_fields.h"

namespace cairn::cluster {

std::string EncodeConfState(const ConfState& state) {
  std::string out = "{";
  const auto append = [&out](const char* name, const std::vector<uint64_t>& ids) {
    if (ids.empty()) return;
    out += fmt::format("\"{}\":", name);
    char separator = '[';
    for (uint64_t id : ids) {
      out += separator;
      out += std::to_string(id);
      separator = ',';
    }
    out += "],";
  };
  append("voters", state.voters);
  append("learners", state.learners);
  append("voters_outgoing", state.voters_outgoing);
  append("learners_next", state.learners_next);
  return out += state.auto_leave.value_or(false) ? "\"auto_leave\":true}" : "\"auto_leave\":false}";
}

StatusOr<ConfState> DecodeConfState(std::string_view json) {
  const auto decode = [&json]() -> StatusOr<ConfState> {
    CAIRN_ASSIGN_OR_RETURN(const JsonFields fields, JsonFields::Parse(json));
    ConfState state;
    CAIRN_ASSIGN_OR_RETURN(state.voters, fields.Numbers("voters"));
    CAIRN_ASSIGN_OR_RETURN(state.learners, fields.Numbers("learners"));
    CAIRN_ASSIGN_OR_RETURN(state.voters_outgoing, fields.Numbers("voters_outgoing"));
    CAIRN_ASSIGN_OR_RETURN(state.learners_next, fields.Numbers("learners_next"));
    CAIRN_ASSIGN_OR_RETURN(state.auto_leave, fields.Bool("auto_leave"));
    return state;
  };
  auto state = decode();
  if (!state.ok()) return Annotate(state.status(), "meta/confState");
  return state;
}

}  // namespace cairn::cluster
