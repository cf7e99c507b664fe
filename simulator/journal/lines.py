"""The journal as text: JSON lines, Kubernetes watch events with a clock. Written here, read back here, and nowhere else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import msgspec

from simulator.errors import JournalError, Problem
from simulator.journal.journal import Journal
from simulator.journal.records import NO_CAUSE, Cause, ChangeType, Fact, Header, LogLine, Record, Write
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, from_builtins, to_builtins
from simulator.units import MILLISECOND, SECOND, parse_time, seconds

HEADER, END = "HEADER", "END"
FORM = "lines"
"""Says in a header that an END line closes the journal. Recordings and journals of older versions have none."""
_LOG_FIELDS = ("component", "node", "namespace", "pod", "container", "run", "stream")


def dump(journal: Journal) -> Iterator[str]:
    """The lines of a journal, without line ends."""
    encode = msgspec.json.Encoder().encode
    yield encode({"type": HEADER, **msgspec.to_builtins(journal.header)}).decode()
    for record in journal:
        yield encode(_as_json(record)).decode()


def export(journal: Journal) -> Iterator[str]:
    """The lines of a journal with their line ends and an END, by which `load` notices that lines are missing or changed."""
    closing = _Closing()
    for number, line in enumerate(dump(journal)):
        text = line if number else line.replace('"HEADER"', f'"HEADER","form":"{FORM}"', 1)
        closing.add(text.encode())
        yield f"{text}\n"
    end = {"t": _seconds(journal.end), "type": END, "records": closing.lines - 1, "digest": closing.digest()}
    yield f"{msgspec.json.encode(end).decode()}\n"


class _Closing:
    """The number of lines so far, and their digest: SHA-256 of the lines with a line feed after each."""

    def __init__(self) -> None:
        self.lines = 0
        self._hash = hashlib.sha256()

    def add(self, line: bytes) -> None:
        """Add a line without its end."""
        self.lines += 1
        self._hash.update(line + b"\n")

    def digest(self) -> str:
        """The digest so far."""
        return self._hash.hexdigest()


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


class _Line(msgspec.Struct, tag_field="type"):
    """A record as it is written down; `t` in seconds."""

    t: float


class _LogLine(_Line, tag="LOG"):
    line: str
    component: str = ""
    node: str = ""
    namespace: str = ""
    pod: str = ""
    container: str = ""
    run: int = 0
    stream: str = ""


class _FactLine(_Line, tag="FACT"):
    fact: str
    about: tuple[str, str, str]
    data: dict[str, Any]
    cause: tuple[int, str] = NO_CAUSE


class _Added(_Line, tag="ADDED"):
    type: ClassVar[ChangeType] = "ADDED"
    object: dict[str, Any]
    revision: int = 0
    cause: tuple[int, str] = NO_CAUSE


class _Modified(_Added, tag="MODIFIED"):
    type: ClassVar[ChangeType] = "MODIFIED"


class _Deleted(_Added, tag="DELETED"):
    type: ClassVar[ChangeType] = "DELETED"


class _End(msgspec.Struct, tag_field="type", tag=END):
    """The last line: the number of records before it, and the digest of all lines before it."""

    records: int
    digest: str


OUT_OF_ORDER = 100 * MILLISECOND
"""How much later a change of a real cluster may arrive than one that happened after it: each kind is watched for itself."""
_RecordLine = _LogLine | _FactLine | _Added | _Modified | _Deleted
_AnyLine = _RecordLine | _End
_TYPES = ("ADDED", "MODIFIED", "DELETED", "LOG", "FACT", END)
_NOT_READABLE = (msgspec.DecodeError, RecursionError, ValueError)


def load(lines: Iterable[str | bytes], name: str = "-") -> Journal:
    """Read a journal back. Raises JournalError, with `name` as the file, at the first line that is not one of a journal."""
    decode = msgspec.json.Decoder(_AnyLine).decode
    journal: Journal | None = None
    last: int | None = None
    closing, ended, form = _Closing(), False, ""
    for number, line in enumerate(lines, start=1):
        text = (line.encode("utf-8", "surrogateescape") if isinstance(line, str) else line).strip()
        if not text:
            continue
        if ended:
            raise _refused(name, number, "it is after the END")
        try:
            if journal is None:
                form, header = header_of(text)
                journal = Journal(header)
                closing.add(text)
                continue
            one = decode(text)
            if isinstance(one, _End):
                _check_end(one, closing, name, number)
                ended = True
                continue
            record = _record(one)
        except _NOT_READABLE as error:
            raise _refused(name, number, _mistake(text, first=journal is None)) from error
        if last is not None and record.t < last:
            if journal.header.podsim or record.t < last - OUT_OF_ORDER:
                raise _refused(name, number, "it is earlier than the line before it")
            record = record._replace(t=last)
        last = record.t
        journal.append(record)
        closing.add(text)
    if journal is None:
        raise JournalError([Problem(name, 0, 0, "", "empty file: a journal begins with a HEADER line")])
    if form == FORM and not ended:
        raise JournalError([Problem(name, 0, 0, "", f"this journal is cut after {closing.lines - 1:,} records: its END line is missing")])
    journal.is_checked = ended
    return journal


def _check_end(end: _End, closing: _Closing, name: str, number: int) -> None:
    if (end.records, end.digest) != (closing.lines - 1, closing.digest()):
        why = f"this journal is damaged: its END line is for {end.records:,} records with another digest than these {closing.lines - 1:,}"
        raise JournalError([Problem(name, number, 0, "", why)])


def _refused(name: str, number: int, mistake: str) -> JournalError:
    return JournalError([Problem(name, number, 0, "", f"not a line of a journal: {mistake}")])


def header_of(line: bytes) -> tuple[str, Header]:
    """The form that a header names and the header. Raises ValueError."""
    data = msgspec.json.decode(line, type=dict[str, Any])
    if data.pop("type", "") != HEADER:
        raise ValueError("a different type")
    form, header = str(data.pop("form", "")), msgspec.convert(data, Header)
    parse_time(header.start_time)
    return form, header


def _record(line: _RecordLine) -> Record:
    t = round(line.t * SECOND)
    if isinstance(line, _LogLine):
        return LogLine(t, line.line, line.component, line.node, line.namespace, line.pod, line.container, line.run, line.stream)
    if isinstance(line, _FactLine):
        return Fact(t, line.fact, Key(*line.about), line.data, Cause(*line.cause))
    item = from_builtins(line.object)
    version = item.metadata.resource_version
    return Write(t, line.revision or int(version if version.isdigit() else 0), line.type, item, Cause(*line.cause))


def _mistake(line: str | bytes, *, first: bool) -> str:
    """Why a line cannot be read. The library that refused it has sentences of its own, which differ from release to release."""
    try:
        data = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return "it is not JSON"
    if not isinstance(data, dict):
        return "it is not a JSON object"
    kind = data.get("type")
    if first:
        return "the first line must be the HEADER" if kind != HEADER else _misfit(data, HEADER, Header)
    if kind not in _TYPES:
        return "it has no type" if kind is None else f"unknown type {kind!r}"
    return _misfit(data, kind, next(struct for struct in (_LogLine, _FactLine, _Added, _Modified, _Deleted, _End) if _tag(struct) == kind))


def _tag(struct: type[msgspec.Struct]) -> object:
    return struct.__struct_config__.tag


def _misfit(data: JSON, kind: str, struct: type[msgspec.Struct]) -> str:
    """The first field that a line of this type lacks, or whose value is not of the field's type."""
    for field in msgspec.structs.fields(struct):
        if field.encode_name not in data:
            if field.required:
                return f"type {kind} needs the field {field.encode_name}"
            continue
        try:
            msgspec.convert(data[field.encode_name], field.type)
        except msgspec.ValidationError:
            return f"type {kind}: the field {field.encode_name} has a wrong type"
    return "startTime is not a time" if kind == HEADER else "its object is not a Kubernetes API object"
