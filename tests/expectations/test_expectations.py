"""Every kind of expectation, where it holds and where it does not: a check that cannot fail would be none."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from simulator.cluster import simulate
from simulator.expectations.evaluate import CHECKS, evaluate
from simulator.expectations.milestones import IS
from simulator.expectations.object_spans import FINDERS
from simulator.expectations.verdict import Verdict
from simulator.journal.lines import dump, load
from simulator.journal.snapshot import Snapshot
from simulator.manifest.documents import Document, documents
from simulator.scenario.inputs import Choices
from simulator.scenario.read_expect import KINDS, PREDICATES, WORDS, read_expectations
from simulator.scenario.reader import Reader
from simulator.scenario.spec import Expectation
from tests.conftest import ROOT

SHOP = ROOT / "tests" / "testing" / "data" / "shop"

HOLDS = """
- {ready: deployment/app, within: 15s}
- {ready: pod/app-*, within: 15s}
- {ready: pod/app-854*, at: 30s}
- {ready: service/app, by: 15s}
- {ready: deployment/db}
- {ready: deployment/db, from: 12s, until: 90s}
- {ready: node/minikube}
- {scheduled: pod/*, within: 1s}
- {initialized: deployment/app, within: 12s}
- {started: pod/app-*, within: 12s}
- {running: pod/flaky, by: 5s}
- {available: deployment/app, at: 50s}
- {reachable: service/db, within: 12s}
- {complete: job/import, by: 7s}
- {complete: pod/import-*, within: 6s}
- {failed: job/doomed, within: 5s}
- {failed: pod/doomed-*}
- {exists: pod/lone, at: 30s}
- {exists: pod/app-*, within: 0s}
- {gone: pod/lone, by: 45s}
- {gone: pod/lone, from: 50s}
- {rollout: deployment/app, within: 15s}
- {rollout: deployment/app, at: 30s}
- {never: deployment/app, state: CrashLoopBackOff}
- {never: pod/flaky, is: ready, until: 0s}
- {never: pod/flaky, state: CrashLoopBackOff, at: 1s}
- {never: pod/*, phase: Unknown}
- {never: pod/app-*, status: "Error"}
- {never: deployment/app, condition: Available=False, from: 20s}
- {ever: pod/flaky, state: CrashLoopBackOff}
- {ever: pod/lone, status: Terminating, from: 40s}
- {ever: deployment/app, is: rolledOut, from: 61s}
- {always: pod/db-*, phase: Running, from: 5s}
- {always: deployment/db, condition: Available, from: 12s}
- {always: deployment/db, is: ready, at: 40s}
- {neverRestarts: deployment/app}
- {neverRestarts: pod/flaky, until: 1s}
- {order: [deployment/db ready, deployment/app initialized, service/app reachable]}
- {order: [pod/lone running, pod/lone gone]}
- {at: 30s, endpoints: service/app, equals: 2}
- {endpoints: service/app, atLeast: 2, from: 20s}
- {endpoints: service/app, atLeast: 2, by: 20s}
- {endpoints: service/app, atMost: 2}
- {event: pod/flaky, reason: BackOff}
- {event: pod/*, type: Warning, message: Back-off restarting, count: {atMost: 200}}
- {event: pod/flaky, reason: BackOff, count: 0, until: 3s}
- {event: job/doomed, reason: BackoffLimitExceeded, count: 1}
- {log: pod/flaky, contains: out of luck, count: {atLeast: 2}}
- {log: "deployment/db:db", matches: "^ready to .* connections$", from: 5s, until: 20s}
- {log: pod/db-*, contains: panic, count: 0}
- {metric: time-to-ready, of: deployment/app, atMost: 15s}
- {metric: restarts, of: pod/flaky, atLeast: 2}
- {metric: restarts, of: "deployment/app:app", equals: 0}
- {noRequestLost: service/app, until: 55s}
"""

FAILS = """
- {ready: deployment/app, within: 5s} => deployment/app was ready at 13 | podsim why deployment/app --at 5s
- {ready: pod/app-*, within: 5s} => after 13 | its readiness probe failed
- {ready: pod/app-*, at: 10s} => was not ready at 10s | pod/app-854dd669d7
- {ready: service/app, by: 5s} => service/app was ready at 13 | podsim why service/app --at 5s
- {ready: pod/flaky} => was not ready at 1m40s | CrashLoopBackOff
- {ready: pod/flaky, from: 3s} => was not ready at 3 | podsim describe pod flaky --at 3
- {ready: pod/nobody} => there was no pod/nobody in this run | and 4 more
- {ready: deployment/app, at: 101s} => the run ended at 1m40s, before 1m41s
- {initialized: deployment/app, within: 5s} => was initialized at 10 | await-db
- {started: pod/app-*, by: 3s} => had started at 10
- {running: pod/flaky, by: 0s} => was running at
- {available: deployment/app, at: 5s} => was not available at 5s
- {reachable: service/db, within: 2s} => was reachable at
- {complete: job/import, by: 1s} => was complete at
- {complete: job/doomed} => was not complete at 1m40s; it never was
- {failed: job/import} => had not failed at 1m40s
- {exists: pod/lone} => did not exist at 1m40s; it was created at 0s and deleted at 40.482s
- {gone: pod/lone, by: 10s} => was gone at 4
- {gone: pod/flaky} => was not gone at 1m40s
- {rollout: deployment/app, within: 2s} => had rolled out at 1m | after
- {never: pod/*, state: CrashLoopBackOff} => pod/flaky was in the state CrashLoopBackOff from | podsim why pod/flaky
- {never: pod/app-*, is: ready, until: 20s} => was ready from 13
- {never: pod/do*, phase: Failed} => pod/doomed-jn925 was in the phase Failed from | exit code 3
- {never: pod/*, status: Completed} => had the status Completed from
- {never: deployment/app, condition: Available=False} => had the condition Available=False
- {never: pod/nobody, state: Error} => there was no pod/nobody
- {ever: pod/db-*, state: CrashLoopBackOff} => none of pod/db-
- {ever: pod/flaky, state: CrashLoopBackOff, until: 2s} => none of pod/flaky until 2s
- {always: pod/db-*, phase: Running} => was not in the phase Running at 0s
- {always: pod/lone, phase: Running, from: 60s} => none of pod/lone existed from 1m
- {neverRestarts: pod/flaky} => pod/flaky main restarted at 3 | after an exit with 1
- {neverRestarts: pod/nobody} => there was no pod/nobody
- {order: [deployment/app initialized, deployment/db ready]} => deployment/db was ready | before deployment/app was initialized
- {order: [deployment/db ready, pod/flaky gone]} => pod/flaky never gone
- {order: [deployment/nobody ready, deployment/db ready]} => there was no deployment/nobody
- {at: 5s, endpoints: service/app, equals: 2} => service/app had 0 from 0s | so 0 at 5s
- {endpoints: service/app, atLeast: 2, by: 5s} => so 0 at 5s
- {endpoints: service/app, equals: 2, from: 10s} => service/app had 0 from 0s
- {endpoints: service/nobody, equals: 0} => there was no service/nobody in this run; present: service/app, service/db
- {event: pod/flaky, reason: BackOff, count: {atMost: 1}} => in all | pod/flaky: BackOff (Back-off restarting failed container
- {event: pod/lone, reason: BackOff} => there was none
- {event: pod/nobody, reason: BackOff, count: 0} => there was no pod/nobody
- {log: pod/flaky, contains: panic, count: 0} => lines | pod/flaky main at 1
- {log: pod/flaky, matches: "^panic$"} => no such line was printed
- {log: pod/nobody, contains: panic, count: 0} => there was no pod/nobody
- {metric: time-to-ready, of: deployment/app, atMost: 5s} => deployment/app: 13 | podsim why deployment/app --at 5s
- {metric: time-to-ready, of: deployment/app, atLeast: 1m} => deployment/app: 13
- {metric: restarts, equals: 0} => pod/flaky: 3
- {metric: restarts, of: pod/nobody, equals: 0} => not in this run
- {metric: failed-requests, of: service/db, equals: 0} => failed-requests cannot be measured: no matching object
- {noRequestLost: service/app} => 5 of 3499 requests were lost | kube-proxy on minikube was updated
- {noRequestLost: service/db} => no traffic to service/db in this run | add `traffic`
- {noRequestLost: service/app, until: 20s} => no traffic to service/app in this run until 20s
"""


@cache
def shop() -> Snapshot:
    return simulate([str(SHOP)]).at()


def read(text: str) -> tuple[Expectation, ...]:
    document = next(documents(text))
    assert isinstance(document, Document), document
    reader = Reader("x.podsim.yaml", document.places)
    expectations = read_expectations(reader, document.value, "")
    assert not reader.problems, reader.problems
    return expectations


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def verdict(text: str) -> Verdict:
    return evaluate(shop(), read(text))[0]


@pytest.mark.parametrize("line", lines(HOLDS))
def test_it_holds(line: str) -> None:
    result = verdict(line)
    assert result.holds, result.lines()
    assert result.happened
    assert not result.why


def failing() -> list[tuple[str, list[str]]]:
    """The expectation, and parts of its explanation."""
    rows = [line.split(" => ") for line in lines(FAILS)]
    return [(line, text.split(" | ")) for line, text in rows]


@pytest.mark.parametrize(("line", "phrases"), failing(), ids=[line for line, _ in failing()])
def test_it_does_not_hold(line: str, phrases: list[str]) -> None:
    result = verdict(line)
    text = "\n".join(result.lines())
    assert not result.holds, text
    assert [phrase for phrase in phrases if phrase not in text] == [], text


def used(expectations: list[Expectation]) -> set[tuple[str, str]]:
    return {(item.kind, name) for item in expectations for name in (*item.options, "")}


def test_every_kind_and_option_is_in_both_tables() -> None:
    good = [item for line in lines(HOLDS) for item in read(line)]
    bad = [item for line, _ in failing() for item in read(line)]
    assert {item.kind for item in good} == set(KINDS)
    # Everything is scheduled at once in this run, so that nothing is late; see below.
    assert {item.kind for item in bad} == set(KINDS) - {"scheduled"}
    for items in (good, bad):
        names = {name for item in items for name in item.options}
        assert set(PREDICATES) <= names
        assert {"within", "by", "at", "from", "until", "count", "bounds", "contains", "matches", "reason"} <= names
    assert {item.options["is"] for item in good if "is" in item.options} <= set(WORDS)


def test_a_pod_that_no_node_takes_is_never_scheduled(tmp_path: Path) -> None:
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: big}, spec: {containers: [{name: a, image: a, resources: {requests: {cpu: 99}}}]}}"
    (tmp_path / "big.yaml").write_text(pod)
    snapshot = simulate([str(tmp_path / "big.yaml")], Choices(validate="ignore")).at()
    [result] = evaluate(snapshot, read("- {scheduled: pod/big, within: 1m}"))
    assert not result.holds
    assert "was not scheduled by the end of the run at 2m" in result.happened[0]
    assert any("Insufficient cpu" in line for line in result.why), result.why


def test_the_tables_agree() -> None:
    assert set(CHECKS) == set(KINDS)
    assert set(FINDERS) == set(IS) == set(WORDS)


def test_a_saved_journal_gives_the_same_verdicts() -> None:
    again = load(dump(shop()._journal)).at()
    for line in (*lines(HOLDS), *(line for line, _ in failing())):
        assert evaluate(again, read(line)) == evaluate(shop(), read(line)), line
