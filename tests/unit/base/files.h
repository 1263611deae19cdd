// tests/unit/base/files.h: making and reading small files in tests, on any Fs.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

#include "base/fs.h"

namespace cairn {

inline std::unique_ptr<File> Create(Fs& fs, const std::string& path) {
  auto file = fs.Open(path, {.write = true, .create = true});
  REQUIRE(file.ok());
  return std::move(*file);
}

inline std::string Content(Fs& fs, const std::string& path) {
  const auto content = ReadWholeFile(fs, path, 1 << 22);
  REQUIRE(content.ok());
  return *content;
}

}  // namespace cairn
