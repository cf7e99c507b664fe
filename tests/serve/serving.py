"""Servers for real clients: a world behind TLS in a thread, and the clients' command lines."""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from simulator.serve.clock import Pace
from simulator.serve.server import Server, Settings
from simulator.serve.session import Moving

STILL = Pace("manual")


class Ran(NamedTuple):
    """What a command has printed."""

    code: int
    out: str
    err: str


class Served(NamedTuple):
    """A server that runs, and the folder of its kubeconfig and caches."""

    server: Server
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What clients need: the kubeconfig, and a home of their own."""
        home = str(self.folder)
        return {
            **os.environ,
            "KUBECONFIG": str(self.server.settings.kubeconfig),
            "HOME": home,
            "KUBECACHEDIR": f"{home}/cache",
            "TZ": "UTC",
        }

    def run(self, *command: str | Path, stdin: str | bytes = b"", timeout: float = 60, env: Mapping[str, str] | None = None) -> Ran:
        """Run a client to its end."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [str(word) for word in command],
            input=given,
            capture_output=True,
            timeout=timeout,
            env={**self.environment, **(env or {})},
            cwd=self.folder,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


@contextmanager
def served(world: Moving, folder: Path, pace: Pace = STILL) -> Iterator[Served]:
    """Serve a world meanwhile."""
    server = Server(world, Settings(pace=pace, kubeconfig=folder / "kubeconfig"))
    failures: list[BaseException] = []

    def serve() -> None:
        try:
            asyncio.run(server.run())
        except BaseException as error:  # reported where the server was asked for
            failures.append(error)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield Served(server, folder)
    finally:
        server.stop()
        thread.join(10)
        if failures:
            raise failures[0]


def words(command: str) -> Sequence[str]:
    """A command line as a shell splits it."""
    import shlex

    return shlex.split(command)
