"""Pod addresses of a node."""

from __future__ import annotations

from simulator.container.addresses import PodAddresses


def test_in_turn_without_network_bridge_and_broadcast() -> None:
    used: set[str] = set()
    addresses = PodAddresses("10.9.0.0/29", used.__contains__)
    assert [addresses() for _ in range(6)] == ["10.9.0.2", "10.9.0.3", "10.9.0.4", "10.9.0.5", "10.9.0.6", "10.9.0.2"]


def test_addresses_in_use_are_passed_over_and_come_back() -> None:
    used = {"10.9.0.3"}
    addresses = PodAddresses("10.9.0.0/29", used.__contains__)
    assert [addresses() for _ in range(2)] == ["10.9.0.2", "10.9.0.4"]
    used.clear()
    assert [addresses() for _ in range(4)] == ["10.9.0.5", "10.9.0.6", "10.9.0.2", "10.9.0.3"]


def test_a_full_range_continues_beyond_its_end() -> None:
    used: set[str] = set()
    addresses = PodAddresses("10.9.0.0/30", used.__contains__)
    allocated = []
    for _ in range(3):
        allocated.append(addresses())
        used.add(allocated[-1])
    assert allocated == ["10.9.0.2", "10.9.0.4", "10.9.0.5"]
