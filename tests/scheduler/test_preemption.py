"""Preemption: which pods are evicted, and from which node. Most cases are those of Kubernetes' own tables (default_preemption_test.go)."""

from __future__ import annotations

from itertools import permutations

import pytest

from simulator.objects.base import evolve
from simulator.objects.meta import LabelSelector, ObjectMeta
from simulator.objects.pod import Pod
from simulator.objects.policy import PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Rejection, with_node
from simulator.scheduler.filters import rejection
from simulator.scheduler.preemption import Candidate, best, candidate, ineligible
from tests.scheduler.builders import PRIORITIES, SIZES, asking, cycle, node_info, pod

Nodes = dict[str, list[str]]


def victim(name: str, words: str) -> Pod:
    """`mid large @3 app=a`: priority, size, the second of its start (none: it has not started), labels."""
    priority, size, *rest = words.split()
    labels = dict(word.split("=") for word in rest if "=" in word)
    started = next((f"2026-01-01T00:00:0{word[1:]}Z" for word in rest if word.startswith("@")), None)
    amount = SIZES[size]
    item = pod(name, labels, priority=PRIORITIES[priority], containers=asking(cpu=f"{amount}m", memory=str(amount)))
    return evolve(item, status=evolve(item.status, start_time=started))


def nodes_of(nodes: Nodes) -> list[NodeInfo]:
    """Nodes on which a `full` pod just fits; their pods are named after their place."""
    return [
        node_info(name, *(victim(f"{name}.{i}", words) for i, words in enumerate(there, 1)), cpu="500m", memory="500")
        for name, there in nodes.items()
    ]


def candidates(subject: Pod, nodes: list[NodeInfo], budgets: list[PodDisruptionBudget]) -> list[Candidate | Rejection]:
    """The outcome of preemption on each node."""
    attempt = cycle(subject, *nodes)
    return [candidate(subject, info, lambda view: rejection(with_node(attempt, view), view), budgets) for info in nodes]


def budget(allowed: int, selector: LabelSelector, *, namespace: str = "default", disrupted: str = "") -> PodDisruptionBudget:
    return PodDisruptionBudget(
        metadata=ObjectMeta(name="b", namespace=namespace),
        spec=PodDisruptionBudgetSpec(selector=selector),
        status=PodDisruptionBudgetStatus(
            disruptions_allowed=allowed, disrupted_pods={disrupted: "2026-01-01T00:00:00Z"} if disrupted else {}
        ),
    )


A = LabelSelector(match_labels={"app": "a"})
B = LabelSelector(match_labels={"tier": "b"})


@pytest.mark.parametrize(
    ("subject", "there", "names"),
    [
        pytest.param("high large", ["mid large"], ["1"], id="a pod of lower priority is evicted"),
        pytest.param("low large", ["mid large"], None, id="a pod of higher priority is not"),
        pytest.param("high large", ["high large"], None, id="nor is one of the same priority"),
        pytest.param("high large", ["low small", "mid large"], ["2"], id="a small pod stays although its priority is lower"),
        pytest.param("high large", ["mid small", "low small", "mid medium", "high small"], ["3", "2"], id="as many pods stay as fit"),
        pytest.param(
            "high large",
            ["low small @5", "low small @4", "mid medium @3", "high small @2"],
            ["3", "1"],
            id="of equal priority the one that started later",
        ),
        pytest.param("high full", ["mid medium", "mid medium"], ["1", "2"], id="two victims"),
        pytest.param("high large", ["low medium", "low medium @2"], ["1"], id="a pod that has not started counts as the latest"),
    ],
)
def test_victims(subject: str, there: list[str], names: list[str] | None) -> None:
    [info] = nodes_of({"n": there})
    [outcome] = candidates(victim("p", subject), [info], [])
    if names is None:
        assert outcome == Rejection(("No preemption victims found for incoming pod",), resolvable=False)
    else:
        assert isinstance(outcome, Candidate)
        assert (outcome.node, [item.metadata.name for item in outcome.victims]) == ("n", [f"n.{name}" for name in names])


def test_a_pod_that_does_not_fit_even_without_victims_is_rejected_by_the_filter() -> None:
    [info] = nodes_of({"n": ["low small", "high large"]})
    [outcome] = candidates(victim("p", "high large"), [info], [])
    assert isinstance(outcome, Rejection)
    assert outcome.reasons == ("Insufficient cpu", "Insufficient memory")
    assert sorted(info.pods) == ["n.1", "n.2"], "the node itself is unchanged"


@pytest.mark.parametrize(
    ("budgets", "violations"),
    [
        pytest.param([], 0, id="no budget"),
        pytest.param([budget(1, LabelSelector(match_labels={"app": "other"}))], 0, id="other labels"),
        pytest.param([budget(2, A)], 0, id="two disruptions allowed"),
        pytest.param([budget(1, A)], 1, id="one disruption allowed"),
        pytest.param([budget(0, A)], 2, id="no disruption allowed"),
        pytest.param([budget(-1, A)], 2, id="fewer than none allowed"),
        pytest.param([budget(0, A, namespace="elsewhere")], 0, id="another namespace"),
        pytest.param([budget(0, LabelSelector())], 0, id="an empty selector matches no pod"),
        pytest.param([budget(1, A, disrupted="n.2")], 0, id="a victim in disruptedPods is not counted again"),
        pytest.param([budget(1, A, disrupted="gone")], 1, id="disruptedPods names another pod"),
        pytest.param([budget(2, A), budget(0, B)], 1, id="two budgets, one violated"),
        pytest.param([budget(0, A), budget(0, B)], 2, id="a pod that violates two budgets counts once"),
        pytest.param([budget(0, A), budget(5, B)], 2, id="a budget that allows it does not make up for one that does not"),
    ],
)
def test_budgets(budgets: list[PodDisruptionBudget], violations: int) -> None:
    nodes = nodes_of({"n": ["mid medium @1 app=a", "mid medium @2 app=a tier=b"]})
    [outcome] = candidates(victim("p", "high full"), nodes, budgets)
    assert isinstance(outcome, Candidate)
    assert ([item.metadata.name for item in outcome.victims], outcome.violations) == (["n.1", "n.2"], violations)


def test_pods_that_a_budget_protects_are_spared_first() -> None:
    """Either pod could stay. Without a budget the one of higher priority does; a budget that allows no disruption protects the other."""
    nodes = nodes_of({"n": ["low medium app=a", "mid medium"]})
    for budgets, names in (([], ["n.1"]), ([budget(0, A)], ["n.2"])):
        [outcome] = candidates(victim("p", "high large"), nodes, budgets)
        assert isinstance(outcome, Candidate)
        assert ([item.metadata.name for item in outcome.victims], outcome.violations) == (names, 0)


@pytest.mark.parametrize(
    ("subject", "nodes", "chosen"),
    [
        pytest.param(
            "high full",
            {"n1": ["mid medium", "mid large"], "n2": ["mid medium", "low medium"], "n3": ["low medium", "low medium"]},
            "n3",
            id="the lowest highest priority",
        ),
        pytest.param(
            "high full",
            {"n1": ["mid medium", "mid large"], "n2": ["mid large", "low medium"], "n3": ["mid medium", "mid medium"]},
            "n2",
            id="then the lowest sum of priorities",
        ),
        pytest.param(
            "high full",
            {
                "n1": ["mid small", "negative small", "mid small", "negative small"],
                "n2": ["mid large", "negative medium"],
                "n3": ["mid medium", "negative small", "low small"],
            },
            "n2",
            id="two victims rather than four whose priorities cancel out",
        ),
        pytest.param(
            "high full",
            {
                "n1": ["mid small", "negative small", "negative small"],
                "n2": ["mid large", "negative medium"],
                "n3": ["mid medium", "negative small", "low small"],
            },
            "n2",
            id="a victim of negative priority adds to the sum",
        ),
        pytest.param(
            "top full",
            {
                "n1": ["mid small", "low small", "low small"],
                "n2": ["high large"],
                "n3": ["mid medium", "low small", "low small", "low medium"],
                "n4": ["mid medium", "mid small", "mid small", "negative small"],
            },
            "n1",
            id="no node is best in every respect",
        ),
        pytest.param(
            "high full",
            {"n1": ["mid medium @2", "mid medium @2"], "n2": ["mid medium @3", "mid medium @3"], "n3": ["mid medium @1", "mid medium @1"]},
            "n2",
            id="then the latest start",
        ),
        pytest.param(
            "high full",
            {"n1": ["mid medium @4", "mid medium @2"], "n2": ["mid medium @5", "mid medium @1"], "n3": ["mid medium @3", "mid medium @4"]},
            "n3",
            id="the earliest start of each node counts",
        ),
        pytest.param(
            "high full",
            {"n1": ["low medium @4", "mid medium @2"], "n2": ["mid medium @6", "low medium @1"], "n3": ["low medium @3", "mid medium @5"]},
            "n2",
            id="among victims of the highest priority",
        ),
    ],
)
def test_the_best_node(subject: str, nodes: Nodes, chosen: str) -> None:
    outcome = [item for item in candidates(victim("p", subject), nodes_of(nodes), []) if isinstance(item, Candidate)]
    assert len(outcome) == len(nodes)
    assert {best(order).node for order in permutations(outcome)} == {chosen}


def test_budgets_come_before_priorities() -> None:
    nodes = nodes_of({"n1": ["low large @9 app=a"], "n2": ["mid large @1", "mid small @1"]})
    outcome = [item for item in candidates(victim("p", "high full"), nodes, [budget(0, A)]) if isinstance(item, Candidate)]
    assert best(outcome).node == "n2"


def test_fewer_victims_at_the_same_sum() -> None:
    """A victim of the lowest possible priority adds nothing to the sum."""
    lowest = -(2**31)

    def those(count: int) -> list[Pod]:
        return [pod(f"v{i}", priority=lowest) for i in range(count)]

    assert best([Candidate("n1", those(2), 0), Candidate("n2", those(1), 0)]).node == "n2"


def test_of_equal_nodes_the_first_is_chosen() -> None:
    outcome = candidates(victim("p", "high large"), nodes_of({"n1": ["mid large @1"], "n2": ["mid large @1"]}), [])
    assert best([item for item in outcome if isinstance(item, Candidate)]).node == "n1"


@pytest.mark.parametrize(
    ("policy", "there", "leaves", "text"),
    [
        ("", [], False, ""),
        ("PreemptLowerPriority", ["low small"], False, ""),
        ("Never", [], False, "not eligible due to preemptionPolicy=Never."),
        ("", ["low small"], True, "not eligible due to a terminating pod on the nominated node."),
        ("", ["high small"], True, ""),
        ("", ["top small"], True, ""),
    ],
)
def test_eligibility(policy: str, there: list[str], leaves: bool, text: str) -> None:
    """A pod may not preempt while a pod of lower priority is terminating on its nominated node."""
    subject = pod("p", priority=PRIORITIES["high"], preemptionPolicy=policy)
    [info] = nodes_of({"n": there})
    if leaves:
        for item in list(info.pods.values()):
            info.replace(evolve(item, metadata=evolve(item.metadata, deletion_timestamp="2026-01-01T00:00:00Z")))
    assert ineligible(subject, info) == text


def test_eligibility_without_a_nominated_node() -> None:
    assert ineligible(pod("p"), None) == ""
