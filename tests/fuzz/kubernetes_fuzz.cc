// tests/fuzz/kubernetes_fuzz.cc: any bytes as a key and as a value of a Kubernetes API server.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "offline/inspect/kubernetes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using cairn::offline::KubernetesObject;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto key = cairn::offline::ParseKubernetesKey(bytes); key.has_value()) {
    CAIRN_CHECK(!key->resource.empty() && !key->name.empty());
    // Group, resource, namespace and name stand in the key in this order.
    const char* at = bytes.data();
    for (const std::string_view part : {key->group, key->resource, key->name_space, key->name}) {
      if (part.empty()) continue;
      CAIRN_CHECK(part.data() > at && part.data() + part.size() <= bytes.data() + size);
      at = part.data() + part.size();
    }
    CAIRN_CHECK(at == bytes.data() + size);
  }
  if (const auto object = cairn::offline::ParseKubernetesValue(bytes); object.has_value()) {
    if (object->form == KubernetesObject::Form::kEncrypted) {
      CAIRN_CHECK(object->kind.empty() && object->name.empty() && !object->provider.empty());
    } else {
      CAIRN_CHECK(!object->kind.empty() && object->provider.empty());
    }
  }
  return 0;
}
