"""Copies of this process that rest until they get work: a run can start again from where the copy was made. Only where processes fork."""

from __future__ import annotations

import gc
import os
import signal
import threading
import warnings
import weakref
from collections.abc import Callable
from typing import BinaryIO

LENGTH = 8
"""Bytes that hold the length of a message."""


_COPIES: weakref.WeakSet[RestingCopy] = weakref.WeakSet()
"""The copies of this process."""


def can_fork() -> bool:
    """Whether a copy of this process is whole: where processes fork, and no other thread may hold a lock."""
    return hasattr(os, "fork") and threading.active_count() == 1


class RestingCopy:
    """A copy of this process that does `work` for each message, each time in a copy of its own, so that it stays as it is."""

    def __init__(self, work: Callable[[bytes], bytes]) -> None:
        (reads, writes), (back_reads, back_writes) = os.pipe(), os.pipe()
        self.pid = _fork()
        if self.pid == 0:
            os.close(writes)
            os.close(back_reads)
            for other in _COPIES:
                other.forget()
            _rest(work, os.fdopen(reads, "rb"), os.fdopen(back_writes, "wb"))
        os.close(reads)
        os.close(back_writes)
        self._messages, self._answers = os.fdopen(writes, "wb"), os.fdopen(back_reads, "rb")
        weakref.finalize(self, _end, self.pid, self._messages, self._answers)
        _COPIES.add(self)

    def forget(self) -> None:
        """Close its pipes in another copy: it ends when nothing can send it messages any more."""
        self._messages.close()
        self._answers.close()

    def ask(self, message: bytes) -> bytes:
        """The answer to a message; empty: the copy failed."""
        try:
            _send(self._messages, message)
            return _receive(self._answers)
        except OSError:
            return b""


def _fork() -> int:
    with warnings.catch_warnings():
        # Threads of libraries that Python does not know hold no locks that a copy needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _end(pid: int, messages: BinaryIO, answers: BinaryIO) -> None:
    """The copy ends when its messages do."""
    messages.close()
    answers.close()
    os.waitpid(pid, 0)


def _rest(work: Callable[[bytes], bytes], messages: BinaryIO, answers: BinaryIO) -> None:
    """In the copy: work off messages until there are no more, and end without a trace."""
    try:
        # The parent handles Ctrl-C. What is here stays here: collecting garbage would only touch memory that is shared.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        gc.disable()
        while message := _receive(messages):
            pid = _fork()
            if pid == 0:
                # Ctrl-C ends what is running, so that the parent need not wait for it.
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                _send(answers, work(message))
                os._exit(0)
            if os.waitpid(pid, 0)[1]:
                _send(answers, b"")
    finally:
        os._exit(1)


def _send(pipe: BinaryIO, message: bytes) -> None:
    pipe.write(len(message).to_bytes(LENGTH, "big") + message)
    pipe.flush()


def _receive(pipe: BinaryIO) -> bytes:
    return pipe.read(int.from_bytes(pipe.read(LENGTH), "big"))
