// tools/ctl/commands/put.cc: the command put.
#include "tools/ctl/ask.h"
#include "tools/ctl/commands/commands.h"
#include "tools/ctl/format/key_value.h"
#include "tools/ctl/invocation_words.h"
#include "tools/ctl/kv_requests.h"

namespace cairn::ctl {

namespace {

using cli::Format;
using cli::Outcome;

Outcome RunPut(cli::Invocation& in) {
  etcdserverpb::PutRequest request;
  if (Outcome read = ReadPut(InvocationWords(in), request); !read.status.ok()) return read;
  return Ask(in, client::kPut, request,
             [&](const auto& response) { return PrintPut(response, StyleOf(in)); });
}

}  // namespace

void AddPut(cli::Program& program) {
  cli::Command& put =
      program.root().Add("put [options] <key> <value> (<value> can also be given from stdin)",
                         "Puts the given key into the store");
  put.Long(
         "Puts the given key into the store. A value that begins with '-' would be taken for a\n"
         "flag: put `--` before it. Without a value (and without --ignore-value) the value is all\n"
         "of standard input, its newlines included.")
      .ArgKinds({{cli::ValueKind::kKey}})
      .Formats({Format::kSimple, Format::kJson, Format::kFields, Format::kProtobuf})
      .Example("{prog} put /config/size 3", "One key.")
      .Example("cat file | {prog} put /config/file", "A value from standard input.")
      .Example("{prog} put /session on --lease=1234abcd", "A key that lives as long as its lease.")
      .Exit(cli::ExitCode::kBadArgs, "the arguments make no sense; nothing was sent")
      .Run(RunPut);
  AddPutFlags(put);
}

}  // namespace cairn::ctl
