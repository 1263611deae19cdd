// os/output_stream.h: bytes into a pipe or a device that an operator named as output
// (base/output_target.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

namespace cairn {

// Bytes in order to a FIFO or a device. Not thread-safe.
class OutputStream {
 public:
  // Opens a kStream. Errors: FailedPrecondition for a terminal, and for a FIFO that nobody reads
  // within two seconds; Cancelled once a signal came (os/interrupt.h).
  static StatusOr<std::unique_ptr<OutputStream>> Open(const std::string& path);
  ~OutputStream();
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;

  Status Write(std::string_view data);
  // Makes it durable where that means anything.
  Status Finish();

 private:
  OutputStream(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  const std::string path_;
  const int fd_;
};

}  // namespace cairn
