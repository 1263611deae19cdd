# tests/toolchain.sh: finds the C++ compiler and the Go that the build and the tests use. Sourced.
# Callers stand in the repository's root.

# Without it ccache keeps no file that is compiled with a precompiled header.
export CCACHE_SLOPPINESS=pch_defines,time_macros
GO_TOOLCHAIN=v0.0.1-go1.26.8

# The g++ (12 or later) to build with; the distribution's own first, as its libraries fit it.
find_cxx() {
  local cxx version
  for cxx in /usr/bin/g++ g++ g++-12 g++-13 g++-14; do
    version=$("$cxx" -dumpversion 2>/dev/null) || continue
    if [ "${version%%.*}" -ge 12 ]; then
      echo "$cxx"
      return 0
    fi
  done
  return 1
}

# Whether "$1 version" says 1.26 or later.
go_is_new_enough() {
  local version
  version=$(cd / && GOTOOLCHAIN=local "$1" version 2>/dev/null) || return 1
  version=${version#go version go}
  version=${version%% *}
  local major=${version%%.*} rest=${version#*.}
  local minor=${rest%%[!0-9]*}
  [ "$major" -gt 1 ] || { [ "$major" = 1 ] && [ "${minor:-0}" -ge 26 ]; }
}

go_on_path() {
  local go
  for go in "$(command -v go || true)" /usr/local/go/bin/go; do
    if [ -n "$go" ] && [ -x "$go" ] && go_is_new_enough "$go"; then
      echo "$go"
      return 0
    fi
  done
  return 1
}

# The Go to use: the one on PATH, else the one that ./setup fetched.
find_go() {
  go_on_path && return 0
  local go
  go=$(cat build/.go-path 2>/dev/null) || return 1
  [ -x "$go" ] && go_is_new_enough "$go" && echo "$go"
}

# Fetches a new Go through an older one; leaves its path in build/.go-path.
fetch_go() {
  local arch cache go tool
  arch=$(dpkg --print-architecture)
  tool=golang.org/toolchain@$GO_TOOLCHAIN.linux-$arch
  echo "setup: fetching Go ($tool)" >&2
  cache=$(cd / && go env GOMODCACHE)
  (cd / && GOFLAGS=-mod=mod go mod download "$tool")
  # The module archive carries no mode bits.
  chmod +x "$cache/$tool"/bin/* "$cache/$tool"/pkg/tool/*/*
  go=$cache/$tool/bin/go
  go_is_new_enough "$go" || { echo "setup: the fetched Go does not run: $go" >&2; return 1; }
  mkdir -p build
  echo "$go" >build/.go-path
}
