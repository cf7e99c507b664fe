"""Images that are built for another architecture than the node's."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.objects.kinds import Key
from simulator.objects.node import Node
from tests.container.test_processes import ended, exits, logs, play, pod, sh, status

__all__ = ["play"]

ARM = {"nodes": [{"name": "pi", "arch": "arm64"}]}


def test_the_node_has_its_architecture(play: Any) -> None:
    node = play(pod("a", sh("main", "true")), cluster=ARM).at().get(Key("Node", "", "pi"))
    assert isinstance(node, Node)
    assert node.status.node_info.architecture == node.metadata.labels["kubernetes.io/arch"] == "arm64"


@pytest.mark.parametrize(("command", "line"), [(["/bin/run"], "exec /bin/run: exec format error"), ([], "exec /app: exec format error")])
def test_an_image_of_one_other_architecture_cannot_be_executed(play: Any, command: list[str], line: str) -> None:
    main = {"name": "main", "image": "shop/app:1", **({"command": command} if command else {})}
    images = {"shop/app:*": {"architectures": ["amd64"]}}
    journal = play(pod("a", main), cluster=ARM, images=images)
    assert logs(journal, "main") == [line]
    assert (ended(journal, "a", "main").exit_code, ended(journal, "a", "main").reason) == (255, "Error")
    assert not exits(play(pod("a", main), images=images), "main")


def test_an_image_of_several_others_is_not_pulled(play: Any) -> None:
    images = {"shop/app:*": {"architectures": ["amd64", "s390x"]}}
    journal = play(pod("a", {"name": "main", "image": "shop/app:1"}), cluster=ARM, images=images)
    waiting = status(journal, "a", "main").state.waiting
    assert waiting is not None
    assert waiting.reason in ("ErrImagePull", "ImagePullBackOff")
    assert "no match for platform in manifest: not found" in waiting.message


def test_an_image_of_several_runs_on_each_of_them(play: Any) -> None:
    images = {"shop/app:*": {"architectures": ["amd64", "arm64"]}}
    assert not exits(play(pod("a", {"name": "main", "image": "shop/app:1"}), cluster=ARM, images=images), "main")
