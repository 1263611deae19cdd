// cluster/consistent_index.cc: consistent_index and term.
#include "cluster/consistent_index.h"

#include <fmt/format.h>

#include "base/bytes.h"

namespace cairn::cluster {
namespace {

StatusOr<uint64_t> Decode(const char* key, std::optional<std::string_view> value) {
  if (!value) return 0;
  if (value->size() != 8) {
    return absl::DataLossError(
        fmt::format("meta/{}: {} bytes where 8 are due", key, value->size()));
  }
  return LoadBE64(value->data());
}

}  // namespace

std::string EncodeU64(uint64_t value) {
  std::string out(8, '\0');
  StoreBE64(out.data(), value);
  return out;
}

StatusOr<ConsistentIndex> DecodeConsistentIndex(std::optional<std::string_view> index,
                                                std::optional<std::string_view> term) {
  ConsistentIndex out;
  CAIRN_ASSIGN_OR_RETURN(out.index.value, Decode("consistent_index", index));
  CAIRN_ASSIGN_OR_RETURN(out.term.value, Decode("term", term));
  return out;
}

}  // namespace cairn::cluster
