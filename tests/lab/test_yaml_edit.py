"""A value changes; comments, order and layout of the rest stay."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from simulator.lab.yaml_edit import Path, node_at, put, roots, text_at

TEXT = """\
# naïve – ☃
kind: A
spec:
  replicas: 2  # two
  list:
  - name: x
    probe: {path: /, port: 80}
  - {name: y}
  empty: {}
  none:
  script: |
    echo a

# behind
---
kind: B
spec: {items: [1, 2], text: "a: b"}
"""


@pytest.mark.parametrize(
    ("document", "path", "value", "before", "after"),
    [
        (0, ("spec", "replicas"), 5, "replicas: 2  # two", "replicas: 5  # two"),
        (0, ("spec", "list", 0, "probe", "port"), 81, "port: 80}", "port: 81}"),
        (0, ("spec", "list", 0, "probe", "periodSeconds"), 3, "port: 80}", "port: 80, periodSeconds: 3}"),
        (0, ("spec", "list", 1, "image"), "x:1", "{name: y}", '{name: y, image: "x:1"}'),
        (0, ("spec", "empty", "a"), 1, "empty: {}", "empty: {a: 1}"),
        (0, ("spec", "none"), 1, "none:\n", "none: 1\n"),
        (0, ("spec", "none", "a"), 1, "none:\n", "none: {a: 1}\n"),
        (0, ("spec", "list", 2), {"name": "z"}, "  - {name: y}\n", "  - {name: y}\n  - {name: z}\n"),
        (0, ("spec", "new", "deep"), 1, "    echo a\n\n", "    echo a\n\n  new: {deep: 1}\n"),
        (1, ("spec", "items", 2), 3, "[1, 2]", "[1, 2, 3]"),
        (1, ("spec", "text"), "c", '"a: b"', "c"),
        (1, ("more",), None, 'text: "a: b"}\n', 'text: "a: b"}\nmore: null\n'),
    ],
)
def test_put(document: int, path: Path, value: Any, before: str, after: str) -> None:
    assert TEXT.count(before) == 1
    changed = put(TEXT, document, path, value)
    assert changed == TEXT.replace(before, after)
    assert len(list(yaml.safe_load_all(changed))) == 2


def test_a_file_without_an_end_of_line_and_an_empty_file() -> None:
    assert put("a: 1", 0, ("b",), 2) == "a: 1\nb: 2\n"
    assert yaml.safe_load(put("", 0, ("a", "b"), 2)) == {"a": {"b": 2}}


def test_looking_up() -> None:
    first, second = roots(TEXT)
    assert text_at(first, ("spec", "list", 0, "probe", "port")) == "80"
    assert text_at(first, ("spec", "list")) is None
    assert node_at(second, ("spec", "items", 5)) is None
    assert roots("a: [") == []
