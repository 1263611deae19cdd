// tools/utl/format/text_output.h: a long text, piece by piece, to stdout or to a file that appears
// whole or not at all.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/staged_output.h"
#include "cli/program.h"
#include "render/table.h"

namespace cairn::utl {

// Gathers small pieces to large writes. For one run of a command; not thread-safe.
class TextOutput {
 public:
  // To stdout.
  explicit TextOutput(cli::Invocation& in) : TextOutput(in, "") {}
  // `path` empty: stdout. Else a stage beside it is written (base/staged_output.h), which only its
  // owner may read, and takes the name at the end. Error: something has that name already.
  static StatusOr<std::unique_ptr<TextOutput>> Create(cli::Invocation& in, const std::string& path);
  Status Append(std::string_view text) {
    buffer_ += text;
    return buffer_.size() < kBufferBytes ? absl::OkStatus() : Flush();
  }
  Status Append(const render::TableBuilder& table) {
    return table.Draw([this](std::string_view line) { return Append(line); });
  }
  // A file is durable when it returns OK.
  Status Finish();

 private:
  static constexpr size_t kBufferBytes = 64 << 10;

  TextOutput(cli::Invocation& in, std::string path) : in_(in), path_(std::move(path)) {}
  Status Flush();

  cli::Invocation& in_;
  const std::string path_;
  std::optional<StagedFile> staged_;
  uint64_t written_ = 0;
  std::string buffer_;
};

}  // namespace cairn::utl
