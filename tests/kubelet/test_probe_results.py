"""Results of probes are stored by container; watchers are called for changes only (prober/results/results_manager_test.go)."""

from __future__ import annotations

from simulator.kubelet.prober.results import LIVENESS, READINESS, Key, Result, Results

KEY = Key("u", "main", LIVENESS)


def test_only_changes_are_announced() -> None:
    changes: list[tuple[str, Result]] = []
    results = Results(lambda _, container_id, result: changes.append((container_id, result)))
    for result in (Result.SUCCESS, Result.SUCCESS, Result.FAILURE, Result.SUCCESS):
        results.set(KEY, "a", result)
    results.set(KEY, "b", Result.SUCCESS)
    assert changes == [("a", Result.SUCCESS), ("a", Result.FAILURE), ("a", Result.SUCCESS), ("b", Result.SUCCESS)]


def test_a_result_that_was_removed_is_unknown_and_the_next_one_is_new() -> None:
    changes: list[Result] = []
    results = Results(lambda _key, _container_id, result: changes.append(result))
    results.set(KEY, "a", Result.SUCCESS)
    assert results.liveness("a") is Result.SUCCESS
    results.remove(READINESS, "a")
    assert results.liveness("a") is Result.SUCCESS
    results.remove(LIVENESS, "a")
    assert results.liveness("a") is None
    results.set(KEY, "a", Result.SUCCESS)
    assert changes == [Result.SUCCESS, Result.SUCCESS]
