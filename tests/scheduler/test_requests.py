"""What a pod needs in all, against the published cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.objects.container import Container, ResourceRequirements
from simulator.objects.pod import Pod, PodSpec
from simulator.scheduler.requests import pod_amounts, scored_amounts
from simulator.units import parse_quantity

CASES = yaml.safe_load((Path(__file__).parent.parent / "data/controlplane/pod-resources.yaml").read_text())


def _containers(items: list[dict[str, Any]]) -> list[Container]:
    return [
        Container(
            name=item.get("name", f"c{i}"),
            restart_policy=item.get("restartPolicy", ""),
            resources=ResourceRequirements(requests=item.get("requests", {}), limits=item.get("limits", {})),
        )
        for i, item in enumerate(items)
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict[str, Any]) -> None:
    spec = PodSpec(
        containers=_containers(case["containers"]),
        init_containers=_containers(case.get("initContainers", [])),
        overhead={} if case.get("exclude_overhead") else case.get("overhead", {}),
    )
    found = pod_amounts(spec, case["of"])
    assert found == {name: parse_quantity(text) for name, text in case["expect"].items()}


def test_there_are_all_of_them() -> None:
    assert len(CASES) == 19


def test_who_asks_for_nothing_counts_for_a_little_in_scores() -> None:
    pod = Pod(spec=PodSpec(containers=_containers([{}, {"requests": {"cpu": "1"}}])))
    assert [str(amount) for amount in scored_amounts(pod.spec)] == ["1.100", str(2 * 200 * 2**20)]
