"""One command of kubectl while it is carried out: what it may use, what it has printed, what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from simulator.api import ApiError, ApiServer
from simulator.api.authorization.access import Access
from simulator.api.authorization.request import request_for
from simulator.api.decoding import fitted
from simulator.api.writes import changed, created
from simulator.container.answers import Answer as Outcome
from simulator.container.answers import Streams
from simulator.engine import Engine, Event, Process
from simulator.errors import SimulatorError
from simulator.journal.records import Cause
from simulator.kubectl.errors import Complaint, KubectlError, Trouble, in_words
from simulator.kubectl.request import Request
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, Kind, Object, from_builtins, key_of, kind_of_key, to_builtins

USER = Cause(0, "USR-01")
DRAIN = Cause(0, "USR-02")
PATCH = ("patch", "")
SENT = {"replace": ("update", ""), "scale": ("patch", "scale")}
"""What changes of existing objects are sent as: the verb and the subresource. All others are patches."""
DRY_RUNS = {"client": " (dry run)", "server": " (server dry run)"}


class Containers(Protocol):
    """Where commands can be run."""

    def execute(self, node: str, container_id: str, command: list[str], streams: Streams | None = None) -> Process[Outcome | None]:
        """Run a command in a container, with its output going to `streams`; None when it does not run."""


class Site(NamedTuple):
    """The running cluster that commands change. `last` is what was applied last, by object."""

    engine: Engine
    api: ApiServer
    containers: Containers
    last: dict[Key, JSON]


class Origin(NamedTuple):
    """Where commands come from: the namespace where they look, the folder to which their file names are relative, why they are given.

    `globs`: whether a name may be a pattern, as Scenarios have it and kubectl does not. `access`: what the user may do; None: everything.
    """

    namespace: str = "default"
    folder: str = "."
    globs: bool = False
    cause: Cause = USER
    eviction: Cause = DRAIN
    access: Access | None = None


class Part(NamedTuple):
    """Something printed: a text, the stream, and the object that the text stands for when it names one (`-o yaml` shows it instead)."""

    text: str
    stream: str = "stdout"
    item: JSON | None = None


class Answer:
    """What a command has printed, its exit code, whether it is over, and whether it changed anything.

    `awaited`: deleted objects (with their uids) for whose end kubectl waits.
    """

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.code = 0
        self.done = False
        self.changed = False
        self.awaited: dict[Key, str] = {}

    def text(self, stream: str) -> str:
        """All of one stream."""
        return "".join(part.text for part in self.parts if part.stream == stream)


class Acting:
    """A command at work. Verbs are functions of it; what they cannot do they add to `troubles`."""

    def __init__(self, site: Site, origin: Origin, request: Request, printer: Callable[[Part], object] = lambda _part: None) -> None:
        self.site = site
        self.origin = origin
        self.request = request
        self.engine, self.api, self.store = site.engine, site.api, site.api.store
        self.namespace = str(request.options.get("namespace") or origin.namespace)
        self.answer = Answer()
        self.troubles: list[Trouble] = []
        self.stopped = False
        self._printer = printer
        self._warned: set[str] = set()

    def option(self, name: str, default: Any = None) -> Any:
        """An option of the request."""
        value = self.request.options.get(name)
        return default if value is None else value

    @property
    def dry(self) -> str:
        """`client`, `server`, or empty."""
        return str(self.option("dryRun", ""))

    # ---- printing

    def out(self, text: str, item: JSON | None = None) -> None:
        """Print on standard output."""
        self._print(Part(text, "stdout", item))

    def err(self, text: str) -> None:
        """Print on standard error."""
        self._print(Part(text, "stderr"))

    def warn(self, text: str) -> None:
        """Print a warning, each once."""
        if text not in self._warned:
            self._warned.add(text)
            self.err(f"Warning: {text}\n")

    def shown(self, item: Object | JSON, operation: str, *, silent: tuple[str, ...] = ()) -> None:
        """Print an object and what was done to it: `deployment.apps/web scaled`. `silent`: dry runs that are not marked as such."""
        data = item if isinstance(item, dict) else to_builtins(item)
        dry = "" if self.dry in silent else DRY_RUNS.get(self.dry, "")
        self.out(f"{name_of(data)} {operation}{dry}\n", data)

    def finish(self) -> None:
        """Print what went wrong; the command is over."""
        if self.troubles:
            self.err(in_words(self.troubles))
            self.answer.code = max(trouble.code if isinstance(trouble, KubectlError) else 1 for trouble in self.troubles)
        self.answer.done = True

    def _print(self, part: Part) -> None:
        self.answer.parts.append(part)
        self._printer(part)

    # ---- writing

    def authorize(self, verb: str, kind: Kind, namespace: str | None, name: str = "", subresource: str = "") -> None:
        """Raise AccessDenied unless the user may make that request."""
        if self.origin.access is not None:
            self.origin.access.check(request_for(verb, kind, namespace, name, subresource))

    def each(self, call: Callable[[], object]) -> None:
        """Do something for one object; what is refused does not keep kubectl from the next one."""
        try:
            call()
        except (ApiError, KubectlError) as error:
            self.troubles.append(error)

    def create(self, data: JSON) -> Object:
        """Send a new object. Raises ApiError."""
        item: Object = from_builtins(fitted(data))
        if self.dry == "client":
            return item
        self.authorize("create", kind_of_key(key_of(item)), item.metadata.namespace)
        made, remarks = created(self.api, data, self.origin.cause)
        for remark in remarks:
            self.warn(remark)
        self.answer.changed = True
        return made

    def write(self, before: Object, data: JSON, subresource: str = "") -> Object:
        """Send a changed object, or a part of it. Raises ApiError."""
        after: Object = from_builtins(fitted(data))
        if self.dry == "client":
            return after
        verb, part = SENT.get(self.request.verb, PATCH)
        self.authorize(verb, kind_of_key(key_of(before)), before.metadata.namespace, before.metadata.name, subresource or part)
        written, remarks = changed(self.api, before, data, self.origin.cause, subresource)
        for remark in remarks:
            self.warn(remark)
        self.answer.changed = self.answer.changed or written != before
        return written


Act = Callable[[Acting], Process[None] | None]
"""What a verb does: at once, or as a process of the engine."""
SELECTION = ("selector", "fieldSelector", "all", "allNamespaces")
"""Options by which objects are chosen."""


class Writing(NamedTuple):
    """A verb that writes: what it does, and the options that its requests may have besides `namespace`."""

    act: Act
    options: tuple[str, ...]


def name_of(data: JSON) -> str:
    """How kubectl calls an object in its output: `pod/a`, `deployment.apps/web`."""
    group = str(data.get("apiVersion", "")).rpartition("/")[0]
    return f"{str(data['kind']).lower()}{'.' if group else ''}{group}/{data['metadata'].get('name', '')}"


def perform(acting: Acting, act: Act) -> Event | None:
    """Carry out a command: at once, or as far as it gets before it has to wait. Errors are printed, not raised.

    Returns None when it is over, else the event that it will be.
    """
    process = _guarded(acting, lambda: act(acting))
    if process is not None:
        return acting.engine.start(_followed(acting, process))
    acting.finish()
    return None


def _guarded(acting: Acting, step: Callable[[], Process[None] | None]) -> Process[None] | None:
    try:
        return step()
    except (ApiError, KubectlError) as error:
        acting.troubles.append(error)
    except SimulatorError as error:
        acting.troubles.append(Complaint(str(error)))
    return None


def _followed(acting: Acting, process: Process[None]) -> Process[None]:
    """A command that takes its time, to its end."""
    value = None
    try:
        while not acting.stopped:
            value = yield process.send(value)
    except StopIteration:
        pass
    except (ApiError, KubectlError) as error:
        acting.troubles.append(error)
    acting.finish()
