"""What a runtime needs from the rest of the cluster."""

from __future__ import annotations

from typing import Protocol

from simulator.container.program import Creation, Image, Program, Sandbox
from simulator.container.start_checks import StartFailure
from simulator.images.contents import Contents
from simulator.objects.container import Container
from simulator.objects.pod import Pod


class Programs(Protocol):
    """What containers do: the Scenario's programs, and those that are assumed."""

    def program(self, pod: Pod, container: Container) -> Program:
        """The program of a container."""

    def sandbox(self, pod: Pod) -> Sandbox:
        """How the sandbox of a pod is created."""

    def image(self, name: str) -> Image:
        """The properties of an image."""

    def image_user(self, name: str) -> str | None:
        """The user of an image, a number or a name; None: unknown, and assumed not to be root."""

    def known_user(self, name: str) -> str | None:
        """The user of an image, a number or a name; None: unknown."""

    def contents(self, name: str) -> Contents:
        """The programs of an image, as far as they are known."""

    def assume_program(self, name: str, command: str) -> None:
        """Record the assumption that an image has a program."""

    def start_failed(self, pod: Pod, container: Container, failure: StartFailure | None) -> None:
        """Whether a start of a container failed, which decides what has to be assumed of it."""

    def assume(self, subject: str, text: str, reason: str, override: str) -> None:
        """Record an assumption about the node, with the line of a Scenario that overrides it."""


class Dialer(Protocol):
    """Connects to names and ports, and to the API server."""

    def answer(self, namespace: str, node: str, host: str, port: str) -> str:
        """The result of a connection attempt from a pod of that namespace on that node: `CONNECTED`, or the error."""

    def create(self, pod: Pod, creation: Creation) -> None:
        """Create an object through the API server for a program of a pod."""
