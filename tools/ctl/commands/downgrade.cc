// tools/ctl/commands/downgrade.cc: the commands downgrade validate, enable and cancel.
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/maintenance.h"

namespace cairn::ctl {

namespace {

using cli::BadArgs;
using cli::ExitCode;
using cli::Format;
using cli::Outcome;
using etcdserverpb::DowngradeRequest;
using etcdserverpb::DowngradeResponse;

Outcome Send(cli::Invocation& in, DowngradeRequest::DowngradeAction action,
             const std::string& version) {
  DowngradeRequest request;
  request.set_action(action);
  request.set_version(version);
  const bool reads = action == DowngradeRequest::VALIDATE;
  return Ask(in, reads ? client::kDowngrade.Repeatable() : client::kDowngrade, request,
             [&](const DowngradeResponse& response) {
               return PrintDowngrade(action, response, StyleOf(in));
             });
}

// `downgrade validate VERSION`, `downgrade enable VERSION`.
cli::Command::RunFunction WithVersion(DowngradeRequest::DowngradeAction action) {
  return [action](cli::Invocation& in) -> Outcome {
    if (in.args().empty()) return BadArgs("TARGET_VERSION not provided");
    if (in.args().size() > 1) return BadArgs("too many arguments");
    if (in.args()[0].empty()) return BadArgs("target version not provided");
    return Send(in, action, in.args()[0]);
  };
}

Outcome RunCancel(cli::Invocation& in) { return Send(in, DowngradeRequest::CANCEL, ""); }

}  // namespace

void AddDowngrade(cli::Program& program) {
  cli::Command& group =
      program.root().Add("downgrade <TARGET_VERSION>",
                         "Downgrade related commands. Use `{prog} downgrade --help` to see "
                         "subcommands");
  group.Long("Downgrade related commands");

  group.Add("validate <TARGET_VERSION>", "Validate downgrade capability before starting downgrade")
      .Long("Asks whether the cluster could go to this version, and changes nothing.")
      .ArgKinds({{cli::ValueKind::kAny, {"3.5", "3.6"}}})
      .Formats({Format::kSimple, Format::kJson, Format::kProtobuf})
      .Example("{prog} downgrade validate 3.6", "To 3.6.")
      .Exit(ExitCode::kBadArgs, "no version; nothing was sent")
      .Run(WithVersion(DowngradeRequest::VALIDATE));

  group.Add("enable <TARGET_VERSION>", "Start a downgrade action to cluster")
      .Long(
          "Lets the cluster go one minor version back: once the storage is migrated (`{prog}\n"
          "endpoint status` shows it), stop the members one by one and start them with the older\n"
          "version.")
      .ArgKinds({{cli::ValueKind::kAny, {"3.5", "3.6"}}})
      .Formats({Format::kSimple, Format::kJson, Format::kProtobuf})
      .Example("{prog} downgrade enable 3.6", "To 3.6.")
      .Exit(ExitCode::kBadArgs, "no version; nothing was sent")
      .Run(WithVersion(DowngradeRequest::ENABLE));

  group.Add("cancel", "Cancel the ongoing downgrade action to cluster")
      .Args(0, 0, "downgrade cancel takes no arguments", ExitCode::kBadArgs)
      .EtcdIgnoresMore()
      .Long("Ends a downgrade, as long as no member runs the older version yet.")
      .Formats({Format::kSimple, Format::kJson, Format::kProtobuf})
      .Example("{prog} downgrade cancel", "Stay at the present version.")
      .Run(RunCancel);
}

}  // namespace cairn::ctl
