"""Waiting until something can be reached: a port, a web page, a file."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.process.effects import Effects, GetStat, Sleep, Stat
from simulator.process.world import Connect, HttpRequest, HttpResponse, NetError
from simulator.units import SECOND
from simulator.userland.clients.targets import split_address
from simulator.userland.net.http import host_port

_ATTEMPT = 5 * SECOND
"""How long one attempt takes at most. Assumed: the tools do not agree."""


def reachable(url: str) -> Effects[bool]:
    """Does a `tcp://` address or `host:port` accept, an `http(s)://` one answer below 400, a `file://` exist? Raises UsageError."""
    if url.startswith("file://"):
        return isinstance((yield GetStat(url.removeprefix("file://"))), Stat)
    if url.startswith(("http://", "https://")):
        host_port(url)  # refuses what is no URL
        answer = yield HttpRequest("GET", url, timeout=_ATTEMPT)
        return isinstance(answer, HttpResponse) and answer.status < 400
    target = split_address(url, 80)
    return not isinstance((yield Connect(target.host, target.port, _ATTEMPT)), NetError)


def wait_until(urls: Sequence[str], limit: int | None, pause: int = SECOND) -> Effects[str | None]:
    """Wait until all are reachable, one after the other.

    Args:
        urls: What is to be reached.
        limit: Nanoseconds to wait in all; None: forever.
        pause: Nanoseconds between two attempts.

    Returns:
        The one that was not reached in time; None when all were.
    """
    waited = 0
    for url in urls:
        while not (yield from reachable(url)):
            if limit is not None and waited >= limit:
                return url
            step = pause if limit is None else min(pause, limit - waited)
            yield Sleep(step)
            waited += step
    return None
