"""The images of a node, and pulls with their latency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.container.registry import Registry
from simulator.engine import Engine, Order, Process
from simulator.engine.durations import Fixed
from simulator.units import MILLISECOND

if TYPE_CHECKING:
    from simulator.container.surroundings import Programs

ANSWER = Fixed(500 * MILLISECOND)
"""The latency of a registry that refuses a pull, where nothing else is known."""


class ImageStore:
    """Images of one node, by their names in manifests."""

    def __init__(
        self, engine: Engine, programs: Programs, node: str, registry: Registry | None = None, architecture: str = "amd64"
    ) -> None:
        self._engine = engine
        self._programs = programs
        self._node = node
        self._architecture = architecture
        self._registry = registry or Registry()
        self._pulled: set[str] = set()
        self._tries: dict[str, int] = {}

    def has(self, image: str) -> bool:
        """Whether the node has the image."""
        return image in self._pulled or self._programs.image(image).cached

    def size(self, image: str) -> int:
        """Its size in bytes."""
        return self._programs.image(image).size

    def pull(self, image: str) -> Process[str]:
        """Pull an image; return the runtime's error, or an empty string."""
        known = self._programs.image(image)
        refused = self._registry.refusal(image)
        if refused:
            yield self._engine.sleep((known.again or ANSWER).draw(self._engine.streams, "pull", self._node, image), Order.WORLD)
            return refused
        tries = self._tries[image] = self._tries.get(image, 0) + 1
        takes = known.again if known.again is not None and self.has(image) else known.pull
        yield self._engine.sleep(takes.draw(self._engine.streams, "pull", self._node, image), Order.WORLD)
        if known.fail_times < 0 or tries <= known.fail_times:
            return known.error or (
                f'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": '
                f'failed to resolve reference "{image}": {image}: not found'
            )
        if len(known.architectures) > 1 and not known.runs_on(self._architecture):
            # An index of manifests; containerd takes a single manifest for any platform.
            failed = f'rpc error: code = NotFound desc = failed to pull and unpack image "{image}"'
            return f"{failed}: no match for platform in manifest: not found"
        self._pulled.add(image)
        return ""
