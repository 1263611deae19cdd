// tests/unit/offline/kubernetes_test.cc: keys and values of a Kubernetes API server, and bytes that
// only look like them.
#include "offline/inspect/kubernetes.h"

#include <doctest/doctest.h>

#include <string>

#include "proto/wire.h"

namespace cairn::offline {
namespace {

using Form = KubernetesObject::Form;

// "group resource namespace name", or "none".
std::string Key(std::string_view key) {
  const auto parsed = ParseKubernetesKey(key);
  if (!parsed.has_value()) return "none";
  std::string text;
  for (const std::string_view part : {parsed->group, parsed->resource, parsed->name_space}) {
    text += std::string(part.empty() ? "-" : part) + " ";
  }
  return text + std::string(parsed->name);
}

TEST_CASE("keys of built-in resources, with and without a namespace") {
  CHECK(Key("/registry/pods/default/web-0") == "- pods default web-0");
  CHECK(Key("/registry/minions/node-1.example.com") == "- minions - node-1.example.com");
  CHECK(Key("/registry/namespaces/kube-system") == "- namespaces - kube-system");
  CHECK(Key("/registry/events/default/web-0.17a") == "- events default web-0.17a");
  CHECK(Key("/registry/leases/kube-node-lease/n1") == "- leases kube-node-lease n1");
  CHECK(Key("/registry/services/specs/default/web") == "- services/specs default web");
  CHECK(Key("/registry/services/endpoints/default/web") == "- services/endpoints default web");
  CHECK(Key("/registry/ranges/serviceips") == "- ranges - serviceips");
  CHECK(Key("/registry/masterleases/10.0.0.1") == "- masterleases - 10.0.0.1");
  CHECK(Key("/registry/clusterroles/system:node") == "- clusterroles - system:node");
  CHECK(Key("/kubernetes.io/secrets/openshift/pull") == "- secrets openshift pull");
  CHECK(Key("/openshift.io/oauth/clients/console") == "- oauth/clients - console");
}

TEST_CASE("keys of groups, whose names have dots") {
  CHECK(Key("/registry/cilium.io/ciliumnodes/n1") == "cilium.io ciliumnodes - n1");
  CHECK(Key("/registry/cert-manager.io/certificates/web/tls") ==
        "cert-manager.io certificates web tls");
  CHECK(Key("/registry/apiextensions.k8s.io/customresourcedefinitions/a.b.io") ==
        "apiextensions.k8s.io customresourcedefinitions - a.b.io");
  CHECK(Key("/registry/apiregistration.k8s.io/apiservices/v1.apps") ==
        "apiregistration.k8s.io apiservices - v1.apps");
  CHECK(Key("/registry/serving.knative.dev/services/specs/web") ==
        "serving.knative.dev services specs web");
}

TEST_CASE("keys that are not of this form are none") {
  for (const char* key :
       {"", "/", "/registry", "/registry/", "/registry/pods", "/registry/pods/", "/registry//name",
        "/registry/pods//name", "/registry/pods/ns/", "/registry/pods/ns/name/more",
        "/registry/cilium.io", "/registry/cilium.io/", "/registry/cilium.io/nodes",
        "compact_rev_key", "registry/pods/a/b", "/registry2/pods/a/b", "/registry/services/specs/",
        "/coreos.com/network/config"}) {
    CAPTURE(key);
    CHECK(Key(key) == "none");
  }
}

std::string Protobuf(std::string_view api_version, std::string_view kind, std::string_view name,
                     std::string_view name_space, std::string_view encoding = {}) {
  std::string meta, raw, type, out("k8s\0", 4);
  proto::WireWriter meta_writer(meta);
  meta_writer.BytesNonEmpty(1, name);
  meta_writer.BytesNonEmpty(3, name_space);
  proto::WireWriter raw_writer(raw);
  raw_writer.Bytes(1, meta);
  raw_writer.Bytes(2, "spec");
  proto::WireWriter type_writer(type);
  type_writer.Bytes(1, api_version);
  type_writer.Bytes(2, kind);
  proto::WireWriter writer(out);
  writer.Bytes(1, type);
  writer.Bytes(2, raw);
  writer.Bytes(3, encoding);
  writer.Bytes(4, "");
  return out;
}

TEST_CASE("a protobuf envelope tells kind, namespace and name") {
  const auto pod = ParseKubernetesValue(Protobuf("v1", "Pod", "web-0", "default"));
  REQUIRE(pod.has_value());
  CHECK(pod->form == Form::kProtobuf);
  CHECK(pod->api_version == "v1");
  CHECK(pod->kind == "Pod");
  CHECK(pod->name == "web-0");
  CHECK(pod->name_space == "default");
  const auto role = ParseKubernetesValue(
      Protobuf("rbac.authorization.k8s.io/v1", "ClusterRole", "system:node", ""));
  REQUIRE(role.has_value());
  CHECK(role->name == "system:node");
  CHECK(role->name_space == "");
  const auto packed = ParseKubernetesValue(Protobuf("v1", "Pod", "web-0", "default", "gzip"));
  REQUIRE(packed.has_value());
  CHECK(packed->kind == "Pod");
  CHECK(packed->name == "");
}

TEST_CASE("an envelope that is cut anywhere is never more than a part of itself") {
  const std::string whole = Protobuf("v1", "ConfigMap", "settings", "default");
  for (size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const auto object = ParseKubernetesValue(whole.substr(0, size));
    if (!object.has_value()) continue;
    CHECK(object->kind == "ConfigMap");  // cut between two fields
    CHECK((object->name == "" || object->name == "settings"));
  }
  CHECK(!ParseKubernetesValue(whole.substr(0, whole.size() - 5)).has_value());
  std::string longer = whole;
  longer[5] = 0x7f;  // the type's length leaves the value
  CHECK(!ParseKubernetesValue(longer).has_value());
  CHECK(!ParseKubernetesValue(Protobuf("v1", "Po\nd", "web", "default")).has_value());
  CHECK(!ParseKubernetesValue(Protobuf("v1", "", "web", "default")).has_value());
}

TEST_CASE("a JSON object tells the same, whatever else is in it") {
  const auto object = ParseKubernetesValue(
      R"({"spec":{"kind":"x","metadata":{"name":"inner"}},"list":[{"kind":"y","name":"z"}],)"
      R"("metadata":{"labels":{"name":"label"},"owners":[{"name":"o"}],"name":"n1",)"
      R"("namespace":"ns"},"apiVersion":"cilium.io/v2","status":{"namespace":"w"},)"
      R"("kind":"CiliumNode"})");
  REQUIRE(object.has_value());
  CHECK(object->form == Form::kJson);
  CHECK(object->api_version == "cilium.io/v2");
  CHECK(object->kind == "CiliumNode");
  CHECK(object->name == "n1");
  CHECK(object->name_space == "ns");
}

TEST_CASE("JSON that is no object of Kubernetes is none") {
  for (const char* text :
       {"{", "{}", "{\"kind\":7}", "{\"kind\":\"\"}", "{\"kind\":\"Pod\"", "{\"kind\":\"Pod\"}}",
        "{\"a\":{\"kind\":\"Pod\"}}", "[{\"kind\":\"P\"}]", "{\"kind\":\"Pod\",}",
        "{\"kind\":\"P\\u0007d\"}"}) {
    CAPTURE(text);
    CHECK(!ParseKubernetesValue(text).has_value());
  }
  // Nested deeper than any stack would take.
  const std::string deep = "{\"kind\":\"Pod\",\"a\":" + std::string(3'000'000, '[');
  CHECK(!ParseKubernetesValue(deep).has_value());
}

TEST_CASE("an encrypted value tells by what, and nothing of its content") {
  const auto object = ParseKubernetesValue("k8s:enc:aescbc:v1:key1:\x01\x02:\x03");
  REQUIRE(object.has_value());
  CHECK(object->form == Form::kEncrypted);
  CHECK(object->provider == "aescbc");
  CHECK(object->key_name == "key1");
  CHECK(object->kind == "");
  const auto kms = ParseKubernetesValue("k8s:enc:kms:v2:vault:\x0a\x02");
  REQUIRE(kms.has_value());
  CHECK(kms->provider == "kms");
  CHECK(kms->key_name == "vault");
  for (const char* text : {"k8s:enc:", "k8s:enc:aescbc:v1:key1", "k8s:enc::v1:key:x",
                           "k8s:enc:aescbc:1:key:x", "k8s:enc:aescbc:v1::x"}) {
    CAPTURE(text);
    CHECK(!ParseKubernetesValue(text).has_value());
  }
}

TEST_CASE("other values are none") {
  for (const char* text : {"", "k", "k8s", "hello", "\"kind\"", "10.0.0.1"}) {
    CHECK(!ParseKubernetesValue(text).has_value());
  }
  CHECK(!ParseKubernetesValue(std::string_view("k8s\0", 4)).has_value());
}

}  // namespace
}  // namespace cairn::offline
