"""What a container asks of the world, and what it hears: told when an answer differs from the one before."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.objects.base import JSON

CONNECTED = "connected"


class Heard(NamedTuple):
    """The answer to a question, and whether it was wanted. Who was asked: `host` and `port`; or about which `object`, as kubectl has it."""

    answer: str
    ok: bool
    host: str = ""
    port: int = 0
    object: str = ""
    namespace: str = ""

    @property
    def question(self) -> JSON:
        """What was asked for, as plain data."""
        pairs = (("host", self.host), ("port", self.port), ("object", self.object), ("namespace", self.namespace))
        return {name: value for name, value in pairs if value}


class Asked:
    """The answers of one run of a container. `tell` hears of each first answer, and of each that is new."""

    def __init__(self, tell: Callable[[JSON], object]) -> None:
        self._tell = tell
        self._last: dict[tuple[str | int, ...], str] = {}

    def heard(self, found: Heard) -> None:
        """An answer came."""
        question = found[2:]
        if self._last.get(question) != found.answer:
            self._last[question] = found.answer
            self._tell({**found.question, "answer": found.answer, "ok": found.ok})
