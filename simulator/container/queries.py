"""Requests that a container sends out of its pod, and their results; a result is recorded when it differs from the previous one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.api.authorization.request import AccessDenied
from simulator.objects.base import JSON

CONNECTED = "connected"


class QueryResult(NamedTuple):
    """The result of a query, and whether it is a success.

    The query is for a `host` and `port`, or for an `object` in kubectl's notation (`pods/db-0`) in a `namespace`. `denied`: what the API
    server does not allow, by the names of `AccessRequest`, with the `user`; empty fields are left out.
    """

    answer: str
    ok: bool
    host: str = ""
    port: int = 0
    object: str = ""
    namespace: str = ""
    denied: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> JSON:
        """The query as plain data, without its empty fields."""
        pairs = (("host", self.host), ("port", self.port), ("object", self.object), ("namespace", self.namespace))
        return {name: value for name, value in pairs if value}


def denied_result(error: AccessDenied, host: str = "", port: int = 0) -> QueryResult:
    """The result of a query that the API server did not allow."""
    user, request = error.user, error.request
    about = request.path or f"{request.full_resource}/{request.name}".rstrip("/")
    denied = tuple((name, value) for name, value in (("user", user.name), *request._asdict().items()) if value)
    return QueryResult(error.message, False, host, port, "" if host else about, "" if host else request.namespace, denied)


class QueryLog:
    """The results of one run of a container. `publish` gets each query's first result, and each result that differs from the last."""

    def __init__(self, publish: Callable[[JSON], object]) -> None:
        self._publish = publish
        self._last: dict[tuple[str | int, ...], str] = {}

    def record(self, result: QueryResult) -> None:
        """Note a result, and publish it if it is news."""
        query = result[2:6]
        if self._last.get(query) != result.answer:
            self._last[query] = result.answer
            denied = {"denied": dict(result.denied)} if result.denied else {}
            self._publish({**result.query, "answer": result.answer, "ok": result.ok, **denied})
