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

from simulator.process.host import Reply
from simulator.process.world import Address, Connect, Exchange, HostName, HttpRequest, HttpResponse, NetError, Ping, Resolve, WorldRequest
from tests.fake_container import SECOND, Container, World

MEASURED: dict[str, dict[str, list[Any]]] = json.loads(Path(__file__).with_name("measured.json").read_text(encoding="utf-8"))
RESOLV_CONF = "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n"
SEARCH = RESOLV_CONF.split("\n")[0].split()[1:]
ADDRESSES = {
    "mysvc.default.svc.cluster.local": "10.96.0.20",
    "firm.shop.svc.cluster.local": "10.96.0.21",
    "kubernetes.default.svc.cluster.local": "10.96.0.1",
    "kube-dns.kube-system.svc.cluster.local": "10.96.0.10",
}
KERNEL_TIMEOUT = 127 * SECOND
STATUSES = {"/": 200, "/ok": 200, "/204": 204, "/401": 401, "/404": 404, "/500": 500, "/503": 503}


class MeasuredWorld(World):
    """The network in which the recordings were made."""

    silent_dns = False

    def ask(self, request: WorldRequest) -> Reply:
        match request:
            case Resolve(name, patience):
                return self._lookup(name, 5 * SECOND if patience is None else patience)
            case Ping(host, timeout):
                found = self._lookup(host, 0).value
                lost = isinstance(found, Address) and found.addresses[0] == "10.96.1.9"
                return Reply(NetError.TIMED_OUT, timeout or 0) if lost else Reply(found)
            case Connect(host, port, timeout):
                return self._connection(host, port, timeout)
            case HostName():
                return Reply(("mypod-0", "10.244.0.5"))
            case Exchange():
                return Reply("")
            case HttpRequest(_, url, _, _, connecting, limit):
                host, _, path = url.removeprefix("http://").partition("/")
                name, _, port = host.partition(":")
                waits = [span for span in (connecting, limit) if span is not None]
                reply = self._connection(name, int(port or 80), min(waits, default=None))
                if reply.value is not None:
                    return reply
                if port == "6379":
                    return Reply(NetError.TIMED_OUT, limit if limit is not None else 1000 * SECOND)
                if path == "slow":
                    slow = limit is not None and limit < 8 * SECOND
                    return Reply(NetError.TIMED_OUT, limit or 0) if slow else Reply(HttpResponse(200, "hello\n"), 8 * SECOND)
                return Reply(HttpResponse(STATUSES[f"/{path}"], "hello\n" if path == "ok" else ""))
        return super().ask(request)

    def _connection(self, host: str, port: int, timeout: int | None) -> Reply:
        found = self._lookup(host, 0).value
        if isinstance(found, NetError):
            return Reply(found)
        if found.addresses[0] == "10.96.1.9":
            return Reply(NetError.TIMED_OUT, KERNEL_TIMEOUT if timeout is None else timeout)
        return Reply(None if port in (80, 6379) else NetError.REFUSED)

    def _lookup(self, name: str, patience: int) -> Reply:
        if name == "mypod-0":  # from the hosts file, which DNS clients of their own do not read: they ask for a name with a dot at its end
            return Reply(Address(name, ("10.244.0.5",)))
        if re.fullmatch(r"[\d.]+", name):
            known = next((full for full, address in ADDRESSES.items() if address == name), name)
            return Reply(Address(known, (name,)))
        if self.silent_dns:
            return Reply(NetError.NO_DNS, patience)
        if name.endswith(".in-addr.arpa."):
            address = ".".join(reversed(name.split(".")[:4]))
            known = next((full for full, one in ADDRESSES.items() if one == address), "")
            return Reply(Address(known, ()) if known else NetError.UNKNOWN_NAME)
        for full in [name[:-1]] if name.endswith(".") else [*(f"{name}.{domain}" for domain in SEARCH), name]:
            if full in ADDRESSES:
                return Reply(Address(full, (ADDRESSES[full],)))
        return Reply(NetError.UNKNOWN_NAME)


def image_of(release: str) -> str:
    """The image of a measured release; builds from source had glibc, `-uclibc*` answered as uclibc's."""
    number, _, libc = release.partition("-")
    return f"busybox:{number}-{libc.rstrip('*') or 'glibc'}"


def normal(text: str) -> str:
    """Output without what differs from run to run and between usage texts."""
    text = re.sub(r"BusyBox v.*", "[usage]", text, flags=re.DOTALL)
    text = re.sub(r"time=[\d.]+ ms", "time=T", text)
    return re.sub(r"round-trip.*", "round-trip T", text)


def run(section: str, command: str, release: str, seconds: float) -> tuple[int | None, str, int]:
    world = MeasuredWorld(unknown=None, image_name=image_of(release))
    world.silent_dns = "silent" in section
    argv = json.loads(command) if command.startswith("[") else ["sh", "-c", command if "without" in section else f"{command}\nexit $?"]
    container = Container(*argv, world=world, files={"etc/resolv.conf": RESOLV_CONF})
    printed: list[str] = []
    container.out = {1: printed, 2: printed}
    container.run(seconds)
    return container.main.status, normal("".join(printed)), int(container.at)


CASES = [
    pytest.param(section, command, release, (code, out, seconds), id=f"{section}-{command}-{release}")
    for section, commands in MEASURED.items()
    for command, rows in commands.items()
    for code, out, seconds, releases in rows
    for release in releases.split()
]


@pytest.mark.parametrize(("section", "command", "release", "expected"), CASES)
def test_it_does_what_the_release_did(section: str, command: str, release: str, expected: tuple[int | None, str, int]) -> None:
    code, out, seconds = expected
    got_code, got, at = run(section, command, release, seconds + 1 if code is not None else seconds - 0.1)
    assert got_code == code
    if code is None:
        # The recording stopped the program; what was in its buffer then is missing, and so may be the last line.
        assert got.startswith(out) or out.startswith(got)
    else:
        # Standard output and standard error were one pipe, and each program flushes its own when it ends.
        assert (sorted(got.splitlines()), at) == (sorted(out.splitlines()), seconds)
