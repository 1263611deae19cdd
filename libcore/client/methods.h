// client/methods.h: the methods of etcd's API by name, with the types of their messages.
#pragma once

#include "etcdserverpb.pb.h"

namespace cairn::client {

// Whether a call may be sent a second time when nobody knows what became of the first.
enum class Repeat {
  kSafe,    // reads: again, at another endpoint, while there is time
  kUnsafe,  // writes: again only if the server certainly did not take it
};

template <typename RequestType, typename ResponseType>
struct Method {
  using Request = RequestType;
  using Response = ResponseType;

  const char* name;
  Repeat repeat;

  // The same for a request that changes nothing, or nothing more when it comes twice.
  constexpr Method Repeatable() const { return {name, Repeat::kSafe}; }
};

// The names of streams; their messages are the ...Request and ...Response of the same name.
inline constexpr const char* kRangeStream = "/etcdserverpb.KV/RangeStream";
inline constexpr const char* kWatch = "/etcdserverpb.Watch/Watch";
inline constexpr const char* kLeaseKeepAlive = "/etcdserverpb.Lease/LeaseKeepAlive";
inline constexpr const char* kSnapshot = "/etcdserverpb.Maintenance/Snapshot";

namespace pb = etcdserverpb;

inline constexpr Method<pb::RangeRequest, pb::RangeResponse> kRange{
    "/etcdserverpb.KV/Range", Repeat::kSafe};
inline constexpr Method<pb::PutRequest, pb::PutResponse> kPut{
    "/etcdserverpb.KV/Put", Repeat::kUnsafe};
inline constexpr Method<pb::DeleteRangeRequest, pb::DeleteRangeResponse> kDeleteRange{
    "/etcdserverpb.KV/DeleteRange", Repeat::kUnsafe};
inline constexpr Method<pb::TxnRequest, pb::TxnResponse> kTxn{
    "/etcdserverpb.KV/Txn", Repeat::kUnsafe};
inline constexpr Method<pb::CompactionRequest, pb::CompactionResponse> kCompact{
    "/etcdserverpb.KV/Compact", Repeat::kUnsafe};

inline constexpr Method<pb::LeaseGrantRequest, pb::LeaseGrantResponse> kLeaseGrant{
    "/etcdserverpb.Lease/LeaseGrant", Repeat::kUnsafe};
inline constexpr Method<pb::LeaseRevokeRequest, pb::LeaseRevokeResponse> kLeaseRevoke{
    "/etcdserverpb.Lease/LeaseRevoke", Repeat::kUnsafe};
inline constexpr Method<pb::LeaseTimeToLiveRequest, pb::LeaseTimeToLiveResponse> kLeaseTimeToLive{
    "/etcdserverpb.Lease/LeaseTimeToLive", Repeat::kSafe};
inline constexpr Method<pb::LeaseLeasesRequest, pb::LeaseLeasesResponse> kLeaseLeases{
    "/etcdserverpb.Lease/LeaseLeases", Repeat::kSafe};

inline constexpr Method<pb::MemberAddRequest, pb::MemberAddResponse> kMemberAdd{
    "/etcdserverpb.Cluster/MemberAdd", Repeat::kUnsafe};
inline constexpr Method<pb::MemberRemoveRequest, pb::MemberRemoveResponse> kMemberRemove{
    "/etcdserverpb.Cluster/MemberRemove", Repeat::kUnsafe};
inline constexpr Method<pb::MemberUpdateRequest, pb::MemberUpdateResponse> kMemberUpdate{
    "/etcdserverpb.Cluster/MemberUpdate", Repeat::kUnsafe};
inline constexpr Method<pb::MemberListRequest, pb::MemberListResponse> kMemberList{
    "/etcdserverpb.Cluster/MemberList", Repeat::kSafe};
inline constexpr Method<pb::MemberPromoteRequest, pb::MemberPromoteResponse> kMemberPromote{
    "/etcdserverpb.Cluster/MemberPromote", Repeat::kUnsafe};

inline constexpr Method<pb::AlarmRequest, pb::AlarmResponse> kAlarm{
    "/etcdserverpb.Maintenance/Alarm", Repeat::kSafe};
inline constexpr Method<pb::StatusRequest, pb::StatusResponse> kStatus{
    "/etcdserverpb.Maintenance/Status", Repeat::kSafe};
inline constexpr Method<pb::DefragmentRequest, pb::DefragmentResponse> kDefragment{
    "/etcdserverpb.Maintenance/Defragment", Repeat::kUnsafe};
inline constexpr Method<pb::HashKVRequest, pb::HashKVResponse> kHashKV{
    "/etcdserverpb.Maintenance/HashKV", Repeat::kSafe};
inline constexpr Method<pb::MoveLeaderRequest, pb::MoveLeaderResponse> kMoveLeader{
    "/etcdserverpb.Maintenance/MoveLeader", Repeat::kUnsafe};
inline constexpr Method<pb::DowngradeRequest, pb::DowngradeResponse> kDowngrade{
    "/etcdserverpb.Maintenance/Downgrade", Repeat::kUnsafe};

inline constexpr Method<pb::AuthEnableRequest, pb::AuthEnableResponse> kAuthEnable{
    "/etcdserverpb.Auth/AuthEnable", Repeat::kUnsafe};
inline constexpr Method<pb::AuthDisableRequest, pb::AuthDisableResponse> kAuthDisable{
    "/etcdserverpb.Auth/AuthDisable", Repeat::kUnsafe};
inline constexpr Method<pb::AuthStatusRequest, pb::AuthStatusResponse> kAuthStatus{
    "/etcdserverpb.Auth/AuthStatus", Repeat::kSafe};
inline constexpr Method<pb::AuthenticateRequest, pb::AuthenticateResponse> kAuthenticate{
    "/etcdserverpb.Auth/Authenticate", Repeat::kSafe};
inline constexpr Method<pb::AuthUserAddRequest, pb::AuthUserAddResponse> kUserAdd{
    "/etcdserverpb.Auth/UserAdd", Repeat::kUnsafe};
inline constexpr Method<pb::AuthUserGetRequest, pb::AuthUserGetResponse> kUserGet{
    "/etcdserverpb.Auth/UserGet", Repeat::kSafe};
inline constexpr Method<pb::AuthUserListRequest, pb::AuthUserListResponse> kUserList{
    "/etcdserverpb.Auth/UserList", Repeat::kSafe};
inline constexpr Method<pb::AuthUserDeleteRequest, pb::AuthUserDeleteResponse> kUserDelete{
    "/etcdserverpb.Auth/UserDelete", Repeat::kUnsafe};
inline constexpr Method<pb::AuthUserChangePasswordRequest,
                        pb::AuthUserChangePasswordResponse> kUserChangePassword{
    "/etcdserverpb.Auth/UserChangePassword", Repeat::kUnsafe};
inline constexpr Method<pb::AuthUserGrantRoleRequest, pb::AuthUserGrantRoleResponse> kUserGrantRole{
    "/etcdserverpb.Auth/UserGrantRole", Repeat::kUnsafe};
inline constexpr Method<pb::AuthUserRevokeRoleRequest,
                        pb::AuthUserRevokeRoleResponse> kUserRevokeRole{
    "/etcdserverpb.Auth/UserRevokeRole", Repeat::kUnsafe};
inline constexpr Method<pb::AuthRoleAddRequest, pb::AuthRoleAddResponse> kRoleAdd{
    "/etcdserverpb.Auth/RoleAdd", Repeat::kUnsafe};
inline constexpr Method<pb::AuthRoleGetRequest, pb::AuthRoleGetResponse> kRoleGet{
    "/etcdserverpb.Auth/RoleGet", Repeat::kSafe};
inline constexpr Method<pb::AuthRoleListRequest, pb::AuthRoleListResponse> kRoleList{
    "/etcdserverpb.Auth/RoleList", Repeat::kSafe};
inline constexpr Method<pb::AuthRoleDeleteRequest, pb::AuthRoleDeleteResponse> kRoleDelete{
    "/etcdserverpb.Auth/RoleDelete", Repeat::kUnsafe};
inline constexpr Method<pb::AuthRoleGrantPermissionRequest,
                        pb::AuthRoleGrantPermissionResponse> kRoleGrantPermission{
    "/etcdserverpb.Auth/RoleGrantPermission", Repeat::kUnsafe};
inline constexpr Method<pb::AuthRoleRevokePermissionRequest,
                        pb::AuthRoleRevokePermissionResponse> kRoleRevokePermission{
    "/etcdserverpb.Auth/RoleRevokePermission", Repeat::kUnsafe};

}  // namespace cairn::client
