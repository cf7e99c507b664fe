"""What the kubelet reports about pulls that wait for each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kubelet.world import cluster, events


@pytest.mark.parametrize(("serialize", "waited"), [(True, ["5s", "10s"]), (False, ["5s", "5s"])])
def test_the_time_of_a_pull_and_the_time_with_waiting(tmp_path: Path, serialize: bool, waited: list[str]) -> None:
    """The second of two pulls at the same time waits for the first, unless pulls are parallel. The message has both times."""
    other = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "other"},
        "spec": {"nodeName": "minikube", "automountServiceAccountToken": False, "containers": [{"name": "c", "image": "other:1"}]},
    }
    scenario = {"images": {"*": {"pull": "5s", "size": 1000}}, "cluster": {"kubelet": {"serializeImagePulls": serialize}}}
    journal = cluster(tmp_path, {"containers": [{"name": "main"}]}, other, exact=True, **scenario).run()
    messages = sorted(event.message.partition('" in ')[2] for _, event in events(journal, "Pulled"))
    assert messages == sorted(f"5s ({time} including waiting). Image size: 1000 bytes." for time in waited)
