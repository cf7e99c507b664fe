"""Rules of the API server, one by one; what changed between releases; changes of objects; warnings."""

from pathlib import Path

import pytest
import yaml

from simulator.dialect import SUPPORTED, Dialect
from simulator.manifest.decode import decode
from simulator.manifest.defaults import defaulted
from simulator.manifest.schema import served
from simulator.manifest.validation import validate, validate_update
from simulator.manifest.validation.cron import schedule_problem
from simulator.manifest.warnings import warnings
from simulator.objects.kinds import from_builtins

ROWS = yaml.safe_load((Path(__file__).parent / "rules.yaml").read_text())
TEMPLATE = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "a", "image": "b"}]}}
ENDING = {**TEMPLATE, "spec": {**TEMPLATE["spec"], "restartPolicy": "Never"}}
SELECTOR = {"matchLabels": {"app": "a"}}
SOUND = {
    "deployment": ("apps/v1", "Deployment", {"selector": SELECTOR, "template": TEMPLATE}),
    "statefulset": ("apps/v1", "StatefulSet", {"selector": SELECTOR, "template": TEMPLATE}),
    "daemonset": ("apps/v1", "DaemonSet", {"selector": SELECTOR, "template": TEMPLATE}),
    "job": ("batch/v1", "Job", {"template": ENDING}),
    "cronjob": ("batch/v1", "CronJob", {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": ENDING}}}),
    "service": ("v1", "Service", {"selector": {"app": "a"}, "ports": [{"port": 80}]}),
    "claim": ("v1", "PersistentVolumeClaim", {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}),
    "volume": ("v1", "PersistentVolume", {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/x"}}),
    "budget": ("policy/v1", "PodDisruptionBudget", {}),
    "quota": ("v1", "ResourceQuota", {}),
    "limits": ("v1", "LimitRange", {}),
    "ingress": ("networking.k8s.io/v1", "Ingress", {}),
    "policy": ("networking.k8s.io/v1", "NetworkPolicy", {"podSelector": {}}),
    "autoscaler": (
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"}},
    ),
}


def typed(api_version, kind, spec, **meta):
    place = {} if kind == "PersistentVolume" else {"namespace": "n"}
    value = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "x", **place, **meta}, "spec": spec}
    decoded = decode(value, served(api_version, kind).type)
    assert not decoded.refusal
    return defaulted(from_builtins(decoded.value))


def pod(spec=None, container=None, **meta):
    return typed("v1", "Pod", {"containers": [{"name": "a", "image": "b", **(container or {})}], **(spec or {})}, **meta)


def told(item, release="1.36"):
    dialect = Dialect(release)
    return [error.text(dialect) for error in validate(item, dialect)]


def of_row(row):
    for name, (api_version, kind, spec) in SOUND.items():
        if name in row:
            return typed(api_version, kind, {**spec, **row[name]})
    return pod(row.get("pod"), row.get("container"))


@pytest.mark.parametrize("row", ROWS, ids=[str({k: v for k, v in row.items() if k != "errors"})[:80] for row in ROWS])
def test_rules(row):
    assert told(of_row(row)) == row["errors"]


@pytest.mark.parametrize("name", [name for name in SOUND if name != "ingress"])
def test_the_sound_objects_are_sound(name):
    assert told(typed(*SOUND[name])) == []


@pytest.mark.parametrize(
    ("since", "item", "sentence"),
    [
        (
            "1.32",
            lambda: pod(container={"env": [{"name": "A B", "value": "x"}]}),
            "a valid environment variable name must consist of alphabetic",
        ),
        ("1.33", lambda: pod(container={"lifecycle": {"preStop": {"sleep": {"seconds": 0}}}}), "must be greater than 0 and less than"),
        ("1.35", lambda: pod(container={"restartPolicy": "OnFailure"}), "Forbidden: may not be set for non-init containers"),
        ("1.36", lambda: typed(*SOUND["service"], name="1x"), "a DNS-1035 label must consist of"),
    ],
)
def test_what_later_releases_no_longer_refuse(since, item, sentence):
    for release in SUPPORTED:
        errors = told(item(), release)
        assert bool(errors) == (SUPPORTED.index(release) < SUPPORTED.index(since)), release
        assert all(sentence in error for error in errors)


@pytest.mark.parametrize(
    ("schedule", "problem"),
    [
        ("*/5 * * * *", ""),
        ("0 9-17 * * mon-fri", ""),
        ("@daily", ""),
        ("@every 1h30m", ""),
        ("0 0 1,15 * ?", ""),
        ("5/15 * * * *", ""),
        ("* 24 * * *", "end of range (24) above maximum (23): 24"),
        ("* * 0 * *", "beginning of range (0) below minimum (1): 0"),
        ("30-10 * * * *", "beginning of range (30) beyond end of range (10): 30-10"),
        ("a * * * *", 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
        ("1/2/3 * * * *", "too many slashes: 1/2/3"),
        ("@sometimes", "unrecognized descriptor: @sometimes"),
        ("", "expected exactly 5 fields, found 0: []"),
    ],
)
def test_schedules(schedule, problem):
    assert schedule_problem(schedule) == problem


def changed(old, new):
    dialect = Dialect()
    return [error.text(dialect) for error in validate_update(new, old, dialect)]


SELECTOR_B = {"matchLabels": {"app": "b"}}
TEMPLATE_B = {**TEMPLATE, "metadata": {"labels": {"app": "b"}}}


@pytest.mark.parametrize(
    ("old", "new", "errors"),
    [
        (lambda: pod(), lambda: pod(container={"image": "c"}), []),
        (lambda: pod(), lambda: pod({"tolerations": [{"key": "a", "operator": "Exists"}]}), []),
        (
            lambda: pod({"tolerations": [{"key": "a", "operator": "Exists"}]}),
            lambda: pod(),
            ["spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds"],
        ),
        (
            lambda: pod(),
            lambda: pod({"initContainers": [{"name": "i", "image": "b"}]}),
            ["spec.initContainers: Forbidden: pod updates may not add or remove containers"],
        ),
        (
            lambda: pod({"activeDeadlineSeconds": 5}),
            lambda: pod({"activeDeadlineSeconds": 9}),
            ["spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value"],
        ),
        (
            lambda: pod(),
            lambda: pod({"schedulingGates": [{"name": "g"}]}),
            ["spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'"],
        ),
        (
            lambda: typed(*SOUND["deployment"]),
            lambda: typed("apps/v1", "Deployment", {"selector": SELECTOR_B, "template": TEMPLATE_B}),
            ['spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'],
        ),
        (lambda: typed(*SOUND["statefulset"]), lambda: typed("apps/v1", "StatefulSet", {**SOUND["statefulset"][2], "replicas": 3}), []),
        (
            lambda: typed("v1", "Service", {**SOUND["service"][2], "clusterIP": "10.96.0.1"}),
            lambda: typed("v1", "Service", {**SOUND["service"][2], "clusterIP": "10.96.0.2"}),
            ['spec.clusterIPs[0]: Invalid value: ["10.96.0.2"]: may not change once set'],
        ),
    ],
)
def test_changes(old, new, errors):
    assert changed(old(), new()) == errors


def test_a_finished_spec_of_a_job_cannot_be_changed():
    old = typed(*SOUND["job"])
    (line,) = changed(old, typed("batch/v1", "Job", {"template": ENDING, "completions": 3}))[-1:]
    assert line.startswith("spec.completions: Invalid value: 3: field is immutable")


@pytest.mark.parametrize(
    ("item", "found"),
    [
        (lambda: pod(), []),
        (
            lambda: pod(container={"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}),
            ['spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply'],
        ),
        (lambda: pod(container={"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "$(A)2"}]}), []),
        (
            lambda: pod(container={"ports": [{"containerPort": 80}, {"containerPort": 80}]}),
            ["spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]"],
        ),
        (
            lambda: pod({"terminationGracePeriodSeconds": -1}),
            ["spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"],
        ),
        (
            lambda: pod({"nodeSelector": {"beta.kubernetes.io/os": "linux"}}),
            ['spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead'],
        ),
        (
            lambda: typed("v1", "Service", {**SOUND["service"][2], "externalName": "a.b"}),
            ['spec.externalName is ignored when spec.type is not "ExternalName"'],
        ),
        (
            lambda: pod(name="a.b"),
            [
                "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; "
                "a DNS label is recommended: [must not contain dots]"
            ],
        ),
    ],
)
def test_warnings(item, found):
    assert warnings(item()) == found
