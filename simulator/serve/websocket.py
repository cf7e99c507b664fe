"""The channels of a WebSocket that exec and attach speak: which byte a message begins with, and how the end of a command is reported.

A message is one byte, the channel, and data. Subprotocols: `v5.channel.k8s.io` can close a channel (kubectl 1.30 and newer), `v4` has a
Status as its end; the older ones have a plain sentence. Those named `base64.` write data in base64 and channels as digits.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

import msgspec

from simulator.objects.base import JSON

STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
PROTOCOLS = (
    "v5.channel.k8s.io",
    "v4.channel.k8s.io",
    "v3.channel.k8s.io",
    "v2.channel.k8s.io",
    "channel.k8s.io",
    "v4.base64.channel.k8s.io",
    "v3.base64.channel.k8s.io",
    "v2.base64.channel.k8s.io",
    "base64.channel.k8s.io",
)
SUCCESS: JSON = {"metadata": {}, "status": "Success"}


def chosen(offered: Sequence[str]) -> str | None:
    """The first subprotocol offered that is known; the oldest one when none is named, None when none is known."""
    if not offered:
        return "channel.k8s.io"
    return next((name for name in offered if name in PROTOCOLS), None)


def encoded(protocol: str, channel: int, data: bytes) -> dict[str, object]:
    """The ASGI message that sends data on a channel."""
    if "base64" in protocol:
        return {"type": "websocket.send", "text": f"{channel}{base64.b64encode(data).decode()}"}
    return {"type": "websocket.send", "bytes": bytes([channel]) + data}


def decoded(protocol: str, message: dict[str, object]) -> tuple[int, bytes]:
    """The channel and the data of a message; an empty message says nothing on standard input."""
    data = message.get("bytes")
    if not isinstance(data, bytes):
        data = str(message.get("text") or "").encode(errors="surrogateescape")
    if not data:
        return STDIN, b""
    if "base64" in protocol:
        return data[0] - ord("0"), base64.b64decode(data[1:])
    return data[0], data[1:]


def greeting(*, stdout: bool, stderr: bool) -> int:
    """The channel on which the server says, by an empty message, that the command runs: the first that it writes to."""
    return STDOUT if stdout else STDERR if stderr else ERROR


def ending(protocol: str, status: JSON) -> bytes:
    """What is sent on the channel of errors at the end."""
    if protocol.startswith(("v4", "v5")):
        return msgspec.json.encode(status)
    return str(status.get("message", "")).encode()


def exited(code: int) -> JSON:
    """The Status of a command that has ended with an exit code."""
    if not code:
        return SUCCESS
    message = f"command terminated with non-zero exit code: command terminated with exit code {code}"
    causes = [{"reason": "ExitCode", "message": str(code)}]
    return {"metadata": {}, "status": "Failure", "message": message, "reason": "NonZeroExitCode", "details": {"causes": causes}}


def failed(message: str) -> JSON:
    """The Status of a command that could not be run."""
    text = f"Internal error occurred: {message}"
    details = {"causes": [{"message": message}]}
    return {"metadata": {}, "status": "Failure", "message": text, "reason": "InternalError", "details": details, "code": 500}
