"""What the processes of a container ask of their surroundings: the host of its machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.container.answers import Opened
from simulator.container.birth import Birth, Surroundings, Who
from simulator.container.catalogue import LISTENS_AFTER, server
from simulator.container.program import Listen as PortRule
from simulator.container.program import Run
from simulator.container.protocols import aliased, exchanged, hearing, host_and_port, requested, served
from simulator.container.work import at_once, beside, own_server_run, server_run, work_process
from simulator.engine import Engine
from simulator.process.effects import Call, Listen, Program
from simulator.process.host import Reply
from simulator.process.tasks import INIT
from simulator.process.world import (
    Address,
    Connect,
    Exchange,
    HostName,
    HttpRequest,
    ImageFile,
    NetError,
    OwnServer,
    Ping,
    Random,
    Resolve,
    UnknownCommand,
    WorldRequest,
)

if TYPE_CHECKING:
    from simulator.container.behavior import Behavior, Work
    from simulator.container.filesystem import FileSystem

LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0", "ip6-localhost"})
WRITABLE = ("/tmp", "/run", "/var/run", "/var/tmp", "/var/lock", "/dev", "/mnt", "/media", "/home", "/root")
"""Where an image holds nothing that a script would look for: what is there, processes have put there."""


class ContainerHost:
    """The host of one container's machine."""

    def __init__(
        self,
        engine: Engine,
        who: Who,
        surroundings: Surroundings | None,
        files: FileSystem,
        mounted: tuple[str, ...],
        names: tuple[str, str],
        birth: Birth,
    ) -> None:
        self._engine = engine
        self._who = who
        self._surroundings = surroundings
        self._files = files
        self._mounted = mounted
        self._names = names
        self._birth = birth
        self._listener = birth.listener
        self._behavior = birth.behavior
        self._run = birth.behavior.run
        self.wake: Callable[[], None] = lambda: None
        self.notes = 0
        self.stands_in = False
        """Whether the container's own work is none that is interpreted: what else it does, nobody knows."""
        self.unheard = 0
        """How often a command asked for a port of the container of which nobody said that it opens, while `stands_in`."""

    # ---- simulator.process.host.Host

    def ask(self, request: WorldRequest) -> Reply:
        """What the pod itself knows, else what its surroundings say; what is heard from there is worth a fact."""
        request = aliased(request, dict(self._birth.identity.aliases))
        known = self._known(request)
        if known is not None:
            return known
        reply = Reply(NetError.UNKNOWN_NAME) if self._surroundings is None else self._surroundings.ask(self._who, request)
        heard = hearing(request, reply)
        if heard is not None:
            self._birth.asked.heard(heard)
        return reply

    def _known(self, request: WorldRequest) -> Reply | None:
        """The answer of the pod itself; None when somebody outside of it is asked."""
        match request:
            case HostName():
                return Reply(self._names)
            case Random(below):
                return Reply(int(self._engine.streams.stream("shell", *map(str, self._who)).random() * below))
            case ImageFile(path):
                return Reply(self._image_file(path))
            case UnknownCommand():
                return Reply(self._unknown(request))
            case OwnServer():
                return Reply(self._own_server(request))
            case Resolve(host) | Ping(host) if host in LOCAL:
                return Reply(Address(host, ("127.0.0.1",)))
            case Connect(host, port) if host in LOCAL:
                return Reply(None if self._local(port) else NetError.REFUSED)
            case Exchange(_, host, port) if host in LOCAL:
                listener = self._local(port)
                return exchanged(listener, request, self._engine.now) if listener else Reply(NetError.REFUSED)
            case HttpRequest(_, url) if host_and_port(url)[0] in LOCAL:
                port = host_and_port(url)[1]
                listener = self._local(port)
                return requested(listener, request, port, self._engine.now, self.assume) if listener else Reply(NetError.REFUSED)
        return None

    def _local(self, port: int) -> Behavior | None:
        """Who listens on a port of the pod."""
        listener = self._listener(port)
        if listener is None and self.stands_in and all(rule.port != port for rule in self._run.listen):
            self.unheard += 1
        return listener

    def listening(self, port: int, listener: Listen | None) -> None:
        """A process opened or closed a port."""
        if listener is None:
            if self._behavior.opened.pop(port, None) is not None:
                self._birth.port(port, False)
        else:
            if port not in self._behavior.opened:
                self._birth.port(port, True)
            root = listener.root
            serve = None if root is None else lambda path: served(self._files, root, path)
            self._behavior.opened[port] = Opened(listener.protocol, serve)

    def note(self, command: str, what: str) -> None:
        """Something that the shell does not simulate."""
        self.notes += 1
        self.assume(f"`{shortened(command)}`: {what}", "the shell does not simulate it")

    def assume(self, what: str, reason: str) -> None:
        """Name an assumption."""
        if self._surroundings is not None:
            self._surroundings.note(self._who, what, reason)

    # ---- images and commands of which nothing is known

    def knows(self, path: str) -> bool:
        """Whether what is at a path is known: processes and volumes put it there, and not an image that nobody described."""
        return path.startswith(tuple(f"{mount.rstrip('/')}/" for mount in self._mounted)) or path in self._mounted

    def _image_file(self, path: str) -> str | None:
        """Images are taken to hold what scripts take from them, outside of volumes and of places for scratch files."""
        if self.knows(path) or path.startswith(tuple(f"{place}/" for place in WRITABLE)) or path in WRITABLE:
            return None
        return ""

    def _unknown(self, request: UnknownCommand) -> Program | None:
        """A step does what can be read from it, else it is over at once; a main container's last or background command is its work."""
        call, place = request.call, request.place
        command = shortened(" ".join(call.argv))
        is_step = place in ("step", "condition") or (place == "background" and self._run.exit_after is not None)
        if request.guess is not None and (is_step or self._run.exit_after is not None):
            self.assume(f"`{command}` {request.what}", "podsim does not run such programs")
            return request.guess
        if place == "server":
            return self._server(call)
        self.notes += 1
        if is_step:
            self.assume(f"`{command}` ends with 0 at once", "a command that podsim does not know")
            return at_once
        run = self._run
        if not run.listen and run.exit_after is None:
            run = run._replace(listen=tuple(PortRule(port, LISTENS_AFTER) for port in ports_in(call.argv)))
        self.stands_in = True
        self.assume(f"`{command}` {run.in_words}", "a command that podsim does not know, where the container's own work stands")
        return self._process(run)

    def _process(self, run: Run, root: str = "") -> Program:
        """The container's own work as a process."""
        work = self._behavior.work_of(run)
        return work_process(lambda pid: work, lambda: self._engine.now, self._birth.ended, root)

    def _server(self, call: Call) -> Program | None:
        """A server of which the catalogue knows when its ports open and how it stops; None: it does not know that one."""
        entry = server(call.argv[0].rpartition("/")[2])
        if entry is None:
            return self._process(self._run) if self._run.listen else None
        run = server_run(self._run, entry, ports_in(call.argv))
        work = self._behavior.work_of(run)

        def begins(pid: int) -> Work:
            if self._run.assumed:
                self._resolve(self._run._replace(listen=self._run.listen and run.listen), ends=pid != INIT)
            return work if pid == INIT else beside(work)

        return work_process(begins, lambda: self._engine.now, self._birth.ended, entry.root)

    def _resolve(self, run: Run, *, ends: bool) -> None:
        """Correct what was assumed of the container's own work, now that its script has started a server."""
        resolved = run if ends else run._replace(exit_after=None)
        if self._surroundings is not None and resolved != self._run:
            self._surroundings.resolve(self._who, resolved)

    def _own_server(self, request: OwnServer) -> Program | None:
        """A server that tells its port itself: None, unless the Scenario says something else of it."""
        run = self._run
        if run.assumed or (not run.listen and run.exit_after is None and run.term is None):
            return None
        work = self._behavior.work_of(own_server_run(run, request))
        ended = self._birth.ended
        return work_process(lambda pid: work if pid == INIT else beside(work), lambda: self._engine.now, ended, request.root or "")


def ports_in(argv: tuple[str, ...]) -> list[int]:
    """Ports that a command line names: `--port 8080`, `-p=80`, `--http-port=80`, `--listen :9090`."""
    found = re.findall(r"(?:^|\s)-{1,2}(?:\w+[-.])*(?:port|listen|address|addr|bind|p)[= ]\S*?(\d{2,5})(?=\s|$)", " ".join(argv))
    return [int(port) for port in dict.fromkeys(found) if int(port) < 65536]


def shortened(command: str) -> str:
    """A command for a message: its first line, not too much of it."""
    first = command.strip().split("\n", 1)[0]
    return first if first == command.strip() and len(first) <= 80 else first[:77].rstrip() + "..."
