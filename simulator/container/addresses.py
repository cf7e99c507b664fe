"""Pod addresses of a node, allocated from its range in turn, as the host-local IPAM plug-in does."""

from __future__ import annotations

from collections.abc import Callable

from simulator.api.addresses import dotted

GATEWAY = 1
"""The first address of a range belongs to the node's bridge."""


class PodAddresses:
    """Allocates the addresses of one range (`10.244.0.0/24`) in turn, and skips those in use.

    When all are in use it continues beyond the range: a real node would refuse the pod, here the address shows it.
    """

    def __init__(self, cidr: str, in_use: Callable[[str], bool]) -> None:
        base, _, bits = cidr.partition("/")
        self._base = _number(base)
        self._size = 1 << (32 - int(bits))
        self._in_use = in_use
        self._last = GATEWAY

    def __call__(self) -> str:
        """The next free address."""
        usable = max(self._size - 3, 1)  # without network, gateway and broadcast
        for step in range(1, usable + 1):
            offset = GATEWAY + 1 + (self._last - GATEWAY + step - 1) % usable
            address = dotted(self._base + offset)
            if not self._in_use(address):
                self._last = offset
                return address
        beyond = self._size
        while self._in_use(dotted(self._base + beyond)):
            beyond += 1
        return dotted(self._base + beyond)


def _number(address: str) -> int:
    parts = [int(part) for part in address.split(".")]
    return parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3]
