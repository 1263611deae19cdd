// tools/utl/commands/bbolt.cc: the group `cairnutl bbolt`: what bbolt's own command does to files.
#include "tools/utl/commands/commands.h"

namespace cairn::utl {

void AddBbolt(cli::Program& program) {
  cli::Command& group = program.root().Add("bbolt <subcommand>",
                                           "Checks and repairs db files as bbolt's command does");
  group.Long(
      "The commands of bbolt 1.5 that change or judge a file, with its flags. They know pages and\n"
      "not keys: to get the data out of a damaged file, `{prog} salvage` is the better way, and "
      "to\n"
      "look at its pages `{prog} inspect pages`.");
  AddBboltCheck(group);
  AddBboltSurgery(group);
}

}  // namespace cairn::utl
