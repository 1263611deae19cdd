// client/grpc_log.cc: see grpc_log.h.
#include "client/grpc_log.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <mutex>
#include <string_view>

namespace cairn::client {

namespace {

std::mutex g_mutex;
std::string& LastError() {
  static std::string* const text = new std::string;
  return *text;
}

void Keep(gpr_log_func_args* args) {
  const std::string_view message(args->message);
  if (message.find("SSL routines") == std::string_view::npos) return;
  const std::lock_guard lock(g_mutex);
  LastError() = message;
}

}  // namespace

void SilenceGrpcLog() {
  gpr_set_log_function(Keep);
  // A name that is no UTF-8 is the server's to refuse.
  google::protobuf::SetLogHandler(nullptr);
}

std::string LastTlsError() {
  const std::lock_guard lock(g_mutex);
  return LastError();
}

}  // namespace cairn::client
