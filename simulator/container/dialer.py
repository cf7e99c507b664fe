"""What containers need from the network and the API server."""

from __future__ import annotations

from typing import Protocol

from simulator.container.program import Creation
from simulator.objects.pod import Pod


class Dialer(Protocol):
    """Connects to names and ports, and to the API server."""

    def answer(self, namespace: str, node: str, host: str, port: str) -> str:
        """The result of a connection attempt from a pod of that namespace on that node: `CONNECTED`, or the error."""

    def create(self, pod: Pod, creation: Creation) -> None:
        """Create an object through the API server for a program of a pod."""
