"""Protobuf bodies: what kubectl 1.36 sent, and what an encoder of our own makes of any object."""

from __future__ import annotations

import base64
import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.manifest.schema import fields
from simulator.manifest.wire import MAGIC, _numbers, decode_message

SENT = (
    ("azhzAAoPCgJ2MRIJQ29uZmlnTWFwEiAKFgoCbTESABoEazEzNiIAKgAyADgAQgASBgoBYRIBYhoAIgA=",
     {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m1", "namespace": "k136"}, "data": {"a": "b"}}),
    ("azhzAAoTCgJ2MRINUmVzb3VyY2VRdW90YRIqChYKAnExEgAaBGsxMzYiACoAMgA4AEIAEg4KDAoEcG9kcxIECgI1MBoAGgAiAA==",
     {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q1", "namespace": "k136"}, "spec": {"hard": {"pods": "50"}}}),
    ("azhzAAooChhhdXRoZW50aWNhdGlvbi5rOHMuaW8vdjESDFRva2VuUmVxdWVzdBIaChAKABIAGgAiACoAMgA4AEIAEgAaBAoAEgAaACIA",
     {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest"}),
)  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SENT)
def test_what_kubectl_sent(text: str, value: dict[str, Any]):
    assert decode_message(base64.b64decode(text)) == value


def varint(number: int) -> bytes:
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def part(number: int, value: Any) -> bytes:
    if isinstance(value, bool | int):
        return varint(number << 3) + varint(int(value))
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def encoded(value: Any, code: str) -> Any:
    kind = code.partition(":")[0]
    if kind == "Q":
        return part(1, value)
    if kind == "I":
        return part(1, 1) + part(3, value) if isinstance(value, str) else part(1, 0) + part(2, value)
    return message(value, kind) if isinstance(value, dict) else value


def message(value: dict[str, Any], type_name: str, owner: str = "") -> bytes:
    own = _numbers()[type_name]
    inline = {field: name for name in own if name.startswith("<") for field in _numbers()[name[1:]]}
    out = b""
    for name in (name for name in own if name.startswith("<")):
        out += part(abs(own[name]), message({field: value[field] for field in value if inline.get(field) == name}, name[1:], type_name))
    for field, item in value.items():
        number, code = abs(own.get(field, 0)), fields(owner or type_name).get(field, "")
        if not number:
            continue
        if code[:2] == "[]":
            out += b"".join(part(number, encoded(one, code[2:])) for one in item)
        elif code[:2] == "{}":
            out += b"".join(part(number, part(1, key) + part(2, encoded(one, code[2:]))) for key, one in item.items())
        else:
            out += part(number, encoded(item, code))
    return out


WORDS = st.text("abc-é", min_size=1, max_size=6)
MAPS = st.dictionaries(WORDS, st.text("xyz", max_size=3), min_size=1, max_size=3)
PORTS = st.one_of(st.integers(1, 2**31 - 1), WORDS)
PROBES = st.fixed_dictionaries({"httpGet": st.fixed_dictionaries({"path": WORDS, "port": PORTS})}, optional={"periodSeconds": st.just(3)})
CONTAINERS = st.fixed_dictionaries(
    {"name": WORDS},
    optional={
        "args": st.lists(WORDS, min_size=1, max_size=3),
        "resources": st.fixed_dictionaries({"limits": st.dictionaries(WORDS, st.just("1500m"), min_size=1, max_size=2)}),
        "livenessProbe": PROBES,
        "tty": st.just(True),
    },
)
VOLUMES = st.fixed_dictionaries({"name": WORDS, "emptyDir": st.just({})})
PODS = st.fixed_dictionaries(
    {"metadata": st.fixed_dictionaries({"name": WORDS}, optional={"labels": MAPS, "generation": st.integers(1, 2**62)})},
    optional={
        "spec": st.fixed_dictionaries(
            {"containers": st.lists(CONTAINERS, min_size=1, max_size=2)},
            optional={"volumes": st.lists(VOLUMES, min_size=1, max_size=2), "activeDeadlineSeconds": st.integers(-(2**63), 2**63 - 1)},
        )
    },
)


@settings(max_examples=60, deadline=None)
@given(PODS)
def test_any_pod_comes_back(pod: dict[str, Any]):
    known = part(1, part(1, "v1") + part(2, "Pod"))
    assert decode_message(MAGIC + known + part(2, message(pod, "core.v1.Pod"))) == {"apiVersion": "v1", "kind": "Pod", **pod}


def test_times_keep_their_digits():
    moment = part(1, 1_700_000_000) + part(2, 5_000)
    lease = part(2, part(1, "me") + part(4, moment))
    known = part(1, part(1, "coordination.k8s.io/v1") + part(2, "Lease"))
    read = decode_message(MAGIC + known + part(2, lease))
    assert read["spec"] == {"holderIdentity": "me", "renewTime": "2023-11-14T22:13:20.000005Z"}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40))
def test_bytes_that_are_no_message_are_refused_in_words(data: bytes):
    known = part(1, part(1, "v1") + part(2, "Pod"))
    with contextlib.suppress(ValueError):
        decode_message(MAGIC + known + part(2, data))
    with pytest.raises(ValueError, match="does not appear to be a protobuf message"):
        decode_message(b"x" + data)
