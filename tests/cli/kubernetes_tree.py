# tests/cli/kubernetes_tree.py: what an API server would have stored, in all its forms.
import json


def field(number, data):
    """A field of bytes in protobuf's encoding."""
    def varint(value):
        out = b""
        while value > 0x7f:
            out += bytes([value & 0x7f | 0x80])
            value >>= 7
        return out + bytes([value])
    return varint(number << 3 | 2) + varint(len(data)) + data


def protobuf(api_version, kind, name, namespace="", body=b"\x12\x04\xff\x00\x01\n"):
    """runtime.Unknown after the API server's magic, an object with metadata inside."""
    metadata = field(1, name.encode()) + (field(3, namespace.encode()) if namespace else b"")
    type_meta = field(1, api_version.encode()) + field(2, kind.encode())
    return b"k8s\0" + field(1, type_meta) + field(2, field(1, metadata) + body)


def as_json(api_version, kind, name, namespace="", **more):
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return json.dumps({"apiVersion": api_version, "kind": kind, "metadata": metadata,
                       **more}).encode() + b"\n"


def encrypted(provider, key_name, body=bytes(range(256))):
    return f"k8s:enc:{provider}:v1:{key_name}:".encode() + body


def tree(namespaces, pods=3):
    """{key: value}; every form, several resources, also without namespace."""
    out = {b"/registry/minions/node-1": protobuf("v1", "Node", "node-1"),
           b"/registry/cilium.io/ciliumnodes/node-1":
               as_json("cilium.io/v2", "CiliumNode", "node-1", spec={"text": "it's all $HOME \\n"}),
           b"/registry/clusterroles/shop": protobuf("rbac.authorization.k8s.io/v1", "ClusterRole",
                                                    "shop")}
    for ns in namespaces:
        out[f"/registry/namespaces/{ns}".encode()] = protobuf("v1", "Namespace", ns)
        for i in range(pods):
            out[f"/registry/pods/{ns}/web-{i}".encode()] = protobuf("v1", "Pod", f"web-{i}", ns,
                                                                     bytes([i]) * 900 * i)
        out[f"/registry/secrets/{ns}/token".encode()] = encrypted("aescbc", "key1")
        out[f"/registry/services/specs/{ns}/web".encode()] = protobuf("v1", "Service", "web", ns)
        out[f"/registry/deployments/{ns}/web".encode()] = protobuf("apps/v1", "Deployment", "web",
                                                                   ns, b"\xfe" * 200_000)
        out[f"/registry/example.com/widgets/{ns}/one".encode()] = as_json("example.com/v1",
                                                                          "Widget", "one", ns)
    return out
