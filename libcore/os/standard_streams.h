// os/standard_streams.h: the stdout and stderr of the process, unbuffered, and the terminal that
// they may be.
#pragma once

#include <string_view>

#include "base/status.h"

namespace cairn {

enum class StandardStream : int { kOutput = 1, kError = 2 };

// To be called first in main. SIGPIPE is ignored from here on; a reader that went away is an error
// of WriteStandard (FailedPrecondition). So is SIGXFSZ: beyond a limit on the size of files a write
// fails with "file too large". Streams that the caller closed have been opened on /dev/null before
// main, stdout so that writing fails: otherwise the next file opened would become stdout and
// results would be written into it.
void PrepareStandardStreams();

// Writes all of `data`. "write /dev/stdout: no space left on device". Cancelled when a signal came
// and stdout takes nothing: nobody reads it.
Status WriteStandard(StandardStream stream, std::string_view data);

// Whether SIGPIPE was ignored already when the program began, as systemd does it for its services:
// then nothing dies of a reader that went away, here and in programs that are started from here.
bool BrokenPipeIsOrdinaryError();
// Ends the process as SIGPIPE would have, quietly: what a shell expects of a pipeline's left side.
[[noreturn]] void DieByBrokenPipe();

bool IsTerminal(StandardStream stream);
// The width of the terminal in columns; 0 when unknown.
int TerminalColumns(StandardStream stream);
// Whether the environment's locale (LC_ALL, LC_CTYPE, LANG) says UTF-8.
bool LocaleIsUtf8();

}  // namespace cairn
