// offline/inspect/kubernetes.h: what a Kubernetes API server keeps under a key: resource, namespace
// and name from the key, kind from the stored envelope. Values that are encrypted are named as
// such; nothing is ever decrypted.
//
// Keys: PREFIX/RESOURCE[/NAMESPACE]/NAME, with the API group before the resource for custom
// resources (apiserver's storage factory). A key with two names after the resource is taken for
// one with a namespace; no resource without has such names. Values: "k8s\0" and runtime.Unknown
// (protobuf), or JSON, or "k8s:enc:PROVIDER:v1:KEY:" and the cipher text (apiserver's
// EncryptionConfiguration).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cairn::offline {

// What the key alone says. Views point into the key.
struct KubernetesKey {
  std::string_view group;       // "cilium.io"; empty for built-in resources
  std::string_view resource;    // "pods", "services/specs"
  std::string_view name_space;  // empty for resources without
  std::string_view name;
};

// Nothing when the key doesn't begin with /registry/, /kubernetes.io/ or /openshift.io/ (both are
// OpenShift's), or what follows is not of the form above.
std::optional<KubernetesKey> ParseKubernetesKey(std::string_view key);

// What a value says of itself. `api_version` and `kind` are printable ASCII; names may hold
// anything.
struct KubernetesObject {
  enum class Form { kProtobuf, kJson, kEncrypted };
  Form form = Form::kProtobuf;
  std::string api_version, kind;   // empty when encrypted
  std::string name_space, name;    // of the object's metadata, where it has any
  std::string provider, key_name;  // when encrypted: "aescbc", "key1"
};

// Nothing for any other value, damaged envelopes among them, so that a caller shows the bytes.
// Never fails. Reads all of the value once: about its length.
std::optional<KubernetesObject> ParseKubernetesValue(std::string_view value);

}  // namespace cairn::offline
