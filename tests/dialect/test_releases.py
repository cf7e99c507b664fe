"""Which release speaks and behaves how: measured on recorded kubelets and read in the sources of the release branches."""

from __future__ import annotations

import pytest

from simulator.dialect import Dialect
from simulator.dialect.dialect import DEFAULT, SUPPORTED
from simulator.dialect.release import parse_release, reached
from simulator.errors import UsageError

WORDS = {"name": "web", "image": "nginx", "error": "boom", "probe": "Readiness", "command": "check", "timeout": "2s"}

SENTENCES = [
    # key, sentence, releases that say so
    ("container.created", "Created container web", ["1.29", "1.30.0", "1.30.9", "1.31.0", "1.31.5"]),
    ("container.created", "Created container: web", ["1.30.10", "1.30", "1.31.6", "1.31", "1.32.0", "1.32", "1.33", "1.34"]),
    ("container.created", "Container created", ["1.35.0", "1.35", "1.36"]),
    ("container.started", "Started container web", ["1.29", "1.30", "1.31", "1.32", "1.33", "1.34"]),
    ("container.started", "Container started", ["1.35", "1.36"]),
    ("image.present", 'Container image "nginx" already present on machine', ["1.29", "1.32", "1.34"]),
    ("image.present", 'Container image "nginx" already present on machine and can be accessed by the pod', ["1.35", "1.36"]),
    ("image.back_off_error", 'Back-off pulling image "nginx"', ["1.29", "1.30", "1.31"]),
    ("image.back_off_error", 'Back-off pulling image "nginx": ErrImagePull: boom', ["1.32.0", "1.32", "1.34", "1.36"]),
    ("probe.exec_timeout", 'command "check" timed out', ["1.29", "1.30"]),
    ("probe.exec_timeout", 'command timed out: "check" timed out after 2s', ["1.31", "1.32", "1.36"]),
    ("probe.errored", "Readiness probe errored: boom", ["1.29", "1.32"]),
    ("probe.errored", "Readiness probe errored and resulted in unknown state: boom", ["1.33", "1.36"]),
    ("probe.not_ready", "", ["1.29", "1.30", "1.31"]),
    ("probe.not_ready", "not ready", ["1.32", "1.34", "1.36"]),
]

SWITCHES = [
    # switch, the first minor that has it
    ("spam_filter_counts_by_type", 32),
    ("readiness_trigger_resets_ticker", 32),
    ("startup_probe_rests_after_success", 32),
    ("init_rules_know_sidecars", 33),
    ("reports_observed_generation", 34),
    ("resizes_pods", 33),
    ("retries_resizes_for_capacity", 34),
    ("startup_log_tells_of_pulls", 34),
    ("hook_failures_are_information", 34),
    ("requeues_at_back_off_end", 35),
    ("containers_follow_own_policies", 35),
    ("relists_on_demand", 36),
    ("reports_ready_sandbox_at_once", 36),
    ("initialized_is_final", 36),
]


@pytest.mark.parametrize(("key", "sentence", "releases"), SENTENCES, ids=[f"{key}: {found[:40]}" for key, found, _ in SENTENCES])
def test_a_release_has_its_own_words(key: str, sentence: str, releases: list[str]) -> None:
    assert {release: Dialect(release).say(key, **WORDS) for release in releases} == dict.fromkeys(releases, sentence)


@pytest.mark.parametrize(("switch", "first"), SWITCHES, ids=[switch for switch, _ in SWITCHES])
def test_a_behaviour_begins_with_a_minor(switch: str, first: int) -> None:
    assert {release: getattr(Dialect(release), switch) for release in SUPPORTED} == {
        release: parse_release(release).minor >= first for release in SUPPORTED
    }


def test_eight_minors_are_simulated_and_the_newest_is_the_default() -> None:
    assert SUPPORTED == ("1.29", "1.30", "1.31", "1.32", "1.33", "1.34", "1.35", "1.36")
    assert SUPPORTED[-1] == DEFAULT
    assert str(Dialect().release) == DEFAULT


@pytest.mark.parametrize("release", ["1.28", "1.37", "2.0", "one"])
def test_other_releases_are_refused(release: str) -> None:
    with pytest.raises(UsageError):
        Dialect(release)


@pytest.mark.parametrize(
    ("release", "since", "has"),
    [
        ("1.31", "1.31.6", True),  # a minor alone is its last patch
        ("1.31.0", "1.31", True),
        ("1.31.5", "1.30.10 1.31.6 1.32", False),
        ("1.31.6", "1.30.10 1.31.6 1.32", True),
        ("1.30.10", "1.30.10 1.31.6 1.32", True),
        ("1.29", "1.30.10 1.31.6 1.32", False),
        ("1.32.0", "1.30.10 1.31.6 1.32", True),
        ("v1.32.10+k3s1", "1.32.10", True),
        ("1.36", "1.36.3", False),  # alone it means the recorded patch
        ("1.36.3", "1.36.3", True),
        ("1.35.9", "1.36.3", False),
    ],
)
def test_carried_back_changes_are_compared_within_their_minor(release: str, since: str, has: bool) -> None:
    assert reached(parse_release(release), since) is has


def test_unknown_switches_and_words_are_errors() -> None:
    with pytest.raises(AttributeError):
        _ = Dialect().flies
    with pytest.raises(KeyError):
        Dialect().say("container.flew")
