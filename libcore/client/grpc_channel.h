// client/grpc_channel.h: the settings of the connection to one endpoint. Only for
// grpc_transport.cc.
#pragma once

#include <memory>
#include <string>

#include "client/options.h"

namespace grpc {
class Channel;
class ChannelCredentials;
}  // namespace grpc

namespace cairn::client {

// The name that the endpoint's certificate must have.
const std::string& ServerName(const ClientOptions& options, const Endpoint& endpoint);

std::shared_ptr<grpc::Channel> NewChannel(
    const ClientOptions& options, const Endpoint& endpoint,
    const std::shared_ptr<grpc::ChannelCredentials>& credentials);

}  // namespace cairn::client
