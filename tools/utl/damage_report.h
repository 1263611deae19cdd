// tools/utl/damage_report.h: how a command that shows a damaged file tells what it could not read.
#pragma once

#include "cli/program.h"
#include "offline/damaged_db.h"

namespace cairn::utl {

// The db that the operator's path leads to: a file, or a data directory's.
StatusOr<std::string> DbOf(cli::Invocation& in, const std::string& path);

// One line on stderr for each problem; then OK, or the error that the command ends with.
cli::Outcome TellProblems(cli::Invocation& in, const std::string& path,
                          const offline::Problems& problems);

// Standard output in larger pieces.
class Lines {
 public:
  explicit Lines(cli::Invocation& in) : in_(in) {}

  Status Add(std::string_view text) {
    text_ += text;
    return text_.size() < kPieceBytes ? absl::OkStatus() : Flush();
  }
  Status Flush() {
    if (text_.empty()) return absl::OkStatus();
    const Status status = in_.Print(text_);
    text_.clear();
    return status;
  }

 private:
  static constexpr size_t kPieceBytes = size_t{64} << 10;

  cli::Invocation& in_;
  std::string text_;
};

}  // namespace cairn::utl
