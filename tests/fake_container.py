"""A fake world and the simplest driver there can be: a for-loop with a clock of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from simulator.container.filesystem import FileSystem
from simulator.container.inodes import Volume
from simulator.process.effects import Call, Listen, Program
from simulator.process.host import Reply
from simulator.process.machine import Machine
from simulator.process.tasks import Job
from simulator.process.world import (
    Address,
    ApiGet,
    Connect,
    Exchange,
    HasProgram,
    HostName,
    HttpRequest,
    HttpResponse,
    ImageName,
    InstallPackages,
    Kubectl,
    NetError,
    OwnServer,
    Ping,
    Random,
    Resolve,
    ShellKind,
    UnknownCommand,
    UseMemory,
    WorldRequest,
)
from simulator.userland.launch import launch
from simulator.userland.text.printing import true
from tests.fake_kubectl import FakeKubectl

SECOND = 10**9
ADDRESS = "10.96.0.77"
PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass
class World:
    """Names, open ports and API objects; `unknown` is what an unknown command turns into."""

    names: set[str] = field(default_factory=set)
    ports: set[tuple[str, int]] = field(default_factory=set)
    objects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    body: str = "ok UP\n"
    statuses: dict[str, int] = field(default_factory=dict)
    latency: int = 0
    unknown: Program | None = true
    image: set[str] = field(default_factory=set)
    image_name: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)
    unknown_commands: list[tuple[str, ...]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    listeners: dict[int, Listen] = field(default_factory=dict)
    requests: list[WorldRequest] = field(default_factory=list)
    woken: int = 0
    now: int = 0
    kubectl: FakeKubectl | None = None

    def open(self, host: str, port: int) -> None:
        self.names.add(host)
        self.ports.add((host, port))

    def pass_time(self, now: int) -> None:
        if now < self.now:
            self.kubectl = None  # another container begins
        self.now = now
        if self.kubectl is not None:
            self.kubectl.advance(now, self.objects)

    def ask(self, request: WorldRequest) -> Reply:
        if isinstance(request, ImageName):
            return Reply(self.image_name)
        if isinstance(request, HasProgram | InstallPackages | ShellKind):
            return Reply({HasProgram: True, ShellKind: "ash"}.get(type(request)))
        self.requests.append(request)
        return Reply(self._answer(request), self.latency)

    def _reach(self, host: str, port: int) -> NetError | None:
        if host in ("localhost", "127.0.0.1"):
            return None if port in self.listeners else NetError.REFUSED
        return NetError.UNKNOWN_NAME if host not in self.names else None if (host, port) in self.ports else NetError.REFUSED

    def _answer(self, request: WorldRequest) -> Any:
        match request:
            case Resolve(name) | Ping(name):
                own = Address("web-0.web.default.svc.cluster.local", ("10.244.0.5",))
                return own if name == "web-0" else Address(name, (ADDRESS,)) if name in self.names else NetError.UNKNOWN_NAME
            case UseMemory():
                return None
            case Connect(host, port):
                return self._reach(host, port)
            case Exchange("tcp", host, port, text):
                return self._reach(host, port) or ("imok" if text.strip() == "ruok" else "")
            case Exchange(_, host, port):
                return self._reach(host, port) or ""
            case HttpRequest(_, url):
                parts = urlsplit(url)
                port = parts.port or (443 if parts.scheme == "https" else 80)
                host = next((h for h, _ in self.ports if h.lower() == parts.hostname), parts.hostname or "")
                return self._reach(host, port) or HttpResponse(self.statuses.get(parts.path, 200), self.bodies.get(parts.path, self.body))
            case ApiGet(kind, name):
                kind = {"pods": "pod", "svc": "service"}.get(kind, kind)
                return self.objects.get((kind, name)) if name else [o for (k, _), o in sorted(self.objects.items()) if k == kind]
            case Kubectl():
                self.kubectl = self.kubectl or FakeKubectl(self.now)
                return self.kubectl.start(request, self.objects, self.wake)
            case HostName():
                return ("web-0", "10.244.0.5")
            case Random(below):
                return below // 2
            case OwnServer():
                return None
            case UnknownCommand(call, place, guess, what):
                if guess is not None:
                    self.notes.append((call.name, what))
                    return guess
                self.unknown_commands.append(call.argv)
                self.places.append(place)
                return self.unknown
        raise AssertionError(request)

    def open_port(self, listener: Listen) -> bool:
        self.listeners[listener.port] = listener
        return True

    def close_port(self, port: int) -> None:
        del self.listeners[port]

    def give(self, path: str) -> None:
        pass

    def may_be_made(self, path: str) -> bool:
        return False

    def has(self, path: str, origin: str, *, relied_on: bool | None, is_new: bool = False) -> bool:
        """What the image has: the paths of `image`, the directories above them, and every program, if it has unknown ones."""
        path = path.rstrip("/")
        could_be_program = relied_on is None and self.unknown is not None
        return bool(origin) and (could_be_program or any(f"{known}/".startswith(f"{path}/") for known in self.image))

    def note(self, command: str, what: str) -> None:
        self.notes.append((command, what))

    def wake(self) -> None:
        self.woken += 1


class Container:
    """A machine with a clock: `at` is the instant in seconds."""

    def __init__(
        self, *argv: str, world: World | None = None, env: dict[str, str] | None = None, files: dict[str, str] | None = None
    ) -> None:
        self.world = world or World()
        self.volume = Volume({k.lstrip("/"): v for k, v in (files or {}).items() if not k.endswith("/")})
        for path in ("tmp", "w", *(k for k in files or {} if k.endswith("/"))):
            self.volume.directory(path)
        self.volume.root.origin = self.volume.directory("w").origin = "the image x"
        self.files = FileSystem(self.volume)
        self.files.content = self.world
        self.machine = Machine(self.files, self.world, launch)
        self.now = 0
        self.out: dict[int, list[str]] = {1: [], 2: []}
        self.env = {"PATH": PATH, "HOME": "/root", **(env or {})}
        self.argv = argv
        self.main = self.start(*argv)

    def start(self, *argv: str, cwd: str = "/w") -> Job:
        return self.machine.start(Call(argv, self.env, cwd), out=lambda fd, text: self.out[fd].append(text))

    def run(self, until: float) -> Container:
        """Let time pass up to `until` seconds, or until the main process has ended."""
        for _ in range(100_000):
            self.world.pass_time(self.now)
            dues = (self.machine.run(self.now), self.world.kubectl.next if self.world.kubectl else None)
            due = min((one for one in dues if one is not None), default=None)
            if self.main.status is not None or due is None or due > until * SECOND:
                self.now = self.now if self.main.status is not None else round(until * SECOND)
                return self
            self.now = due
        raise AssertionError("time does not pass")

    @property
    def at(self) -> float:
        return self.now / SECOND

    @property
    def stdout(self) -> str:
        return "".join(self.out[1])

    @property
    def stderr(self) -> str:
        return "".join(self.out[2])


def sh(script: str, *, bash: bool = False, until: float = 3600, **given: Any) -> Container:
    """Run a script to its end."""
    return Container("bash" if bash else "sh", "-c", script, **given).run(until)
