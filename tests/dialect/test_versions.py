"""`podsim versions`: what differs from release to release, from the tables."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from click.testing import CliRunner

from simulator.cli.klog_command import versions
from simulator.dialect import Dialect
from simulator.dialect.dialect import SUPPORTED
from simulator.views.versions import AREAS, as_text, changes, descriptions


def test_a_change_says_since_when_and_what_was_before() -> None:
    found = next(change for change in changes() if change.what == "container.started")
    assert (found.since, found.area) == (("1.35",), "kubelet")
    assert (found.before, found.after) == ("Started container {name}", "Container started")


def test_patches_stand_where_wording_changed_in_a_patch() -> None:
    [found] = changes("1.31.5", "1.31.6")
    assert (found.what, found.since) == ("container.created", ("1.30.10", "1.31.6", "1.32"))
    assert changes("1.31", "1.31.6") == []


def test_between_two_releases_only_the_ends_count() -> None:
    found = {change.what: change for change in changes("1.30.0", "1.36")}
    assert (found["container.created"].before, found["container.created"].after) == ("Created container {name}", "Container created")
    assert changes("1.36", "1.30") == []


@pytest.mark.parametrize(("old", "new"), list(pairwise(SUPPORTED)))
def test_the_list_is_what_the_dialects_do(old: str, new: str) -> None:
    """A switch is listed between two neighbours exactly if their dialects differ in it."""
    listed = {change.what for change in changes(old, new) if change.area in ("kubelet", "controllers", "validation")}
    before, after = vars(Dialect(old)), vars(Dialect(new))
    switches = {name for name in before if not name.startswith("_") and name != "release" and before[name] != after[name]}
    words = {key for key, text in before["_wording"].items() if text != after["_wording"][key]}
    assert listed == switches | words


def test_every_area_has_something_and_changes_come_in_order_of_release() -> None:
    found = changes()
    assert {change.area for change in found} == set(AREAS)
    assert [change.first for change in found] == sorted(change.first for change in found)
    assert all(change.before != change.after for change in found)


def test_every_switch_is_described() -> None:
    assert set(descriptions()) == {change.what for change in changes() if not isinstance(change.after, str)}


def test_text_shows_both_versions_of_a_sentence_and_the_description_of_a_switch() -> None:
    text = as_text(changes())
    assert "      - Started container {name}" in text
    assert "      + Container started" in text
    assert "    + the PLEG relists a pod right after a sync that changed it (PLEGOnDemandRelist)" in text
    assert "    seconds without a heartbeat until a node is not ready (node-monitor-grace-period): 40 -> 50" in text


def test_the_command_prints_text_or_json_and_refuses_nonsense() -> None:
    run = CliRunner().invoke
    assert "since 1.32\n  kubelet\n" in run(versions, []).output
    rows = json.loads(run(versions, ["1.34", "1.35", "-o", "json"]).output)
    requeues = "after CrashLoopBackOff the pod is synced when the back-off ends, not 10 s later"
    row = {"since": ["1.35"], "area": "kubelet", "what": "requeues_at_back_off_end", "before": False, "after": True}
    assert row | {"description": requeues} in rows
    assert run(versions, ["old"]).exit_code != 0
