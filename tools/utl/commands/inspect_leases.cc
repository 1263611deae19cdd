// tools/utl/commands/inspect_leases.cc: `cairnutl inspect leases`: the leases of a db and the keys
// on them.
#include <fmt/format.h>

#include "gotext/quote.h"
#include "offline/inspect/member_records.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/damage_report.h"
#include "tools/utl/format/record_text.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using cli::Format;
using offline::LeaseRecords;
using offline::LeaseWithKeys;

constexpr uint64_t kDefaultKeys = 3;

std::string Id(const LeaseWithKeys& lease) {
  return fmt::format("{:016x}", static_cast<uint64_t>(lease.record.id.value));
}

std::string KeysText(const LeaseWithKeys& lease) {
  std::string text;
  for (const std::string& key : lease.some_keys) {
    if (!text.empty()) text += ", ";
    text += QuoteGo(key);
  }
  if (const uint64_t more = lease.keys - lease.some_keys.size(); more > 0 && !text.empty()) {
    text += fmt::format(" and {} more", more);
  }
  return text;
}

std::string AsText(const LeaseRecords& records) {
  std::string text;
  for (const LeaseWithKeys& lease : records.leases) {
    text += Id(lease);
    text += lease.known ? fmt::format(", ttl {} s", lease.record.ttl_seconds)
                        : std::string(", not in the bucket of leases");
    if (lease.record.remaining_ttl_seconds != 0) {
      text += fmt::format(", remaining {} s", lease.record.remaining_ttl_seconds);
    }
    text += fmt::format(", {} keys", lease.keys);
    if (!lease.some_keys.empty()) text += ": " + KeysText(lease);
    text += '\n';
  }
  return text;
}

std::string AsTable(const LeaseRecords& records, render::Borders borders) {
  std::vector<std::vector<std::string>> rows;
  for (const LeaseWithKeys& lease : records.leases) {
    rows.push_back({Id(lease), lease.known ? std::to_string(lease.record.ttl_seconds) : "unknown",
                    std::to_string(lease.record.remaining_ttl_seconds), std::to_string(lease.keys),
                    KeysText(lease)});
  }
  return render::Table({"lease", "ttl", "remaining", "keys", "some keys"}, rows, borders);
}

std::string AsJson(const LeaseRecords& records) {
  render::JsonWriter json;
  json.BeginObject().Key("leases").BeginArray();
  for (const LeaseWithKeys& lease : records.leases) {
    json.BeginObject();
    WriteLeaseFields(lease.record, json);
    json.Field("known", lease.known).Field("keyCount", lease.keys).Key("keys").BeginArray();
    for (const std::string& key : lease.some_keys) json.Base64(key);
    json.EndArray().EndObject();
  }
  return json.EndArray().EndObject().text() + "\n";
}

cli::Outcome RunLeases(cli::Invocation& in) {
  const bool all = in.Bool("all-keys");
  CAIRN_ASSIGN_OR_RETURN(const std::string path, DbOf(in.args()[0]));
  CAIRN_ASSIGN_OR_RETURN(
      const LeaseRecords records,
      offline::ReadLeases(OfflineContext(in), path, all ? UINT64_MAX : in.Uint64("keys")));
  return PrintRecords(in, path, records, AsJson, AsTable, AsText);
}

}  // namespace

cli::Command& AddInspectLeases(cli::Command& group) {
  cli::Command& command = group.Add("leases <path>", "Shows the leases of a db and their keys");
  command
      .Long(
          "Shows each lease with its time to live, how many live keys are attached to it, and the\n"
          "first of them. What remains of the time was written by a checkpoint; without one it "
          "is 0\n"
          "and the whole time begins anew when a server starts. A lease that keys name and that "
          "is\n"
          "not there was revoked while its keys were left: an error of the server.\n"
          "The path is a snapshot, a db file or a data directory; it is only read.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kFile)
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} inspect leases backup.db -w table", "All leases of a snapshot.")
      .Example("{prog} inspect leases /var/lib/etcd --all-keys -w json",
               "All keys of each, of a stopped member.")
      .Exit(cli::ExitCode::kError, "the file can't be read, or is damaged");
  command.Bool("all-keys", false, "name all keys of each lease");
  command.Uint64("keys", kDefaultKeys, "how many keys of each lease to name");
  command.Run(RunLeases);
  return command;
}

}  // namespace cairn::utl
