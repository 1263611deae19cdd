// os/subprocess.cc: see subprocess.h.
#include "os/subprocess.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <optional>

#include "gotext/quote.h"
#include "os/standard_streams.h"

extern char** environ;

namespace cairn {

namespace {

bool IsProgram(const std::string& path) {
  struct stat about{};
  return stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode) &&
         access(path.c_str(), X_OK) == 0;
}

// Where $PATH has it. An empty part would be the working directory, which isn't looked in.
std::optional<std::string> FindInPath(const std::string& name) {
  const char* path = std::getenv("PATH");
  if (path == nullptr) return std::nullopt;
  std::string_view rest(path);
  while (!rest.empty()) {
    const size_t end = rest.find(':');
    const std::string_view folder = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (folder.empty()) continue;
    std::string candidate = fmt::format("{}/{}", folder, name);
    if (IsProgram(candidate)) return candidate;
  }
  return std::nullopt;
}

std::string_view NameOf(std::string_view setting) { return setting.substr(0, setting.find('=')); }

std::vector<std::string> EnvironmentWith(const std::vector<std::string>& added) {
  std::vector<std::string> all;
  for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
    const std::string_view name = NameOf(*one);
    const bool replaced =
        std::any_of(added.begin(), added.end(), [&](const auto& a) { return NameOf(a) == name; });
    if (!replaced) all.emplace_back(*one);
  }
  std::copy_if(added.begin(), added.end(), std::back_inserter(all),
               [](const std::string& a) { return a.find('=') != std::string::npos; });
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// A file without a name that holds `input`, to be read from its begin; -1 with errno.
int InputFile(std::string_view input) {
  const int file = memfd_create("input", MFD_CLOEXEC);
  if (file < 0) return -1;
  for (size_t done = 0; done < input.size();) {
    const ssize_t n =
        pwrite(file, input.data() + done, input.size() - done, static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error = errno;
      close(file);
      errno = error;
      return -1;
    }
    done += static_cast<size_t>(n);
  }
  return file;
}

// `input` is a descriptor, or -1 for an empty stdin.
int Spawn(const std::string& path, std::vector<std::string> words,
          std::vector<std::string> environment, int input, pid_t* child) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (input >= 0) {
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // What this process ignores or blocks by itself is none of the program's business.
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  if (!BrokenPipeIsOrdinaryError()) sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawn(child, path.c_str(), &actions, &attributes, Pointers(words).data(),
                                Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

}  // namespace

std::string ProcessEnd::Text() const {
  if (signal == 0) return fmt::format("exit status {}", exit_code);
  return fmt::format("signal: {}", LowerCase(strsignal(signal)));
}

StatusOr<ProcessEnd> RunProgram(const std::vector<std::string>& words,
                                const std::vector<std::string>& environment,
                                std::string_view input) {
  const std::string& name = words.front();
  std::optional<std::string> path = name;
  if (name.find('/') == std::string::npos) path = FindInPath(name);
  if (!path.has_value()) {
    return absl::NotFoundError(
        fmt::format("exec: {}: executable file not found in $PATH", QuoteGo(name)));
  }
  // Ignored by who began this program, the child would leave no exit status behind.
  struct sigaction on_child {};
  if (sigaction(SIGCHLD, nullptr, &on_child) == 0 && on_child.sa_handler == SIG_IGN) {
    std::signal(SIGCHLD, SIG_DFL);
  }
  pid_t child = 0;
  int file = -1;
  if (!input.empty() && (file = InputFile(input)) < 0) {
    return ErrnoStatus("memfd_create", *path, errno);
  }
  const int error = Spawn(*path, words, EnvironmentWith(environment), file, &child);
  if (file >= 0) close(file);
  if (error == E2BIG) {
    return absl::ResourceExhaustedError(fmt::format("fork/exec {}: argument list too long", *path));
  }
  if (error != 0) return ErrnoStatus("fork/exec", *path, error);
  int state = 0;
  while (waitpid(child, &state, 0) < 0) {
    if (errno != EINTR) return ErrnoStatus("wait", *path, errno);
  }
  if (WIFSIGNALED(state)) return ProcessEnd{255, WTERMSIG(state)};
  return ProcessEnd{WEXITSTATUS(state), 0};
}

}  // namespace cairn
