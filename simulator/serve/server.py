"""A server of one session: sockets, certificates, the clock, and a command that runs against it."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import uvicorn

from simulator.errors import UsageError
from simulator.serve.app import App
from simulator.serve.clock import Pace, clock_for
from simulator.serve.kubeconfig import kubeconfig
from simulator.serve.limits import HEADERS, LOOPBACK, bounds
from simulator.serve.session import Moving
from simulator.serve.tls import certificates
from simulator.whole_files import write_whole

LOCAL = "127.0.0.1"
NOT_FOUND = 127
"""What a shell answers to a command that does not exist."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how a world is served. `listen`: an address of this computer; `port` 0: any that is free."""

    pace: Pace = Pace()
    listen: str = LOCAL
    port: int = 0
    kubeconfig: Path = Path("kubeconfig")
    namespace: str = "default"


class Server:
    """Serves a world until it is stopped. `token` is the administrator's."""

    def __init__(self, world: Moving, settings: Settings) -> None:
        self.world, self.settings = world, settings
        self.token = secrets.token_hex(16)
        is_local = settings.listen in (LOCAL, "::1", "localhost")
        hosts = LOOPBACK if is_local else (settings.listen, *LOOPBACK)
        self.app = App(world, self.token, bounds(hosts if settings.listen not in ("0.0.0.0", "::") else ()))
        self.clock = clock_for(settings.pace, world, self.app)
        self._socket = _bound(settings.listen, settings.port)
        self._names = tuple(dict.fromkeys((settings.listen, *LOOPBACK)))
        self.address = f"https://{_called(settings.listen)}:{self._socket.getsockname()[1]}"
        self._uvicorn = self._configured()

    def _configured(self) -> uvicorn.Server:
        made = certificates(self._names)
        text = kubeconfig(self.address, made.authority, self.token, self.settings.namespace)
        self.settings.kubeconfig.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.settings.kubeconfig, text.encode(), private=True)
        with tempfile.TemporaryDirectory() as folder:
            certificate, key = Path(folder, "server.pem"), Path(folder, "key.pem")
            write_whole(certificate, made.server, private=True)
            write_whole(key, made.key, private=True)
            config = uvicorn.Config(
                self.app,
                http="h11",
                ws="wsproto",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                ssl_certfile=certificate,
                ssl_keyfile=str(key),
                h11_max_incomplete_event_size=HEADERS,
                timeout_graceful_shutdown=1,
                ws_ping_interval=None,
            )
            config.load()
        return uvicorn.Server(config)

    async def run(self) -> None:
        """Serve until someone stops it."""
        clock = asyncio.ensure_future(self.clock.run())
        serving = asyncio.ensure_future(self._uvicorn.serve(sockets=[self._socket]))
        try:
            await asyncio.wait({clock, serving}, return_when=asyncio.FIRST_COMPLETED)
            if clock.done():
                clock.result()
        finally:
            self.stop()
            clock.cancel()
            with suppress(asyncio.CancelledError):
                await serving

    async def run_command(self, command: Sequence[str]) -> int:
        """Serve while a command runs; its exit code."""
        running = asyncio.ensure_future(self.run())
        while not self.answers and not running.done():
            await asyncio.sleep(0.005)
        environment = {**os.environ, "KUBECONFIG": str(self.settings.kubeconfig)}
        try:
            process = await asyncio.create_subprocess_exec(*command, env=environment)
        except OSError as error:
            self.stop()
            await running
            raise UsageError(f"{command[0]}: {error.strerror}") from error
        ended = asyncio.ensure_future(process.wait())
        await asyncio.wait({ended, running}, return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            process.terminate()
        code = await ended
        self.stop()
        await running
        return code if code >= 0 else 128 - code

    @property
    def answers(self) -> bool:
        """Whether it answers requests by now."""
        return self._uvicorn.started

    def stop(self) -> None:
        """End soon; open watches are closed after a second."""
        self._uvicorn.should_exit = True


def _bound(listen: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in listen else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((listen, port))
    except OSError as error:
        bound.close()
        raise UsageError(f"cannot listen on {listen} port {port}: {error.strerror or error}") from error
    bound.listen(128)
    return bound


def _called(listen: str) -> str:
    """The address that clients on this computer use."""
    if listen in ("0.0.0.0", "::"):
        return LOCAL
    return f"[{listen}]" if ":" in listen else listen
