"""`podsim story` and `podsim why` on the command line and from Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import simulator
from simulator.errors import UsageError
from tests.conftest import ROOT, Podsim

LATE = str(ROOT / "scenarios" / "redis-late")


def test_why_follows_a_pod_to_the_image_that_another_one_waits_for(podsim: Podsim) -> None:
    told = podsim("why", "pod/app-tier", "-f", LATE, "--at", "20s")
    assert told.code == 0
    for part in ("init container await-redis", "(scenario.yaml:20)", "service/data-tier has no ready endpoints", "has been pulling since"):
        assert part in told.out


def test_why_as_json_is_the_same_tree(podsim: Podsim) -> None:
    (tree,) = json.loads(podsim("why", "service/data-tier", "-f", LATE, "--at", "20s", "-o", "json").out)
    assert (tree["about"], tree["role"], tree["place"]) == ("service/data-tier", "fact", "data-tier.yaml:1")
    deepest = tree
    while deepest.get("causes"):
        deepest = deepest["causes"][0]
    assert deepest["place"] == "data-tier.yaml:39"


def test_without_a_name_why_asks_about_pods_that_are_not_ready(podsim: Podsim) -> None:
    assert podsim("why", "-f", LATE, "--at", "20s").out.count("also not ready") == 1
    assert podsim("why", "-f", LATE, "--at", "100s").out == "every pod is ready or has completed\n"


def test_a_saved_run_tells_the_same(podsim: Podsim, tmp_path: Path) -> None:
    saved = str(tmp_path / "run.journal")
    podsim("run", LATE, "--save", saved)
    for command in (("why", "pod", "--at", "58s"), ("story", "deployment/app-tier-dp")):
        now = podsim(*command, "-f", LATE)
        assert now == podsim(*command, "--from", saved)
        assert now.code == 0
        assert now.out


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("why", "pod/nobody"), "no pod 'nobody' at 2m; available: app-tier-dp"),
        (("why", "thing/x"), 'doesn\'t have a resource type "thing"'),
        (("story", "--only", "probes"), "--only probes: unknown; known:"),
    ],
    ids=["name", "kind", "thing"],
)
def test_what_is_not_there_is_named(podsim: Podsim, args: tuple[str, ...], message: str) -> None:
    told = podsim(*args, "-f", LATE)
    assert (told.code, message in told.err) == (2, True), told.err


def test_story_fits_the_width_and_tells_the_clock(podsim: Podsim) -> None:
    told = podsim("story", "service/data-tier", "-f", LATE, "--clock")
    assert told.out.splitlines()[0].split()[:2] == ["09:00:00.000", "user"]
    assert max(map(len, podsim("story", "-f", LATE).out.splitlines())) <= 100
    things = {entry["thing"] for entry in json.loads(podsim("story", "-f", LATE, "--only", "exit,start", "-o", "json").out)}
    assert things == {"exit", "start"}


def test_from_python() -> None:
    run = simulator.run(LATE)
    assert run.why("pod/app-*", at="20s").startswith("pod/app-tier-dp-")
    assert run.why(at="20s").count("because") >= 6
    assert "receives connections" in run.story("service/data-tier", only=["network"])
    with pytest.raises(UsageError, match="no pod 'x'"):
        run.story("pod/x")
