"""What every view is given, and what it gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulator.client.node_lease import Beat
from simulator.dialect.kubectl import KubectlDialect
from simulator.golang.ages import age, rfc1123
from simulator.golang.tabwriter import align
from simulator.journal.snapshot import Snapshot
from simulator.kubectl.errors import Denied
from simulator.objects.event import Event
from simulator.objects.kinds import BY_NAME, Kind
from simulator.units import format_time

if TYPE_CHECKING:
    from simulator.api.authorization.access import Access

ALL = None
"""As a namespace: every one of them (`-A`)."""


class Pending(NamedTuple):
    """What a command waits for: changes of objects of these kinds, lines that containers print (`logs`), at most until `deadline`."""

    kinds: tuple[str, ...] = ()
    deadline: int | None = None
    logs: bool = False


class Printed(NamedTuple):
    """What a command leaves behind: standard output, standard error, exit code. `pending`: it is not over, this is what it has printed."""

    out: str = ""
    err: str = ""
    code: int = 0
    pending: Pending | None = None


class View:
    """A snapshot looked at by a kubectl of some release (default: the journal's). `exact`: names are not cut short.

    `access`: what the user of kubectl may do; None: everything.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        kubectl: str = "",
        dialect: KubectlDialect | None = None,
        *,
        exact: bool = False,
        access: Access | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.exact = exact
        self.access = access
        self.release = kubectl or snapshot.header.kubectl
        self.dialect = dialect or KubectlDialect(self.release, snapshot.header.kubernetes)

        self._events: dict[str | None, list[Event]] = {}

    def at(self, instant: int | Snapshot) -> View:
        """The view of an earlier instant."""
        snapshot = self.snapshot.at(instant) if isinstance(instant, int) else instant
        return View(snapshot, self.release, self.dialect, exact=self.exact, access=self.access)

    def authorize(self, verb: str, kind: Kind, namespace: str | None, name: str = "", subresource: str = "") -> None:
        """Raise Denied unless the user may make that request; one that lists a single object by its name has that name."""
        if self.access is None:
            return
        from simulator.api.authorization.request import AccessDenied, request_for

        try:
            self.access.check(request_for(verb, kind, namespace, name, subresource))
        except AccessDenied as error:
            raise Denied(error) from error

    def may(self, verb: str, kind: Kind, namespace: str | None, name: str = "") -> bool:
        """As `authorize`, for what kubectl does not report."""
        try:
            self.authorize(verb, kind, namespace, name)
        except Denied:
            return False
        return True

    @property
    def now(self) -> int:
        """The wall clock, in nanoseconds since the epoch."""
        return self.snapshot.now

    def events(self, namespace: str | None) -> list[Event]:
        """The events of a namespace (None: of all), in the API server's order; none where the user may not list them.

        Looked up once: `describe` needs them for every object.
        """
        if namespace not in self._events:
            events = self.snapshot.typed(Event, namespace)
            self._events[namespace] = events if self.may("list", BY_NAME["Event"], namespace) else []
        return self._events[namespace]

    def age(self, timestamp: str | None) -> str:
        """How long ago that was: `12s`, or `<unknown>`."""
        return age(timestamp, self.now)

    def latest(self, beat: Beat) -> str:
        """When something came last that comes again and again, as a date."""
        return rfc1123(format_time(beat.last(self.now)))

    def columns(self, text: str) -> str:
        """A part of a description with its tabs made columns."""
        return align(text)


def escaped(text: str) -> str:
    """Text with what would steer a terminal made visible."""
    return text.replace("\x1b", "^[").replace("\r", "\\r")
