"""Admission webhooks: which requests they see, and what happens when nothing answers."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.api import ApiError
from simulator.api.webhooks import Request, sees
from simulator.objects.kinds import from_builtins
from tests.fake_cluster import FakeCluster, workload

NAME = "pods.example.com"
RULE = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
SERVICE = "{apiVersion: v1, kind: Service, metadata: {name: hook}, spec: {selector: {app: hook}, ports: [{port: 443}]}}"


def webhook(**more: Any) -> dict[str, Any]:
    service = {"name": "hook", "namespace": "default", "path": "/mutate", "port": 443}
    return {"name": NAME, "clientConfig": {"service": service}, "rules": [RULE], "failurePolicy": "Fail", "timeoutSeconds": 10, **more}


def configured(kind: str = "MutatingWebhookConfiguration", service: str = SERVICE, **more: Any) -> FakeCluster:
    cluster = FakeCluster(admission=True)
    if service:
        cluster.apply(service)
    hook = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": kind, "metadata": {"name": "hook"}, "webhooks": [webhook(**more)]}
    cluster.api.create(from_builtins(hook))
    return cluster


def calls(why: str) -> str:
    post = f'failed calling webhook "{NAME}": failed to call webhook: Post "https://hook.default.svc:443/mutate?timeout=10s"'
    return f"Internal error occurred: {post}: {why}"


@pytest.mark.parametrize("kind", ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"])
def test_pods_are_refused_while_nothing_answers(kind: str) -> None:
    cluster = configured(kind)
    cluster.apply(workload(replicas=1))
    cluster.run(5)
    assert not cluster.pods()
    assert cluster.messages("FailedCreate")[0] == "Error creating: " + calls('no endpoints available for service "hook"')


@pytest.mark.parametrize(
    ("service", "why"),
    [("", 'service "hook" not found'), (SERVICE.replace("443", "80"), 'no service port 443 found for service "hook"')],
)
def test_why_nothing_answers(service: str, why: str) -> None:
    cluster = configured(service=service)
    with pytest.raises(ApiError) as error:
        cluster.apply("{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}")
    assert (error.value.reason, error.value.message) == ("InternalError", calls(why))


def test_a_webhook_may_fail_open() -> None:
    cluster = configured(failurePolicy="Ignore")
    cluster.apply(workload(replicas=1))
    cluster.run(5)
    assert len(cluster.pods()) == 1


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (("", 0), ""),
        (("not signed", 0), f'admission webhook "{NAME}" denied the request: not signed'),
        (("", 11 * 10**9), calls("context deadline exceeded")),
    ],
)
def test_what_a_webhook_with_ready_endpoints_answers(answer: tuple[str, int], message: str) -> None:
    cluster = FakeCluster(admission=True)
    cluster.api._gatekeeper._webhooks = {NAME: answer}  # type: ignore[union-attr]
    cluster.apply(SERVICE + "\n---\n" + workload("Deployment", "hook", replicas=1))
    cluster.run(5)
    hook = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "hook"}}
    cluster.api.create(from_builtins({**hook, "webhooks": [webhook()]}))
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}"
    if not message:
        cluster.apply(pod)
        return
    with pytest.raises(ApiError) as error:
        cluster.apply(pod)
    assert error.value.message == message


def pod(namespace: str = "default", **labels: str) -> Any:
    meta = {"name": "p", "namespace": namespace, "labels": labels}
    return from_builtins({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": {"containers": [{"name": "c", "image": "i"}]}})


NODE = from_builtins({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}})
WEB = from_builtins({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "w", "namespace": "default"}, "spec": {}})


@pytest.mark.parametrize(
    ("hook", "operation", "item", "seen"),
    [
        ({}, "CREATE", pod(), True),
        ({}, "UPDATE", pod(), False),
        ({"rules": [{**RULE, "operations": ["*"]}]}, "DELETE", pod(), True),
        ({}, "CREATE", WEB, False),
        ({"rules": [{**RULE, "apiGroups": ["*"], "resources": ["*"]}]}, "CREATE", WEB, True),
        ({"rules": [{**RULE, "apiGroups": ["apps"], "apiVersions": ["v1beta1"], "resources": ["deployments"]}]}, "CREATE", WEB, True),
        (
            {
                "matchPolicy": "Exact",
                "rules": [{**RULE, "apiGroups": ["apps"], "apiVersions": ["v1beta1"], "resources": ["deployments"]}],
            },
            "CREATE",
            WEB,
            False,
        ),
        ({"rules": [{**RULE, "resources": ["*"], "scope": "Namespaced"}]}, "CREATE", NODE, False),
        ({"rules": [{**RULE, "resources": ["*"], "scope": "Cluster"}]}, "CREATE", NODE, True),
        ({"objectSelector": {"matchLabels": {"app": "web"}}}, "CREATE", pod(app="web"), True),
        ({"objectSelector": {"matchLabels": {"app": "web"}}}, "CREATE", pod(), False),
        ({"namespaceSelector": {"matchLabels": {"inject": "yes"}}}, "CREATE", pod(), False),
        ({"namespaceSelector": {"matchLabels": {"inject": "yes"}}}, "CREATE", pod("injected"), True),
        ({"namespaceSelector": {"matchLabels": {"inject": "yes"}}, "rules": [{**RULE, "resources": ["*"]}]}, "CREATE", NODE, True),
    ],
)
def test_what_a_webhook_sees(hook: dict[str, Any], operation: str, item: Any, seen: bool) -> None:
    cluster = FakeCluster()
    cluster.apply("{apiVersion: v1, kind: Namespace, metadata: {name: injected, labels: {inject: 'yes'}}}")
    assert sees(webhook(**hook), Request(operation, item), cluster.store) is seen


def test_configurations_are_never_refused() -> None:
    cluster = configured(rules=[{**RULE, "apiGroups": ["*"], "operations": ["*"], "resources": ["*"]}])
    cluster.api.delete(next(iter(cluster.store.known("MutatingWebhookConfiguration"))))
    cluster.apply(workload(replicas=1))
    cluster.run(3)
    assert len(cluster.pods()) == 1
