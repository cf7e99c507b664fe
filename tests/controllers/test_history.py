"""The ControllerRevisions of StatefulSets and DaemonSets."""

from __future__ import annotations

from typing import Any

import yaml

from simulator.controllers.history import History
from simulator.objects.base import evolve
from simulator.objects.kinds import from_builtins
from tests.fake_cluster import FakeCluster, in_default, workload

HASH = "controller-revision-hash"


def owner(image: str = "app:1", collisions: int | None = None) -> Any:
    item: Any = in_default(from_builtins(yaml.safe_load(workload("StatefulSet", "db"))))
    template = item.spec.template
    containers = [evolve(container, image=image) for container in template.spec.containers]
    changed = evolve(item.spec, template=evolve(template, spec=evolve(template.spec, containers=containers)))
    return evolve(item, metadata=evolve(item.metadata, uid="u"), spec=changed, status=evolve(item.status, collision_count=collisions))


def test_collisions_are_part_of_the_hash_in_the_name() -> None:
    names = {History(FakeCluster().api, HASH).current(owner(collisions=count)).metadata.name for count in (0, 1, 2)}
    assert len(names) == 3
    assert all(name.startswith("db-") for name in names)


def test_without_collisions_the_count_may_be_missing() -> None:
    first, second = (History(FakeCluster().api, HASH).current(owner(collisions=count)).metadata.name for count in (None, 0))
    assert first == second


def test_revisions_are_numbered_from_one_and_an_old_template_becomes_the_latest_again() -> None:
    history = History(FakeCluster().api, HASH)
    images = ("app:1", "app:2", "app:2", "app:1", "app:3")
    revisions = [history.current(owner(image)) for image in images]
    assert [item.revision for item in revisions] == [1, 2, 2, 3, 4]
    assert revisions[3].metadata.name == revisions[0].metadata.name
    assert [item.revision for item in history.revisions(owner())] == [2, 3, 4]
