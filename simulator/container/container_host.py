"""The host of a container's machine: answers the requests of its processes that are about its pod or its image, and passes on the rest."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from simulator.container.answers import Opened
from simulator.container.birth import Birth, KubectlCall, Surroundings, Who
from simulator.container.hosts_file import HOSTS_FILE, Entry, entries_of
from simulator.container.kubectl_files import ContainerFiles, credentials
from simulator.container.program import Run
from simulator.container.protocols import exchange_reply, host_and_port, http_reply, query_result, with_address
from simulator.container.site import file_answer
from simulator.container.substitutes import Substitutes
from simulator.container.wording import shortened
from simulator.engine import Engine
from simulator.images.contents import SYSTEM
from simulator.process.effects import Call, Credentials, Listen
from simulator.process.fileio import absolute
from simulator.process.host import Reply
from simulator.process.world import (
    ASSUMED,
    Address,
    Connect,
    Exchange,
    HasProgram,
    HostName,
    HttpRequest,
    ImageName,
    InstallPackages,
    Kubectl,
    NetError,
    OwnServer,
    Ping,
    Random,
    Resolve,
    Running,
    ShellKind,
    UnknownCommand,
    UseMemory,
    WorldRequest,
)

if TYPE_CHECKING:
    from simulator.container.behavior import Behavior
    from simulator.container.filesystem import FileSystem

LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0", "ip6-localhost"})

NAMING = (Resolve, Ping, Connect, Exchange, HttpRequest)
"""Requests that name a host."""
FOREVER = 2**62
"""Later than the end of any run, in nanoseconds."""


class ContainerHost:
    """The host of one container's machine.

    Attributes:
        wake: Called when a file changes that a process waits for.
        executables: The programs that the container has.
        files: Its file system.
        unknowns: How often the processes depended on something unknown: a command, an option, or a port that may be open.
    """

    def __init__(self, engine: Engine, who: Who, surroundings: Surroundings | None, files: FileSystem, birth: Birth) -> None:
        self._engine = engine
        self._who = who
        self._surroundings = surroundings
        self.files = files
        self._birth = birth
        self._behavior = birth.behavior
        self._substitutes = Substitutes(engine, birth, self.assume, self._resolve)
        self.executables = birth.executables
        self.executables.knows_all = bool(birth.behavior.run.script)
        self._notes = 0
        self._unknown_ports = 0
        self.wake: Callable[[], None] = lambda: None

    @property
    def unknowns(self) -> int:
        """See the class."""
        return self._notes + self._unknown_ports + self._substitutes.count

    def mark_opaque(self) -> None:
        """From now on, process 1 is a program that is not interpreted."""
        self._substitutes.is_opaque = True

    # ---- simulator.process.host.Host

    def ask(self, request: WorldRequest) -> Reply:
        """The reply of the pod itself, else that of its surroundings, which is recorded."""
        if isinstance(request, Kubectl):
            return Reply(self._kubectl(request))
        if isinstance(request, UseMemory):
            return Reply(None, FOREVER if self._birth.out_of_memory(request.amount) else 0)
        # Most requests name no host: the file is not read for them.
        entries = self._host_entries() if isinstance(request, NAMING) else {}
        if isinstance(request, Resolve) and not request.dns_only and request.name.lower() in entries:
            entry = entries[request.name.lower()]
            return Reply(Address(entry.name, (entry.address,)))
        request = with_address(request, entries)
        local = self._local_reply(request)
        if local is not None:
            return local
        reply = Reply(NetError.UNKNOWN_NAME) if self._surroundings is None else self._surroundings.ask(self._who, request)
        result = query_result(request, reply)
        if result is not None:
            self._birth.queries.record(result)
        return reply

    def _kubectl(self, request: Kubectl) -> Running | NetError | None:
        if self._surroundings is None:
            return NetError.UNKNOWN_NAME
        identity = self._birth.identity
        user = Credentials(identity.user, identity.groups[0], identity.groups[1:])
        files = ContainerFiles(self.files, user, request.cwd, request.stdin)
        origin = credentials(files, request.kubeconfig)
        if origin == "kubeconfig":
            self.assume(f"{request.kubeconfig} lets kubectl do everything", "podsim does not read kubeconfigs")
        call = KubectlCall(self._who, request, files, lambda: self.wake(), self._birth.queries.record, origin)
        return self._surroundings.kubectl(call)

    def _host_entries(self) -> Mapping[str, Entry]:
        """The entries of /etc/hosts as it is now: a process may have changed it."""
        text = self.files.read(f"/{HOSTS_FILE}")
        return entries_of(text) if isinstance(text, str) else {}

    def _is_own(self, host: str) -> bool:
        """Whether a host is the pod itself. On the host network, other pods of the node listen at the same address."""
        pod = self._birth.identity.pod
        return host in LOCAL or (host == pod.ip and not pod.host_network)

    def _local_reply(self, request: WorldRequest) -> Reply | None:
        """The reply of the pod itself; None when the request leaves it."""
        match request:
            case HostName():
                return Reply((self._birth.identity.pod.hostname, self._birth.identity.pod.ip))
            case ImageName():
                return Reply(self.executables.contents.image)
            case Random(below):
                return Reply(int(self._engine.streams.stream("shell", *map(str, self._who)).random() * below))
            case HasProgram(command, search):
                return Reply(self._has_program(command, search))
            case InstallPackages(manager, packages):
                self.executables.install(manager, packages)
                return Reply(None)
            case ShellKind():
                return Reply(self.executables.contents.shell)
            case UnknownCommand():
                self.executables.doubt()
                self._give_paths(request.call)
                return Reply(self._substitutes.command(request))
            case OwnServer():
                return Reply(self._substitutes.own_server(request))
            case Resolve(host) | Ping(host) if host in LOCAL:
                return Reply(Address(host, ("127.0.0.1",)))
            case Ping(host) if self._is_own(host):
                return Reply(Address(host, (host,)))
            case Connect(host, port) if self._is_own(host):
                return Reply(None if self._listener(port) else NetError.REFUSED)
            case Exchange(_, host, port) if self._is_own(host):
                listener = self._listener(port)
                return exchange_reply(listener, request, self._engine.now) if listener else Reply(NetError.REFUSED)
            case HttpRequest(_, url) if self._is_own(host_and_port(url)[0]):
                port = host_and_port(url)[1]
                listener = self._listener(port)
                return http_reply(listener, request, port, self._engine.now, self.assume) if listener else Reply(NetError.REFUSED)
        return None

    def _has_program(self, command: str, search: str) -> bool | str:
        """The answer to `HasProgram`. A volume hides what the image has at its place: its own files tell what is there."""
        in_volume = any(command.startswith(f"{mount.path.rstrip('/')}/") for mount in self._birth.mounts)
        if in_volume and posixpath.dirname(command) not in SYSTEM:
            return True
        has = self.executables.has(command, search)
        return ASSUMED if has and self.executables.assumes(command) else has

    def _give_paths(self, call: Call) -> None:
        """Note the paths among the words of an unknown command (`--data-dir=/var/lib/db`), which it may create."""
        for word in call.argv[1:]:
            path = word.rpartition("=")[2]
            if "/" in path.rstrip("/"):
                self.files.content.give(absolute(call, path))

    def _listener(self, port: int) -> Behavior | None:
        """The container that accepts connections on a port of the pod."""
        listener = self._birth.listener(port)
        if listener is None and self._substitutes.is_opaque and all(rule.port != port for rule in self._behavior.run.listen):
            self._unknown_ports += 1
        return listener

    def open_port(self, listener: Listen) -> bool:
        """Open a port for a process; False: a program of the pod has it already."""
        root = listener.root
        serve = None if root is None else lambda path: file_answer(self.files, root, path)
        return self._birth.open_port(listener.port, Opened(listener.protocol, serve, listener.guessed))

    def close_port(self, port: int) -> None:
        """Close a port of a process."""
        self._birth.close_port(port)

    def note(self, command: str, what: str) -> None:
        """Record something that the shell does not simulate."""
        self._notes += 1
        self.assume(f"`{shortened(command)}`: {what}", "the shell does not simulate it")

    # ---- assumptions

    def assume(self, what: str, reason: str) -> None:
        """Record an assumption."""
        if self._surroundings is not None:
            self._surroundings.note(self._who, what, reason)

    def _resolve(self, run: Run) -> None:
        """Correct what was assumed of the container's own work."""
        if self._surroundings is not None and run != self._behavior.run:
            self._surroundings.resolve(self._who, run)

    def assume_missing(self, path: str) -> None:
        """Record that a path is missing: a program that is not interpreted could create it, but nothing says that it does."""
        if self._surroundings is not None:
            self._surroundings.content.record(self._who, path, "no manifest creates it", exists=False)
