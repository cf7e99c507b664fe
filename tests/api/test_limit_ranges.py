"""LimitRanges: Kubernetes' own table (plugin/pkg/admission/limitranger/admission_test.go), and its defaults."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.api import ApiError
from tests.api.shelf import V1, admission, limits, made, pod, refusal

Words = str
"""`500m/1 512Mi/-`: requests and limits of cpu, then of memory; `-`: none."""


def resources(words: Words) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"requests": {}, "limits": {}}
    for name, pair in zip(("cpu", "memory", "ephemeral-storage"), words.split(), strict=False):
        for side, text in zip(found, pair.split("/"), strict=True):
            if text != "-":
                found[side][name] = text
    return found


def asking(*containers: Words, init: tuple[Words, ...] = (), whole: Words = "") -> Any:
    """A pod of such containers and init containers; `whole`: resources of the pod itself."""
    given = [{"name": f"c{i}", "image": "i", "resources": resources(words)} for i, words in enumerate(containers)]
    first = [{"name": f"i{i}", "image": "i", "resources": resources(words)} for i, words in enumerate(init)]
    return pod(containers=given, initContainers=first, **({"resources": resources(whole)} if whole else {}))


def rule(words: str) -> dict[str, Any]:
    """`Pod max cpu=2 memory=1Gi ratio cpu=1.5`."""
    kind, *rest = words.split()
    names = {"min": "min", "max": "max", "ratio": "maxLimitRequestRatio"}
    item: dict[str, Any] = {"type": kind}
    for word in rest:
        if word in names:
            current = item.setdefault(names[word], {})
        else:
            name, _, text = word.partition("=")
            current[name] = text
    return item


# The API server gives a LimitRange for containers defaults: what is the minimum or the maximum is requested by default.
ALLOWED = [
    ("Container min cpu=50m", asking("100m/-")),
    ("Container min cpu=50m", asking("100m/200m")),
    ("Container min cpu=50m", asking("50m/50m")),
    ("Container min cpu=50m", asking("-/-")),
    ("Container min memory=50Mi", asking("-/- 60Mi/-")),
    ("Container min memory=50Mi", asking("-/- 60Mi/100Mi")),
    ("Container max cpu=2", asking("500m/1")),
    ("Container max cpu=2", asking("-/1")),
    ("Container max cpu=2", asking("2/2")),
    ("Container max cpu=2", asking("-/-")),
    ("Container max memory=1Gi", asking("-/- 250Mi/500Mi")),
    ("Container ratio cpu=1.5", asking("500m/750m")),
    ("Container max ephemeral-storage=600Mi", asking("-/- -/- 250Mi/500Mi", "-/- -/- 250Mi/500Mi")),
    ("Pod min cpu=100m", asking("75m/-", "75m/-")),
    ("Pod min cpu=100m", asking("75m/200m", "75m/200m")),
    ("Pod min memory=100Mi", asking("-/- 60Mi/100Mi", "-/- 60Mi/100Mi")),
    ("Pod min memory=100Mi", asking("-/- 60Mi/-", init=("-/- 100Mi/-",))),
    ("Pod max cpu=2", asking("500m/1", "500m/1")),
    ("Pod max cpu=3", asking("500m/1", "500m/1", "500m/1")),
    ("Pod max memory=1Gi", asking("-/- 250Mi/500Mi", "-/- 250Mi/500Mi")),
    ("Pod max memory=1Gi", asking("-/- -/500Mi", init=("-/- -/1Gi",))),
    ("Pod max memory=2Gi ratio memory=1.5", asking(*["-/- 300Mi/450Mi"] * 3)),
    ("Pod max cpu=400m memory=200Mi", asking(*["100m/200m 60Mi/100Mi"] * 3, whole="300m/400m 180Mi/200Mi")),
    ("Pod min cpu=160m memory=200Mi", asking(*["50m/- 60Mi/-"] * 3, whole="160m/- 200Mi/-")),
    ("PersistentVolumeClaim max storage=1Gi", asking("-/-")),
]


@pytest.mark.parametrize(("words", "item"), ALLOWED, ids=range(len(ALLOWED)))
def test_a_pod_within_the_limits(words: str, item: Any) -> None:
    admission(limits(rule(words)))(item)


REFUSED = [
    ("Container min cpu=50m", asking("40m/-"), "minimum cpu usage per Container is 50m, but request is 40m"),
    ("Container min cpu=50m", asking("40m/200m"), "minimum cpu usage per Container is 50m, but request is 40m"),
    ("Container min memory=50Mi", asking("-/- 40Mi/100Mi"), "minimum memory usage per Container is 50Mi, but request is 40Mi"),
    ("Container max cpu=2", asking("500m/2500m"), "maximum cpu usage per Container is 2, but limit is 2500m"),
    ("Container max cpu=2", asking("-/2500m"), "maximum cpu usage per Container is 2, but limit is 2500m"),
    ("Container ratio cpu=1", asking("1250m/2500m"), "cpu max limit to request ratio per Container is 1, but provided ratio is 2.000000"),
    (
        "Container ratio cpu=2",
        asking("-/-"),
        "cpu max limit to request ratio per Container is 2, but no request is specified or request is 0",
    ),
    (
        "Container ratio cpu=2",
        asking("1/-"),
        "cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0",
    ),
    ("Container max memory=1Gi", asking("-/- 250Mi/2Gi"), "maximum memory usage per Container is 1Gi, but limit is 2Gi"),
    (
        "Container max ephemeral-storage=1Gi",
        asking("-/- -/- -/500Mi", "-/- -/- -/2Gi"),
        "maximum ephemeral-storage usage per Container is 1Gi, but limit is 2Gi",
    ),
    ("Container max cpu=1", asking("-/1", init=("-/2",)), "maximum cpu usage per Container is 1, but limit is 2"),
    ("Container min cpu=1", asking("1/1", init=("500m/1",)), "minimum cpu usage per Container is 1, but request is 500m"),
    ("Pod min cpu=100m", asking("-/-"), "minimum cpu usage per Pod is 100m.  No request is specified"),
    ("Pod max cpu=2", asking("500m/-"), "maximum cpu usage per Pod is 2.  No limit is specified"),
    ("Pod min cpu=100m", asking("75m/-"), "minimum cpu usage per Pod is 100m, but request is 75m"),
    ("Pod min cpu=100m", asking("75m/200m"), "minimum cpu usage per Pod is 100m, but request is 75m"),
    ("Pod min memory=100Mi", asking("-/- 60Mi/100Mi"), "minimum memory usage per Pod is 100Mi, but request is 60Mi"),
    ("Pod max cpu=2", asking(*["500m/1"] * 3), "maximum cpu usage per Pod is 2, but limit is 3"),
    ("Pod max memory=1Gi", asking(*["-/- -/500Mi"] * 3), "maximum memory usage per Pod is 1Gi, but limit is 1500Mi"),
    ("Pod max memory=1Gi", asking("-/- -/500Mi", init=("-/- -/1536Mi",)), "maximum memory usage per Pod is 1Gi, but limit is 1536Mi"),
    (
        "Pod max memory=2Gi ratio memory=1.5",
        asking(*["-/- 250Mi/500Mi"] * 3),
        "memory max limit to request ratio per Pod is 1500m, but provided ratio is 2.000000",
    ),
    (
        "Pod max cpu=400m",
        asking(*["100m/100m"] * 3, whole="500m/500m"),
        "maximum cpu usage per Pod is 400m, but limit is 500m",
    ),
]


@pytest.mark.parametrize(("words", "item", "message"), REFUSED, ids=range(len(REFUSED)))
def test_a_pod_beyond_the_limits(words: str, item: Any, message: str) -> None:
    assert refusal(item, limits(rule(words))) == f'Forbidden: pods "web" is forbidden: {message}'


def test_several_violations_are_named_once_each() -> None:
    """Two containers that break the same rule give one message; rules of one item come as minimum, maximum, ratio."""
    both = rule("Container min cpu=1 max memory=1Gi ratio cpu=1")
    expected = (
        'Forbidden: pods "web" is forbidden: [minimum cpu usage per Container is 1, but request is 500m, '
        "maximum memory usage per Container is 1Gi, but limit is 2Gi, "
        "cpu max limit to request ratio per Container is 1, but provided ratio is 2.000000]"
    )
    assert refusal(asking("500m/1 1Gi/2Gi", "500m/1 1Gi/2Gi"), limits(both)) == expected


def test_every_item_of_every_limit_range_counts() -> None:
    ranges = [limits(rule("Container max cpu=4"), rule("Pod max cpu=3"), name="a"), limits(rule("Container max cpu=1"), name="b")]
    assert "usage per Pod is 3, but limit is 4" in refusal(asking("2/2", "2/2"), *ranges)
    assert "usage per Container is 1, but limit is 2" in refusal(asking("2/2"), *ranges)
    admission(*ranges)(asking("1/1", "1/1", "1/1"))


def claim(storage: str | None) -> Any:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage} if storage else {}}}
    return made({**V1, "kind": "PersistentVolumeClaim", "spec": spec})


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        ("1Gi", ""),
        ("2Gi", ""),
        ("900Mi", "minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 900Mi"),
        ("3Gi", "maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi"),
    ],
)
def test_claims(storage: str, message: str) -> None:
    rules = limits(rule("PersistentVolumeClaim min storage=1Gi max storage=2Gi"), rule("Container max cpu=1"))
    if message:
        assert refusal(claim(storage), rules) == f'Forbidden: persistentvolumeclaims "x" is forbidden: {message}'
    else:
        admission(rules)(claim(storage))


DEFAULTS = limits(
    {
        "default": {"cpu": "75m", "memory": "10Mi"},
        "defaultRequest": {"cpu": "50m", "memory": "5Mi"},
    },
    {"type": "Pod", "max": {"cpu": "10"}},
)
NOTE = "kubernetes.io/limit-ranger"


@pytest.mark.parametrize(
    ("words", "filled", "note"),
    [
        ("-/- -/-", "50m/75m 5Mi/10Mi", "cpu, memory request for container c0; cpu, memory limit for container c0"),
        ("-/- 6Mi/-", "50m/75m 6Mi/10Mi", "cpu request for container c0; cpu, memory limit for container c0"),
        ("10m/20m 7Mi/8Mi", "10m/20m 7Mi/8Mi", ""),
        ("10m/- 7Mi/8Mi", "10m/75m 7Mi/8Mi", "cpu limit for container c0"),
    ],
)
def test_defaults(words: Words, filled: Words, note: str) -> None:
    item = admission(DEFAULTS)(asking(words))
    given = item.spec.containers[0].resources
    assert {"requests": given.requests, "limits": given.limits} == resources(filled)
    assert item.metadata.annotations == ({NOTE: f"LimitRanger plugin set: {note}"} if note else {})


def test_defaults_of_init_containers_and_of_several_limit_ranges() -> None:
    """The first LimitRange that has a default gives it; the annotation is the last one's."""
    second = limits({"default": {"cpu": "1", "ephemeral-storage": "1Gi"}}, name="second")
    item = admission(DEFAULTS, second)(asking("1/2 1Mi/2Mi", init=("-/-",)))
    assert item.spec.init_containers[0].resources.limits == {"cpu": "75m", "memory": "10Mi", "ephemeral-storage": "1Gi"}
    assert item.spec.containers[0].resources.limits == {"cpu": "2", "memory": "2Mi", "ephemeral-storage": "1Gi"}
    assert item.metadata.annotations[NOTE] == (
        "LimitRanger plugin set: ephemeral-storage request for container c0; ephemeral-storage limit for container c0; "
        "ephemeral-storage request for init container i0; ephemeral-storage limit for init container i0"
    )


def test_an_update_is_not_checked() -> None:
    """LimitRanger looks at pods that are created only."""
    there = admission()(asking("4/4"))
    admission(limits(rule("Container max cpu=1"))).check_update(there, there)


def test_other_kinds_are_not_checked() -> None:
    admission(limits(rule("Container max cpu=1")))(made({**V1, "kind": "ConfigMap"}))


def test_a_limit_range_of_another_namespace_does_not_count() -> None:
    elsewhere = made({**V1, "kind": "LimitRange", "spec": {"limits": [rule("Container max cpu=1")]}}, "lr", "other")
    admission(elsewhere)(asking("4/4"))
    with pytest.raises(ApiError):
        admission(limits(rule("Container max cpu=1")))(asking("4/4"))
