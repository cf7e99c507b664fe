"""The kubelet's own log, in klog's format, as records of the journal."""

from __future__ import annotations

import json
from functools import lru_cache

from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.journal import Journal
from simulator.journal.records import LogLine
from simulator.objects.pod import Pod
from simulator.units import SECOND, format_time

PID = 1234
_ESCAPES = dict(zip('\a\b\f\n\r\t\v\\"', (r"\a", r"\b", r"\f", r"\n", r"\r", r"\t", r"\v", r"\\", r"\""), strict=True))


class Klog:
    """Writes lines such as `I1114 21:06:39.123456    1234 kubelet.go:2397] "SyncLoop ADD" source="api" pods=["pb/web"]`."""

    def __init__(self, engine: Engine, journal: Journal, dialect: Dialect, node: str) -> None:
        self._engine = engine
        self._dialect = dialect
        self._journal = journal
        self._node = node

    def info(self, message: str, /, **values: object) -> None:
        """An I line; values are printed as klog prints them."""
        self._write("I", message, values)

    def error(self, message: str, err: str, /, **values: object) -> None:
        """An E line; the error comes first."""
        self._write("E", message, {"err": err, **values})

    def _write(self, level: str, message: str, values: dict[str, object]) -> None:
        wall = self._engine.wall
        stamp = format_time(wall)
        head = f"{level}{stamp[5:7]}{stamp[8:10]} {stamp[11:19]}.{wall % SECOND // 1000:06d} {PID:>7} {self._dialect.log_place(message)}]"
        pairs = "".join(f" {key}={_printed(value)}" for key, value in values.items())
        pod = next((value for value in _pods(values)), None)
        namespace, name = (pod.metadata.namespace, pod.metadata.name) if pod is not None else ("", "")
        line = f"{head} {go_quoted(message)}{pairs}"
        self._journal.append(LogLine(self._engine.now, line, "kubelet", self._node, namespace, name))


@lru_cache(maxsize=1024)
def go_quoted(text: str) -> str:
    """A string as Go's %q prints it."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_ESCAPES.get(char) or (char if char.isprintable() else _escaped(ord(char))) for char in text) + '"'


def _escaped(code: int) -> str:
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _pods(values: dict[str, object]) -> list[Pod]:
    """All pods among the values, and in lists of them."""
    items = (item for value in values.values() for item in (value if isinstance(value, list) else [value]))
    return [item for item in items if isinstance(item, Pod)]


def _printed(value: object) -> str:
    """A value in klog's text format: strings and errors quoted, several lines as a block, structs as JSON."""
    if isinstance(value, Pod):
        return f'"{value.metadata.namespace}/{value.metadata.name}"'
    if isinstance(value, list) and all(isinstance(item, Pod) for item in value):
        return "[" + ",".join(_printed(item) for item in value) + "]"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    text = str(value)
    if "\n" in text:
        body = "".join(f"\n\t{line}" for line in text.removesuffix("\n").split("\n"))
        return f"<{body}\n >"
    return go_quoted(text)
