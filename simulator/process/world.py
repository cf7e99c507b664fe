"""World requests: the effects that only the host of a machine can answer, since they leave the container. Times are integer nanoseconds."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

import msgspec

from simulator.process.effects import Call, Effect, Program


class NetError(Enum):
    """Why a request failed on the network."""

    UNKNOWN_NAME = "name does not resolve"
    NO_DNS = "DNS does not answer"
    DNS_REFUSED = "DNS refuses queries"
    DNS_FAILED = "DNS answers SERVFAIL"
    REFUSED = "Connection refused"
    TIMED_OUT = "timed out"
    UNREACHABLE = "No route to host"
    RESET = "Connection reset by peer"


UNRESOLVED = frozenset({NetError.UNKNOWN_NAME, NetError.NO_DNS, NetError.DNS_REFUSED, NetError.DNS_FAILED})
"""Errors of the lookup that comes before a connection."""


def lookup_error(error: NetError) -> str:
    """What glibc says about a name that does not resolve (gai_strerror(3))."""
    return "Name or service not known" if error is NetError.UNKNOWN_NAME else "Temporary failure in name resolution"


class WorldRequest(Effect, frozen=True):
    """Base of the effects that only the host can answer."""


class Resolve(WorldRequest, frozen=True):
    """Look a name up as libc does: /etc/hosts, then DNS with the search list unless `name` ends in a dot. Answer: Address or NetError.

    `patience`: how long (ns) the resolver waits for a server that does not answer; None: 5 s (resolv.conf(5)). `dns_only`: /etc/hosts is
    not read, as by programs with a DNS client of their own.
    """

    name: str
    patience: int | None = None
    dns_only: bool = False


class Address(msgspec.Struct, frozen=True):
    """A resolved name: the full name that answered and its addresses, in order."""

    name: str
    addresses: tuple[str, ...]


class Connect(WorldRequest, frozen=True):
    """Open a TCP connection; `timeout` None is the kernel's own (about 127 s). Answer: a descriptor, or NetError.

    The host answers None for "connected"; the machine turns that into the descriptor.
    """

    host: str
    port: int
    timeout: int | None = None


class Exchange(WorldRequest, frozen=True):
    """Send `request` in `protocol` (tcp, redis, postgres, mysql, mongodb, grpc, kafka, ...) and read the answer. Answer: text or NetError.

    A server whose protocol is unknown answers "" to tcp and is assumed to be healthy for every other protocol. A server that is up and
    refuses answers a text that starts with "-".
    """

    protocol: str
    host: str
    port: int
    request: str
    timeout: int | None = None


class HttpRequest(WorldRequest, frozen=True):
    """Answer: HttpResponse or NetError. `timeout` covers the whole exchange, `connect_timeout` only the connection."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    connect_timeout: int | None = None
    timeout: int | None = None


class HttpResponse(msgspec.Struct, frozen=True):
    """The answer of a web server."""

    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class Ping(WorldRequest, frozen=True):
    """One ICMP echo. Answer: Address of the host that answered, or NetError."""

    host: str
    timeout: int | None = None


class ApiGet(WorldRequest, frozen=True):
    """Read the simulated cluster: one object by name, or all that `selector` (label query, may be empty) picks.

    `kind` as kubectl takes it (pod, po, deployments.apps, ...); `namespace` None is the pod's own, "*" is all.
    With a `verb` it only asks whether that is allowed, for the `subresource` if there is one.
    Answer: the object as a dict (None: it does not exist), a list of dicts without `name`, or a text: the server's refusal.
    """

    kind: str
    name: str | None
    namespace: str | None
    selector: str = ""
    verb: str = ""
    subresource: str = ""


class Running(Protocol):
    """A command that the host runs for a process."""

    def read(self) -> tuple[tuple[tuple[int, str], ...], int | None]:
        """What it has printed since the last call, as (descriptor, text), and its exit code once it has ended."""

    def stop(self) -> None:
        """The process is gone: end it."""


class Kubectl(WorldRequest, frozen=True):
    """Run kubectl with these arguments against the API server; `stdin` is what it has on standard input.

    `kubeconfig` is the file in which it looks for clusters and credentials. Answer: Running (see Follow), None when podsim has no such
    verb, or NetError.
    """

    argv: tuple[str, ...]
    stdin: str = ""
    cwd: str = "/"
    kubeconfig: str = ""


class Follow(Effect, frozen=True):
    """Wait until a command that the host runs has printed something or has ended. Answer: what its `read` returns."""

    running: Running


class Random(WorldRequest, frozen=True):
    """Answer: an integer in [0, below), from a stream of this container."""

    below: int


class ImageName(WorldRequest, frozen=True):
    """Answer: the image of this container, as the manifest names it: which release of a tool runs depends on it. "" when unknown."""


class HostName(WorldRequest, frozen=True):
    """Answer: (host name of the pod, its address)."""


class UnknownCommand(WorldRequest, frozen=True):
    """A command that is no builtin, no function, no file and no tool of podsim.

    `place` is its position: `"last"` (nothing follows it: perhaps the container's real work), `"background"` (started with &),
    `"condition"` (something depends on how it ends: `until`, `if`, `||`) or `"step"`. `guess` is what it does by its own words, if it
    has any, and `what` says that (`waits for db:5432, as its text reads`). Answer: the Program to run instead, or None: there is no
    such command (exit 127). A `"server"` is a tool of podsim after all: None means that it opens its usual port.
    """

    call: Call
    place: str
    guess: Program | None = None
    what: str = ""


ASSUMED = "assumed"


class HasProgram(WorldRequest, frozen=True):
    """Does the image have a program? `command` is an absolute path, or a name that is looked up in the directories of `search`.

    Answer: True or False. What is not known of an image is assumed to be there; ASSUMED for a path of which only the rest of the image is
    known.
    """

    command: str
    search: str = ""


class InstallPackages(WorldRequest, frozen=True):
    """A package manager has installed `packages`: from now on, their programs are there. Answer: None."""

    manager: str
    packages: tuple[str, ...]


class UseMemory(WorldRequest, frozen=True):
    """The process takes so many bytes of memory. Answer: None; where its container may not have them, the kernel kills it instead."""

    amount: int


class ShellKind(WorldRequest, frozen=True):
    """Answer: which shell `sh` is, `ash` or `dash`: their messages differ."""


class OwnServer(WorldRequest, frozen=True):
    """A server among podsim's tools, whose port, document root and exit code on SIGTERM are known. Times in nanoseconds.

    Answer: the Program to run instead, where a Scenario describes what the server of this container does, or None.
    """

    port: int
    after: int = 0
    root: str | None = None
    term_status: int = 0
