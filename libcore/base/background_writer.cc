// base/background_writer.cc: see background_writer.h.
#include "base/background_writer.h"

#include <system_error>
#include <utility>

namespace cairn {

BackgroundWriter::BackgroundWriter(File& file) : file_(file) {
  try {
    thread_ = std::thread([this] { Run(); });
  } catch (const std::system_error&) {
  }
}

BackgroundWriter::~BackgroundWriter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Status BackgroundWriter::WriteBlock(const Block& block) {
  CAIRN_RETURN_IF_ERROR(file_.WriteAt(block.offset, block.bytes));
  // Dirty pages should not pile up for the sync at the end.
  file_.StartWriteback(block.offset, block.bytes.size());
  return absl::OkStatus();
}

void BackgroundWriter::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (stop_) return;
    Block& block = queue_.front();
    Status written = absl::OkStatus();
    if (status_.ok()) {
      lock.unlock();
      written = WriteBlock(block);
      lock.lock();
    }
    if (status_.ok()) status_ = std::move(written);
    block.bytes.clear();
    unused_.push_back(std::move(block.bytes));
    queue_.pop_front();
    changed_.notify_all();
  }
}

Status BackgroundWriter::Write(uint64_t offset, AlignedBytes bytes) {
  std::unique_lock lock(mutex_);
  if (!thread_.joinable()) {
    if (status_.ok()) status_ = WriteBlock({offset, std::move(bytes)});
    return status_;
  }
  changed_.wait(lock, [this] { return queue_.size() < kMaxQueued; });
  if (!status_.ok()) return status_;
  queue_.push_back({offset, std::move(bytes)});
  changed_.notify_all();
  return absl::OkStatus();
}

AlignedBytes BackgroundWriter::TakeBuffer() {
  const std::lock_guard lock(mutex_);
  if (unused_.empty()) return {};
  AlignedBytes buffer = std::move(unused_.back());
  unused_.pop_back();
  return buffer;
}

Status BackgroundWriter::Drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty(); });
  return status_;
}

}  // namespace cairn
