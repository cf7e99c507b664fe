"""Back-off arithmetic, $(VAR) expansion, variables of Services, URLs of probes."""

from __future__ import annotations

import pytest

from simulator.container.expansion import expand
from simulator.kubelet.back_off import BackOff
from simulator.kubelet.environment import Sources, environment, resource_value, service_variables
from simulator.kubelet.prober.client import url_of
from simulator.objects.container import ResourceFieldSelector
from simulator.objects.handlers import HTTPGetAction
from simulator.objects.kinds import from_builtins
from simulator.objects.service import Service
from simulator.units import SECOND
from tests.kubelet.cases import Fact, facts, name_of, pod_of

NOTHING = Sources(lambda *_: None, lambda *_: None, [], "", {})


@pytest.mark.parametrize("fact", [fact for fact in facts("var-expansion") if "input" in fact], ids=name_of)
def test_expansion(fact: Fact) -> None:
    assert expand(fact["input"], fact["vars"]) == fact["expect"]


def test_variables_can_refer_to_those_before_them() -> None:
    fact = next(fact for fact in facts("var-expansion") if "env_in_order" in fact)
    pod = pod_of({"containers": [{"name": "main", "env": [{"name": name, "value": value} for name, value in fact["env_in_order"]]}]})
    variables = environment(pod, pod.spec.containers[0], "", NOTHING)
    assert {name: variables[name] for name in fact["expect"]} == fact["expect"]


@pytest.mark.parametrize("fact", [fact for fact in facts("service-env") if fact["service"]], ids=lambda fact: fact["id"])
def test_service_variables(fact: Fact) -> None:
    spec = {key: fact["service"][key] for key in ("clusterIP", "ports") if key in fact["service"]}
    service = from_builtins(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": fact["service"]["name"], "namespace": "default"}, "spec": spec}
    )
    assert isinstance(service, Service)
    variables = service_variables(pod_of({}), [service])
    assert {name: value for name, value in variables.items() if not name.startswith("KUBERNETES_")} == fact["expect_env"]


@pytest.mark.parametrize(
    ("resource", "divisor", "value"),
    [
        ("limits.cpu", "", "2"),
        ("limits.cpu", "1m", "1500"),
        ("requests.cpu", "1", "1"),
        ("requests.cpu", "1m", "250"),
        ("limits.memory", "", "67108864"),
        ("limits.memory", "1Mi", "64"),
        ("limits.memory", "1Gi", "1"),
        ("requests.memory", "1Mi", "0"),
        ("limits.ephemeral-storage", "1Gi", "10"),
        ("requests.ephemeral-storage", "1Gi", "0"),
    ],
)
def test_resources_in_units_of_a_divisor(resource: str, divisor: str, value: str) -> None:
    """Rounded up. What has no limit is limited by the node; what is not requested is 0."""
    resources = {"limits": {"cpu": "1500m", "memory": "64Mi"}, "requests": {"cpu": "250m"}}
    pod = pod_of({"containers": [{"name": "main", "resources": resources}]})
    reference = ResourceFieldSelector(resource=resource, divisor=divisor)
    sources = NOTHING._replace(allocatable={"ephemeral-storage": "10Gi", "cpu": "8"})
    assert resource_value(pod, pod.spec.containers[0], reference, sources) == value


@pytest.mark.rule("ENV-03")
def test_a_pod_without_service_links_gets_the_variables_of_the_api_server_only() -> None:
    spec = {"clusterIP": "10.0.0.7", "ports": [{"port": 80}]}
    web = from_builtins({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default"}, "spec": spec})
    assert isinstance(web, Service)
    assert "WEB_SERVICE_HOST" in service_variables(pod_of({}), [web])
    variables = service_variables(pod_of({"enableServiceLinks": False}), [web])
    assert variables
    assert all(name.startswith("KUBERNETES_") for name in variables)


# ---- back-off


def at_maximum(initial: int, maximum: int) -> tuple[BackOff, int]:
    """A back-off that failed each second until its delay reached the maximum, and the second of the last failure."""
    back_off, t = BackOff(initial * SECOND, maximum * SECOND), 0
    while back_off.delay("a") < maximum * SECOND:
        t += 1
        back_off.next("a", t * SECOND, t * SECOND)
    return back_off, t


def test_delays_double_up_to_the_maximum() -> None:
    back_off, delays = BackOff(1 * SECOND, 50 * SECOND), []
    for t in range(10):
        delays.append(back_off.delay("a") // SECOND)
        back_off.next("a", t * SECOND, t * SECOND)
    assert delays == [0, 1, 2, 4, 8, 16, 32, 50, 50, 50]


@pytest.mark.rule("RST-11")
def test_a_back_off_expires_after_twice_the_maximum() -> None:
    back_off, t = at_maximum(1, 5)
    assert not back_off.waits_since("a", (t + 11) * SECOND, (t + 11) * SECOND)
    back_off.next("a", (t + 11) * SECOND, (t + 11) * SECOND)
    assert back_off.delay("a") == 1 * SECOND


def test_a_failure_before_that_keeps_the_maximum() -> None:
    back_off, t = at_maximum(1, 5)
    back_off.next("a", (t + 6) * SECOND, (t + 6) * SECOND)
    assert back_off.delay("a") == 5 * SECOND


def test_every_second_since_the_last_update() -> None:
    fact = next(fact for fact in facts("backoff") if "tick_inbackoff_delay" in fact["expect"])
    back_off = BackOff(fact["given"]["initial_s"] * SECOND, fact["given"]["max_s"] * SECOND)
    for second, waits, delay in fact["expect"]["tick_inbackoff_delay"]:
        now = second * SECOND
        assert (second, back_off.waits_since_update("a", now), back_off.delay("a") // SECOND) == (second, waits, delay)
        if not waits:
            back_off.next("a", now, now)
        if second == 35:
            break
    # More than twice the maximum later it starts over.
    assert not back_off.waits_since_update("a", 56 * SECOND)
    back_off.next("a", 56 * SECOND, 56 * SECOND)
    assert back_off.delay("a") == 1 * SECOND


def test_keys_are_independent() -> None:
    back_off, t = at_maximum(1, 5)
    assert back_off.delay("b") == 0
    assert not back_off.waits_since_update("b", t * SECOND)


@pytest.mark.parametrize(
    ("action", "url"),
    [
        (HTTPGetAction(), "http://10.0.0.1:80/"),
        (HTTPGetAction(host="example.com"), "http://example.com:80/"),
        (HTTPGetAction(scheme="HTTPS", path="/healthz?full=1"), "https://10.0.0.1:80/healthz?full=1"),
        (HTTPGetAction(host="127.0.0.1", path="ready"), "http://127.0.0.1:80/ready"),
    ],
)
def test_a_probe_asks_the_pod_s_address_unless_it_names_a_host(action: HTTPGetAction, url: str) -> None:
    assert url_of(action, "10.0.0.1", 80) == url
