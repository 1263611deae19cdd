# tests/cli/gateway.py: keys of any bytes, put and read through a real server's JSON gateway.
import base64
import json
import urllib.request


def b64(data):
    return base64.b64encode(data).decode()


def call(cluster, method, request):
    """The answer of one call: call(cluster, "kv/range", {...})."""
    url = f"http://{cluster.endpoint}/v3/{method}"
    with urllib.request.urlopen(url, json.dumps(request).encode(), timeout=20) as answer:
        return json.load(answer)


def put(cluster, key, value, lease=0):
    return call(cluster, "kv/put", {"key": b64(key), "value": b64(value), "lease": str(lease)})


def delete(cluster, key):
    call(cluster, "kv/deleterange", {"key": b64(key)})


def revision(cluster):
    answer = call(cluster, "kv/range", {"key": b64(b"x"), "count_only": True})
    return int(answer["header"]["revision"])


def pairs(cluster, at=0):
    """{key: {"value": …, "lease": …, "mod": …, "create": …, "version": …}}."""
    answer = call(cluster, "kv/range", {"key": b64(b"\0"), "range_end": b64(b"\0"),
                                        "revision": str(at)})
    return {base64.b64decode(kv["key"]): {
        "value": base64.b64decode(kv.get("value", "")), "lease": int(kv.get("lease", 0)),
        "mod": int(kv["mod_revision"]), "create": int(kv["create_revision"]),
        "version": int(kv["version"])} for kv in answer.get("kvs", [])}
