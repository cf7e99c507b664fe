"""What a program needs, and how often it tries: the result of reading its text."""

from __future__ import annotations

from typing import NamedTuple

from simulator.userland.clients.targets import DEFAULT_PORTS, address


class Need(NamedTuple):
    """A thing that a program needs: `kind` tcp (`name`, `port`), http (`name` is the URL), dns, file (`name` is the path) or api.

    Of api, `name` is a kind, or kind and name (`pod/db`), read from the API server in `namespace` (None: the pod's own, `*`: all). With a
    `verb`, only the permission for it is needed, and for the `subresource`.
    `token`: an http request has the token of the pod's ServiceAccount.
    """

    kind: str
    name: str
    port: int = 0
    namespace: str | None = None
    verb: str = ""
    subresource: str = ""
    token: bool = False

    def __str__(self) -> str:
        return f"{self.name}:{self.port}" if self.kind == "tcp" else self.name


class Reading(NamedTuple):
    """What a program does: it needs `needs` in turn, and tries `tries` times (None: without end) with `pause` ns between.

    `sleeps`: how long it sleeps in all when it needs nothing.
    """

    needs: tuple[Need, ...]
    tries: int | None
    pause: int
    sleeps: int


def need_of_url(url: str) -> Need | None:
    """What a URL leads to, by its scheme; None when that has no port."""
    if url.startswith(("http://", "https://")):
        return Need("http", url)
    return need_of_server(url, DEFAULT_PORTS.get(url.partition("://")[0], 0))


def need_of_server(text: str, port: int) -> Need | None:
    """A TCP server by its address; None without a port."""
    target = address(text, port)
    return Need("tcp", target.host, target.port) if target.port else None
