"""Containers whose command takes more memory than their limit are killed; heaps that may grow beyond it are an assumption."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.process import ENDLESS_MEMORY, MEMORY_USERS
from simulator.scenario.doubts import doubts_about_image, doubts_about_memory
from simulator.userland.memory import RULES, heap_limit, memory_of
from tests.container.test_processes import container, ended, exits, logs, play, pod, sh

__all__ = ["play"]

MI = 2**20
LIMIT = {"resources": {"limits": {"memory": "100Mi"}}}


@pytest.mark.parametrize(
    ("command", "amount"),
    [
        ("stress --vm 1 --vm-bytes 250M --vm-hang 1", 250 * MI),
        ("stress-ng --vm=2 --vm-bytes=1g", 2048 * MI),
        ("stress -m 2", 512 * MI),
        ("stress --cpu 2", 0),
        ("/stress -mem-total 950Mi -mem-alloc-size 100Mi", 950 * MI),
        ("dd if=/dev/zero of=/dev/null bs=500M count=1", 500 * MI),
        ("dd if=/dev/zero of=/x count=1", 0),
        ("tail /dev/zero", ENDLESS_MEMORY),
        ("tail -f /var/log/x", 0),
        ("java -Xms512m -XX:+AlwaysPreTouch -jar a.jar", 512 * MI),
        ("java -Xmx4g -jar a.jar", 0),
        ("ls", 0),
    ],
)
def test_what_a_command_takes_by_its_words(command: str, amount: int) -> None:
    assert memory_of(tuple(command.split())) == amount


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("x = bytearray(512 * 1024 * 1024)", 512 * MI),
        ("a = 'x' * 10**9; input()", 10**9),
        ("l = []\nwhile True: l.append(' ' * 10**6)", ENDLESS_MEMORY),
        ("x = bytearray(size)", 0),
        ("print('a' * 9 ** 9 ** 9)", 0),
        ("print(1)", 0),
    ],
)
def test_what_a_short_program_takes(text: str, amount: int) -> None:
    assert memory_of(("python3", "-c", text)) == amount


def test_the_table_of_commands_has_those_that_are_read() -> None:
    assert frozenset(RULES) == MEMORY_USERS


@pytest.mark.parametrize(
    "command",
    [
        ("stress", "--vm", "1", "--vm-bytes", "250M"),
        ("sh", "-c", "sleep 1; tail /dev/zero; echo never"),
        ("dd", "if=/dev/zero", "of=/dev/null", "bs=200M"),
        ("python", "-c", "x = bytearray(512 * 1024 * 1024)"),
        ("sh", "-c", "(exec tail /dev/zero) & wait; echo never"),
    ],
)
def test_a_container_that_takes_too_much_is_killed(play: Any, command: tuple[str, ...]) -> None:
    image = {"stress": "polinux/stress", "python": "python:3.12"}.get(command[0], "debian")
    journal = play(pod("a", container("main", *command, image=image, **LIMIT)))
    state = ended(journal, "a", "main")
    assert (state.reason, state.exit_code) == ("OOMKilled", 137)
    assert logs(journal, "main") == []


def test_without_a_limit_only_what_never_ends_is_too_much(play: Any) -> None:
    big = play(pod("a", sh("main", "dd if=/dev/zero of=/dev/null bs=500M count=1; echo done")))
    assert logs(big, "main") == ["done"]
    assert ended(play(pod("a", sh("main", "tail /dev/zero"))), "a", "main").reason == "OOMKilled"
    assert not exits(play(pod("a", container("main", "stress", "--vm", "1", "--vm-bytes", "90M", image="polinux/stress", **LIMIT))), "main")


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"command": ["java", "-Xmx2g", "-jar", "a.jar"]}, True),
        ({"env": [{"name": "JAVA_OPTS", "value": "-Xms64m -Xmx512m"}]}, True),
        ({"env": [{"name": "NODE_OPTIONS", "value": "--max-old-space-size=4096"}]}, True),
        ({"command": ["java", "-Xmx64m", "-jar", "a.jar"]}, False),
        ({"command": ["java", "-Xmx2g", "-jar", "a.jar"], "resources": {}}, False),
    ],
)
def test_a_heap_that_may_outgrow_the_limit_is_an_assumption(spec: dict[str, Any], said: bool) -> None:
    doubts = [text for text, _ in doubts_about_memory(msgspec.convert({"name": "c", **LIMIT, **spec}, Container))]
    assert doubts == (["its heap stays below its limit of 100Mi"] if said else [])


def test_elasticsearch_touches_its_heap_at_once(play: Any) -> None:
    spec = {"image": "elasticsearch:8.15.0", "env": [{"name": "ES_JAVA_OPTS", "value": "-Xms2g -Xmx2g"}]}
    for limit, reason in (("1Gi", "OOMKilled"), ("3Gi", "")):
        journal = play(pod("a", {"name": "main", **spec, "resources": {"limits": {"memory": limit}}}))
        assert (ended(journal, "a", "main").reason if exits(journal, "main") else "") == reason


def test_the_largest_heap_option_counts() -> None:
    assert heap_limit(("-Xms1g -Xmx512m",)) == 1024 * MI
    assert heap_limit(("node", "--max-old-space-size=100")) == 100 * MI


@pytest.mark.parametrize(
    ("more", "init", "said"),
    [
        ({}, [], True),
        ({"env": [{"name": "discovery.type", "value": "single-node"}]}, [], False),
        ({}, [{"name": "sysctl", "image": "busybox", "command": ["sysctl", "-w", "vm.max_map_count=262144"]}], False),
    ],
)
def test_the_setting_of_the_node_that_elasticsearch_asks_for_is_an_assumption(more: dict[str, Any], init: list[Any], said: bool) -> None:
    spec = {"containers": [{"name": "c", "image": "elasticsearch:8.15.0", **more}], "initContainers": init}
    one = msgspec.convert({"metadata": {"name": "a"}, "spec": spec}, Pod)
    texts = [text for text, _ in doubts_about_image(one.spec.containers[0], one)]
    assert texts == (["vm.max_map_count of its node is at least 262144"] if said else [])
