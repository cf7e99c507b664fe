"""The log of a container over HTTP: which lines an answer has, and what follows in one that is followed."""

from __future__ import annotations

import asyncio
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from simulator.api import ApiError
from simulator.journal.records import LogLine
from simulator.journal.snapshot import Snapshot
from simulator.journal.stretch import TIME
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.read.log_sources import Source, goes_on, run_of
from simulator.kubectl.view import View
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.serve.http import AVAILABLE, Connection, Request, accepted
from simulator.serve.session import World
from simulator.units import SECOND, format_time, parse_time

LOG_MEDIA = ("application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "application/*", "*/*")
"""What a client must read to get a log."""
_FALSE = ("false", "0")
_INTEGER = re.compile(r"[+-]?\d+")


class LogQuery(msgspec.Struct, frozen=True):
    """The parameters of a request for a log (core/v1 PodLogOptions). Numbers that are None were not given."""

    container: str = ""
    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    since_seconds: int | None = None
    since_time: str = ""
    tail_lines: int | None = None
    limit_bytes: int | None = None
    stream: str = ""


def log_query(query: Mapping[str, Sequence[str]], pod: str) -> LogQuery:
    """The parameters in a URL. Raises ApiError: BadRequest for what cannot be read, Invalid for values that make no sense."""
    first = {name: values[0] for name, values in query.items() if values}
    numbers = {name: _number(first.get(name, "")) for name in ("sinceSeconds", "tailLines", "limitBytes")}
    since = first.get("sinceTime", "")
    if since:
        try:
            parse_time(since)
        except ValueError as error:
            layout = "2006-01-02T15:04:05Z07:00"
            raise ApiError("BadRequest", f'parsing time "{since}" as "{layout}": cannot parse "{since}" as "2006"') from error
    options = LogQuery(
        container=first.get("container", ""),
        follow=is_true(query, "follow"),
        previous=is_true(query, "previous"),
        timestamps=is_true(query, "timestamps"),
        since_seconds=numbers["sinceSeconds"],
        since_time=since,
        tail_lines=numbers["tailLines"],
        limit_bytes=numbers["limitBytes"],
        stream=first.get("stream", ""),
    )
    if problems := list(_problems(options)):
        text = ", ".join(f"{field}: {_sentence(reason, message)}" for reason, field, message in problems)
        text = f"[{text}]" if len(problems) > 1 else text
        causes = [{"reason": reason, "message": _sentence(reason, message), "field": field} for reason, field, message in problems]
        raise ApiError("Invalid", f'PodLogOptions "{pod}" is invalid: {text}', {"name": pod, "kind": "PodLogOptions", "causes": causes})
    return options


def is_true(query: Mapping[str, Sequence[str]], name: str) -> bool:
    """A flag in a URL, as the API server reads it: anything that is there but no word for false."""
    return any(value.lower() not in _FALSE for value in query.get(name, ())[:1])


def _number(text: str) -> int | None:
    if not text:
        return None
    if _INTEGER.fullmatch(text) is None:
        raise ApiError("BadRequest", f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text)


def _problems(options: LogQuery) -> Iterable[tuple[str, str, str]]:
    """Reason, field and message of each value that makes no sense (validation.ValidatePodLogOptions)."""
    if options.tail_lines is not None and options.tail_lines < 0:
        yield "FieldValueInvalid", "tailLines", f"{options.tail_lines}: must be greater than or equal to 0"
    if options.limit_bytes is not None and options.limit_bytes < 1:
        yield "FieldValueInvalid", "limitBytes", f"{options.limit_bytes}: must be greater than 0"
    if options.since_seconds is not None and options.since_time:
        yield "FieldValueForbidden", "[]", "at most one of `sinceTime` or `sinceSeconds` may be specified"
    elif options.since_seconds is not None and options.since_seconds < 1:
        yield "FieldValueInvalid", "sinceSeconds", f"{options.since_seconds}: must be greater than 0"
    if options.stream:
        yield "FieldValueForbidden", "stream", "may not be specified"


def _sentence(reason: str, message: str) -> str:
    return f"{'Forbidden' if reason == 'FieldValueForbidden' else 'Invalid value'}: {message}"


def container_of(pod: Pod, name: str, *, chooses: bool = True) -> str:
    """The container that a request is about. Raises ApiError when the pod has no such one, or several and none is named.

    `chooses` False: the first one then (exec and attach).
    """
    spec = pod.spec
    mains, inits = [one.name for one in spec.containers], [one.name for one in spec.init_containers]
    ephemeral = [str(one["name"]) for one in spec.ephemeral_containers]
    if name:
        if name not in (*mains, *inits, *ephemeral):
            raise ApiError("BadRequest", f"container {name} is not valid for pod {pod.metadata.name}")
        return name
    if len(mains) == 1 or not chooses:
        return mains[0]
    choice = f"choose one of: [{' '.join(mains)}]"
    if inits:
        choice += f" or one of the init containers: [{' '.join(inits)}]"
    if ephemeral:
        choice += f" or one of the ephemeral containers: [{' '.join(ephemeral)}]"
    raise ApiError("BadRequest", f"a container name must be specified for pod {pod.metadata.name}, {choice}")


def pod_of(snapshot: Snapshot, namespace: str, name: str) -> Pod:
    """The pod of a request. Raises ApiError."""
    pod = snapshot.get(Key("Pod", namespace, name))
    if not isinstance(pod, Pod):
        raise ApiError("NotFound", f'pods "{name}" not found', {"name": name, "kind": "pods"})
    return pod


def _check_accepted(header: str) -> None:
    """Refuse a client that reads text alone: its Accept header must name a form of objects, though a log is text. Raises ApiError."""
    entries = accepted(header)
    if entries and not any(entry.type in LOG_MEDIA for entry in entries):
        raise ApiError("NotAcceptable", f"only the following media types are accepted: {AVAILABLE}")


async def stream(world: World, request: Request, connection: Connection) -> None:
    """GET .../pods/NAME/log: what was printed, and with `follow` what will be. Raises ApiError before anything is sent."""
    target = request.about
    snapshot = world.snapshot()
    _check_accepted(request.headers.get("accept", ""))
    options = log_query(request.query, target.name)
    log = Log(pod_of(snapshot, target.namespace, target.name), options, snapshot, world.shift.offset)
    if log.has_none:
        await connection.send({"type": "http.response.start", "status": 204, "headers": []})
        await connection.send({"type": "http.response.body", "body": b""})
        return
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-cache, private")]
    await connection.send({"type": "http.response.start", "status": 200, "headers": headers})
    changed = asyncio.Event()
    leave = world.listen(changed.set)
    gone = asyncio.ensure_future(_gone(connection))
    try:
        while not gone.done():
            changed.clear()
            now = world.snapshot()
            data, over = log.read(now), log.is_over(now)
            if data or over:
                await connection.send({"type": "http.response.body", "body": data, "more_body": not over})
            if over:
                return
            waiting = asyncio.ensure_future(changed.wait())
            await asyncio.wait({gone, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
    finally:
        leave()
        gone.cancel()


async def _gone(connection: Connection) -> None:
    """Wait until the client has gone."""
    while (await connection.receive())["type"] != "http.disconnect":
        pass


class Log:
    """The lines of one run of a container, read bit by bit.

    `shift`: nanoseconds that the client's clock is ahead of the simulated one. `has_none`: the pod has no node, so there is no log.
    """

    def __init__(self, pod: Pod, options: LogQuery, snapshot: Snapshot, shift: int = 0) -> None:
        """Raises ApiError when the container has not started, or is none of the pod's."""
        name = container_of(pod, options.container)
        node = pod.spec.node_name
        if node and snapshot.get(Key("Node", "", node)) is None:
            raise ApiError("NotFound", f'pods "{node}" not found', {"name": node, "kind": "pods"})
        try:
            self._source = Source(pod, name, run_of(pod, name, options.previous))
        except KubectlError as error:
            raise ApiError("BadRequest", str(error)) from error
        self.has_none = not node
        self._query = options
        self._shift = shift
        self._start = parse_time(snapshot.header.start_time)
        self._left = options.limit_bytes
        self._read = (0, 0)
        """How far it has been read: an instant, and the lines of that instant. Positions in the journal move when history is dropped."""
        self._is_first = True

    def read(self, snapshot: Snapshot) -> bytes:
        """What was printed since the last call."""
        logs = snapshot.logs()
        t, lines_then = self._read
        new = logs[bisect_left(logs, t, key=TIME) + lines_then :]
        lines = [line for line in new if self._has(line) and line.t >= self._begin(snapshot)]
        if new:
            self._read = (new[-1].t, len(logs) - bisect_left(logs, new[-1].t, key=TIME))
        if self._is_first and self._query.tail_lines is not None:
            lines = lines[max(len(lines) - self._query.tail_lines, 0) :]
        self._is_first = False
        data = "".join(map(self._text, lines)).encode(errors="surrogateescape")
        if self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
        return data

    def is_over(self, snapshot: Snapshot) -> bool:
        """Whether nothing can follow: it is not followed, the limit is reached, or the run has ended."""
        return not self._query.follow or self._left == 0 or not goes_on(self._source, View(snapshot))

    def _has(self, line: LogLine) -> bool:
        pod, name, run, _ = self._source
        where = line.namespace, line.pod, line.container, line.run
        return where == (pod.metadata.namespace, pod.metadata.name, name, run) and not line.component

    def _begin(self, snapshot: Snapshot) -> int:
        if not self._is_first:
            return 0
        if self._query.since_time:
            return parse_time(self._query.since_time) - self._shift - self._start
        return 0 if self._query.since_seconds is None else snapshot.t - self._query.since_seconds * SECOND

    def _text(self, line: LogLine) -> str:
        if not self._query.timestamps:
            return f"{line.line}\n"
        at = self._start + line.t + self._shift
        return f"{format_time(at)[:-1]}.{at % SECOND:09d}Z {line.line}\n"
