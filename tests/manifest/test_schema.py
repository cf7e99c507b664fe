"""The table of fields: up to date, the same as our types', quick to read."""

import importlib.util
import sys
import time
from pathlib import Path

import msgspec
import pytest

from simulator.manifest import schema
from simulator.objects.base import KubeStruct, json_name
from simulator.objects.kinds import KINDS

ROOT = Path(__file__).parents[2]


def make():
    spec = importlib.util.spec_from_file_location("make_fields", ROOT / "tools/field_table/make.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_fields"] = module
    spec.loader.exec_module(module)
    return module


def test_the_table_is_what_the_models_say():
    pytest.importorskip("lightkube.models")
    made = make()
    assert made.text() == made.TARGET.read_text(), "run tools/field_table/make.py"


def structs():
    """Every type of ours with its name in the table, found by walking down from the kinds."""
    found, wanted = {}, []
    for kind in KINDS:
        entry = schema.served(kind.api_version, kind.name)
        if kind.struct is not None and entry is not None:
            wanted.append((kind.struct, entry.type))
    while wanted:
        struct, name = wanted.pop()
        if (struct, name) in found.items() or struct in found:
            continue
        found[struct] = name
        hints = msgspec.inspect.type_info(struct)
        codes = schema.fields(name)
        for field in hints.fields:
            code = codes.get(field.encode_name, "")
            inner = inner_struct(field.type)
            if inner is not None and "." in code and ":" not in code:
                wanted.append((inner, code.removeprefix("[]").removeprefix("{}")))
    return found


def inner_struct(info):
    if isinstance(info, msgspec.inspect.StructType):
        return info.cls
    for part in ("item_type", "value_type"):
        if getattr(info, part, None) is not None:
            return inner_struct(getattr(info, part))
    for part in getattr(info, "types", ()):
        if (inner := inner_struct(part)) is not None:
            return inner
    return None


STRUCTS = structs()


def test_the_walk_reaches_our_types():
    assert len(STRUCTS) > 100
    assert all(issubclass(struct, KubeStruct) for struct in STRUCTS)


@pytest.mark.parametrize("struct", sorted(STRUCTS, key=lambda s: s.__name__), ids=lambda s: s.__name__)
def test_our_types_have_exactly_the_fields_of_the_table(struct):
    ours = {field.encode_name for field in msgspec.inspect.type_info(struct).fields}
    assert ours == set(schema.fields(STRUCTS[struct]))


def test_names_are_written_as_kubernetes_writes_them():
    assert json_name("pod_ips") == "podIPs"


def test_reading_the_table_takes_milliseconds():
    schema._table.cache_clear()
    start = time.perf_counter()
    schema.served("v1", "Pod")
    assert time.perf_counter() - start < 0.05


def test_served_kinds():
    assert schema.served("apps/v1", "Deployment").plural == "deployments"
    assert schema.served("extensions/v1beta1", "Deployment") is None
    assert not schema.served("v1", "Namespace").namespaced
