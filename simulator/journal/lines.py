"""The journal as text: JSON lines, Kubernetes watch events with a clock. Written here, read back here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from simulator.errors import JournalError, Problem
from simulator.journal.journal import Journal
from simulator.journal.records import NO_CAUSE, Cause, Fact, Header, LogLine, Record, Write
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, from_builtins, to_builtins
from simulator.units import SECOND, seconds

_LOG_FIELDS = ("component", "node", "namespace", "pod", "container", "run", "stream")


def dump(journal: Journal) -> Iterator[str]:
    """The lines of a journal, without line ends."""
    encode = msgspec.json.Encoder().encode
    yield encode({"type": "HEADER", **msgspec.to_builtins(journal.header)}).decode()
    for record in journal:
        yield encode(_as_json(record)).decode()


def _seconds(t: int) -> float:
    return round(seconds(t), 9)


def _as_json(record: Record) -> JSON:
    if isinstance(record, Write):
        line: JSON = {"t": _seconds(record.t), "type": record.type, "revision": record.revision, "object": to_builtins(record.item)}
    elif isinstance(record, LogLine):
        named = {name: getattr(record, name) for name in _LOG_FIELDS if getattr(record, name)}
        return {"t": _seconds(record.t), "type": "LOG", **named, "line": record.line}
    else:
        line = {"t": _seconds(record.t), "type": "FACT", "fact": record.what, "about": list(record.about), "data": record.data}
    if record.cause != NO_CAUSE:
        line["cause"] = list(record.cause)
    return line


def load(lines: Iterable[str | bytes], name: str = "-") -> Journal:
    """Read a journal back. Raises JournalError, with `name` as the file, when a line is none of ours."""
    decode = msgspec.json.Decoder().decode
    journal: Journal | None = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            data = decode(line)
            if journal is None:
                journal = Journal(_header(data))
            else:
                journal.append(_record(data))
        except (msgspec.DecodeError, ValueError, KeyError, TypeError, AssertionError) as error:
            raise JournalError([Problem(name, number, 0, "", f"not a line of a journal: {error}")]) from error
    if journal is None:
        raise JournalError([Problem(name, 0, 0, "", "empty: a journal begins with a HEADER line")])
    return journal


def _header(data: JSON) -> Header:
    if data.pop("type", "") != "HEADER":
        raise ValueError("the first line must be the HEADER")
    return msgspec.convert(data, Header)


def _record(data: JSON) -> Record:
    t = round(data["t"] * SECOND)
    cause = Cause(*data["cause"]) if "cause" in data else NO_CAUSE
    match data["type"]:
        case "LOG":
            return LogLine(t, data["line"], **{name: data[name] for name in _LOG_FIELDS if name in data})
        case "FACT":
            return Fact(t, data["fact"], Key(*data["about"]), data["data"], cause)
        case "ADDED" | "MODIFIED" | "DELETED":
            return Write(t, int(data.get("revision") or _revision(data["object"])), data["type"], from_builtins(data["object"]), cause)
        case other:
            raise ValueError(f"unknown type {other!r}")


def _revision(item: dict[str, Any]) -> int:
    version = str((item.get("metadata") or {}).get("resourceVersion", ""))
    return int(version) if version.isdigit() else 0
