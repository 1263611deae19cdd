// cli/run.h: the whole life of a program: read the command line, run the command, report.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "cli/program.h"

namespace cairn::cli {

// Called by main, which returns what it returns. `make` declares the commands.
//
// Results are on stdout, everything else on stderr; an error is one line after "Error: ". A reader
// of stdout that went away ends the program as SIGPIPE would, any other failed write is an error. A
// signal first lets the command clean up, then ends the program by that signal, so that a shell
// sees 130 or 143. Exceptions end here.
//
// `denied_advice` is what stands after "permission denied" of a file: who may open it
// (cli/file_advice.h). By etcd's name a program keeps to the error alone.
int RunMain(int argc, char** argv, const std::function<std::unique_ptr<Program>()>& make,
            std::string_view denied_advice);

}  // namespace cairn::cli
