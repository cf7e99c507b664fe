"""BusyBox' tools in every release that was measured: exit code, output, and whole seconds, as recorded from the real programs.

The recordings were made in a network like a pod's: CoreDNS' answers, ndots 5, and 10.96.0.20 (mysvc) with an HTTP server on 80, a closed
port 81, and a server on 6379 that accepts connections and stays silent; packets to 10.96.1.9 vanish.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from simulator.images.contents import contents
from simulator.process.host import Reply
from simulator.process.world import (
    Address,
    Connect,
    Exchange,
    HasProgram,
    HostName,
    HttpRequest,
    HttpResponse,
    NetError,
    Ping,
    Resolve,
    WorldRequest,
)
from tests.fake_container import SECOND, Container, World

MEASURED: dict[str, dict[str, list[Any]]] = json.loads(Path(__file__).with_name("measured.json").read_text(encoding="utf-8"))
RESOLV_CONF = "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"
SEARCH = RESOLV_CONF.split("\n")[0].split()[1:]
RECORDS: dict[str, tuple[str, ...]] = {
    "mysvc.default.svc.cluster.local": ("10.96.0.20",),
    "dead.default.svc.cluster.local": ("10.96.1.9",),
    "firm.shop.svc.cluster.local": ("10.96.0.21",),
    "kubernetes.default.svc.cluster.local": ("10.96.0.1",),
    "kube-dns.kube-system.svc.cluster.local": ("10.96.0.10",),
    "dual.default.svc.cluster.local": ("10.96.0.20", "fd00::20"),
    "headless.default.svc.cluster.local": ("10.244.0.7", "10.244.0.8"),
    "mypod-0.default.svc.cluster.local": ("10.244.0.5",),
    "nodata.default.svc.cluster.local": (),
}
ALIASES = {"ext.default.svc.cluster.local": ("db.example.com", ("10.96.0.21",))}
NAMES = {addresses[0]: name for name, addresses in reversed(RECORDS.items()) if any(a.startswith("10.96.") for a in addresses)}
HOSTS = "127.0.0.1\tlocalhost\n10.244.0.5\tmypod-0\n"
FILES = {"etc/resolv.conf": RESOLV_CONF, "etc/hosts": HOSTS, "etc/hostname": "mypod-0\n"}
HOSTS_FILE = {"mypod-0": "10.244.0.5", "localhost": "127.0.0.1"}
"""What the C library reads, and DNS clients of their own do not: they ask for a name with a dot at its end."""
FAULTS = {"silent": NetError.NO_DNS, "refused": NetError.DNS_REFUSED, "every answer SERVFAIL": NetError.DNS_FAILED}
FOREIGN_FAULTS = {"cluster.local: SERVFAIL": NetError.DNS_FAILED, "cluster.local: no answer": NetError.NO_DNS}
NO_NEIGHBOUR, ARP = "10.96.2.9", 3 * SECOND
"""An address in the pod's own network that no host has."""
KERNEL_TIMEOUT = 127 * SECOND
HEADERS = (("Server", "srv "), ("Date", "Mon, 01 Jan 2024 00:00:00 GMT"), ("Content-Length", "6"), ("Connection", "close"))
STATUSES = {"/": 200, "/ok": 200, "/204": 204, "/401": 401, "/404": 404, "/500": 500, "/503": 503}


class MeasuredWorld(World):
    """The network in which the recordings were made."""

    fault: NetError | None = None
    """What every query gets."""
    foreign_fault = NetError.UNKNOWN_NAME
    """What queries get for names that do not end in cluster.local."""

    def ask(self, request: WorldRequest) -> Reply:
        match request:
            case HasProgram(command):
                return Reply(contents(self.image_name).has(command) == "yes")
            case Resolve(name, patience):
                return self._lookup(name, 5 * SECOND if patience is None else patience)
            case Ping(host, timeout):
                found = self._lookup(host, 0).value
                lost = isinstance(found, Address) and found.addresses[0] in ("10.96.1.9", NO_NEIGHBOUR)
                return Reply(NetError.TIMED_OUT, timeout or 0) if lost else Reply(found)
            case Connect(host, port, timeout):
                return self._connection(host, port, timeout)
            case HostName():
                return Reply(("mypod-0", "10.244.0.5"))
            case Exchange(_, host, port):
                return Reply("READY\r\n" if port == 6381 else "")
            case HttpRequest(_, url, _, _, connecting, limit):
                host, _, path = url.removeprefix("http://").partition("/")
                name, _, port = host.partition(":")
                waits = [span for span in (connecting, limit) if span is not None]
                reply = self._connection(name, int(port or 80), min(waits, default=None))
                if reply.value is not None:
                    return reply
                if port in ("6380", "6381"):
                    return Reply(NetError.RESET)
                if port == "6379":
                    return Reply(NetError.TIMED_OUT, limit if limit is not None else 1000 * SECOND)
                if path == "slow":
                    slow = limit is not None and limit < 8 * SECOND
                    return Reply(NetError.TIMED_OUT, limit or 0) if slow else Reply(HttpResponse(200, "hello\n"), 8 * SECOND)
                if path == "302":
                    return Reply(HttpResponse(302, "", (("Location", "/ok"),)))
                return Reply(HttpResponse(200, "hello\n", HEADERS) if path == "ok" else HttpResponse(STATUSES[f"/{path}"]))
        return super().ask(request)

    def _connection(self, host: str, port: int, timeout: int | None) -> Reply:
        found = self._lookup(host, 0).value
        if isinstance(found, NetError):
            return Reply(found)
        if found.addresses[0] == "10.96.1.9":
            return Reply(NetError.TIMED_OUT, KERNEL_TIMEOUT if timeout is None else timeout)
        if found.addresses[0] == NO_NEIGHBOUR:
            return Reply(NetError.TIMED_OUT, timeout) if timeout is not None and timeout < ARP else Reply(NetError.UNREACHABLE, ARP)
        if found.addresses[0] == "127.0.0.1":
            return Reply(None if port in self.listeners else NetError.REFUSED)
        return Reply(None if port in (80, 6379, 6380, 6381) else NetError.REFUSED)

    def _lookup(self, name: str, patience: int) -> Reply:
        if name in HOSTS_FILE:
            return Reply(Address(name, (HOSTS_FILE[name],)))
        if re.fullmatch(r"[\d.]+", name):
            return Reply(Address(name, (name,)))
        if self.fault is not None:
            return self._failed(self.fault, patience)
        if name.endswith(".in-addr.arpa."):
            known = NAMES.get(".".join(reversed(name.split(".")[:4])), "")
            return Reply(Address(known, ()) if known else NetError.UNKNOWN_NAME)
        for full in [name[:-1]] if name.endswith(".") else [*(f"{name}.{domain}" for domain in SEARCH), name]:
            if full in RECORDS or full in ALIASES:
                return Reply(Address(*ALIASES.get(full, (full, RECORDS.get(full, ())))))
            if not full.endswith("cluster.local"):
                return self._failed(self.foreign_fault, patience)
        return Reply(NetError.UNKNOWN_NAME)

    def _failed(self, error: NetError, patience: int) -> Reply:
        return Reply(error, patience if error is NetError.NO_DNS else 0)


def image_of(release: str) -> str:
    """The image of a measured release; builds from source had glibc, `-uclibc*` answered as uclibc's."""
    number, _, libc = release.partition("-")
    return f"busybox:{number}-{libc.rstrip('*') or 'glibc'}"


def normal(text: str) -> str:
    """Output without what differs from run to run and between usage texts."""
    text = re.sub(r"BusyBox v.*", "[usage]", text, flags=re.DOTALL)
    text = re.sub(r"time=[\d.]+ ms", "time=T", text)
    return re.sub(r"round-trip.*", "round-trip T", text)


def _filled_in(text: str) -> str:
    """With a number and a port in the places of those that were unique to a release."""
    return text.replace("<PORT>", "8123").replace("<N>", "77")


def run(section: str, command: str, release: str, seconds: float) -> tuple[int | None, str, int]:
    world = MeasuredWorld(unknown=None, image_name=image_of(release))
    world.fault = next((fault for words, fault in FAULTS.items() if words in section), None)
    world.foreign_fault = next((fault for words, fault in FOREIGN_FAULTS.items() if words in section), NetError.UNKNOWN_NAME)
    command = _filled_in(command)
    argv = json.loads(command) if "without a shell" in section else ["sh", "-c", command]
    is_init = "PID 1" in section
    container = Container(*(argv if is_init else ("sleep", "100000")), world=world, files=FILES)
    printed: list[str] = []
    container.out = {1: printed, 2: printed}
    if not is_init:
        container.main = container.start(*argv)
    container.run(seconds)
    return container.main.status, normal("".join(printed)), int(container.at)


def differs(section: str, command: str, release: str, expected: tuple[int | None, str, int]) -> object:
    """What podsim did instead; None when it did the same."""
    code, out, seconds = expected
    got_code, got, at = run(section, command, release, seconds + 1 if code is not None else seconds - 0.1)
    if code is None:
        # The recording stopped the program; what was in its buffer then is missing, and so may be the last line.
        same = got_code is None and (got.startswith(out) or out.startswith(got))
    else:
        # Standard output and standard error were one pipe, and each program flushes its own when it ends.
        same = (got_code, sorted(got.splitlines()), at) == (code, sorted(out.splitlines()), seconds)
    return None if same else (got_code, got, at)


CASES = [pytest.param(section, command, id=f"{section}-{command}") for section, commands in MEASURED.items() for command in commands]


@pytest.mark.parametrize(("section", "command"), CASES)
def test_it_does_what_each_release_did(section: str, command: str) -> None:
    wrong = {
        (release, code, out, seconds): instead
        for code, out, seconds, releases in MEASURED[section][command]
        for release in releases.split()
        if (instead := differs(section, command, release, (code, _filled_in(out), seconds))) is not None
    }
    assert wrong == {}


def test_all_rows_are_there() -> None:
    """More than 12,000 of the 14,742 that were measured; the others depend on the machine, or on what podsim leaves out."""
    rows = [releases.split() for commands in MEASURED.values() for measured in commands.values() for *_, releases in measured]
    assert sum(map(len, rows)) > 12_000
