"""Serves the lab's files on this computer, from memory."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from simulator.errors import UsageError

HOST = "127.0.0.1"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; connect-src 'self'; worker-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; base-uri 'none'; form-action 'none'"
)
"""What the page may load and run: only the lab's own files, and Python, which is WebAssembly. The page states it, too, for other servers;
the header binds its workers. Styles: the editor writes them into the page."""
TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "css": "text/css",
    "json": "application/json",
    "wasm": "application/wasm",
    "zip": "application/zip",
}


class Server(ThreadingHTTPServer):
    """A server that does not report browsers that leave in the middle of an answer."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report all other errors."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(files: Mapping[str, bytes], port: int) -> ThreadingHTTPServer:
    """A server of these files on a port of this computer; 0: any free one. Raises UsageError when the port is taken."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer with a file."""
            name = unquote(urlsplit(self.path).path).lstrip("/") or "index.html"
            content = files.get(name)
            self.send_response(200 if content is not None else 404)
            self.send_header("Content-Type", TYPES.get(name.rpartition(".")[2], "application/octet-stream"))
            self.send_header("Content-Length", str(len(content or b"")))
            # The service worker keeps what it needs; everything else is asked for again, since it comes from memory.
            self.send_header("Cache-Control", "no-cache")
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name in the base class)
            """Say nothing: requests are no news."""

    try:
        return Server((HOST, port), Handler)
    except OSError as error:
        raise UsageError(f"--port {port}: {error.strerror}; --port 0 takes a free one") from error
