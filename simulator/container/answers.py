"""What containers answer to probes and requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from simulator.process.descriptors import Inlet


class Answer(msgspec.Struct, frozen=True):
    """What a request gets: a status (HTTP) or exit code (exec), some text, after a delay in nanoseconds.

    Not `in_time`: the answer came after the timeout. `assumed`: no rule says what the answer is. `error`: the runtime could not run the
    command at all, which is neither a success nor a failure of the command.
    """

    code: int
    text: str
    delay: int
    in_time: bool = True
    assumed: bool = False
    error: str = ""


class Streams(msgspec.Struct, frozen=True):
    """Where the output of a command goes, by descriptor, and where its input comes from (None: there is none)."""

    out: Callable[[int, str], object]
    stdin: Inlet | None = None


class Opened(msgspec.Struct, frozen=True):
    """A port that a program opened: its protocol, what a web server sends for a path (None: unknown), and whether it is `guessed`."""

    protocol: str
    serve: Callable[[str], Answer | None] | None = None
    guessed: bool = False
