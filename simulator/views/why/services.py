"""Why a Service has no endpoints, or which ones it has."""

from __future__ import annotations

from typing import NamedTuple

from simulator.objects.discovery import Endpoint, EndpointSlice, is_ready_endpoint
from simulator.objects.kinds import Key
from simulator.objects.labels import SERVICE_NAME
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, is_ready
from simulator.objects.selectors import matches_all
from simulator.objects.service import Service
from simulator.views.why.because import Because, note
from simulator.views.why.inquiry import Inquiry
from simulator.views.why.runs import assumed
from simulator.views.why.weight import worst
from simulator.views.why.words import listed, many, when


class Endpoints(NamedTuple):
    """The endpoints of a Service, from all its slices: those that get connections, and those that do not.

    `portless`: no slice has a port, so that no connection is possible.
    """

    ready: list[Endpoint]
    other: list[Endpoint]
    portless: bool = False


def endpoints(ask: Inquiry, key: Key) -> Endpoints:
    """The endpoints of a Service now."""
    slices = [item for item in ask.snapshot.typed(EndpointSlice, key.namespace) if item.metadata.labels.get(SERVICE_NAME) == key.name]
    every = [endpoint for item in slices for endpoint in item.endpoints or []]
    ready = [endpoint for endpoint in every if is_ready_endpoint(endpoint)]
    return Endpoints(ready, [endpoint for endpoint in every if endpoint not in ready], not any(item.ports for item in slices))


def explain_service(ask: Inquiry, service: Service) -> Because:
    """Ready endpoints, or why there are none."""
    name = f"service/{service.metadata.name}"
    if service.spec.type == "ExternalName":
        return Because(f"{name} is an alias for {service.spec.external_name}", place=ask.place(service, "spec.externalName"))
    behind = endpoints(ask, Key("Service", service.metadata.namespace, service.metadata.name))
    if not service.spec.selector:
        return Because(f"{name} has no selector: {many(len(behind.ready), 'endpoint')} set manually", place=ask.place(service, "spec"))
    pods = [pod for pod in ask.snapshot.typed(Pod, service.metadata.namespace) if matches_all(service.spec.selector, pod.metadata.labels)]
    if not behind.ready:
        return Because(f"{name} has no ready endpoints", _without_endpoints(ask, service, pods), place=ask.place(service))
    return _with_endpoints(ask, service, behind, pods)


def _with_endpoints(ask: Inquiry, service: Service, behind: Endpoints, pods: list[Pod]) -> Because:
    names = [endpoint.target_ref.name if endpoint.target_ref else ", ".join(endpoint.addresses) for endpoint in behind.ready]
    wrong = _wrong_port(ask, service, pods)
    if behind.portless and wrong and service.spec.cluster_ip != "None":
        those = f"{listed(names)} {'is' if len(names) == 1 else 'are'}"
        return Because(
            f"service/{service.metadata.name} has no usable endpoint: {those} ready, but not on its port", wrong, place=ask.place(service)
        )
    text = f"service/{service.metadata.name} has {many(len(behind.ready), 'ready endpoint')}: {listed(names)}"
    causes = (*_unprogrammed(ask, service, len(behind.ready)), *wrong)
    rest = [pod for pod in pods if pod.metadata.name not in names and pod.status.phase in ("Pending", "Running")]
    if rest:
        causes = (
            *causes,
            note(f"{many(len(rest), 'pod')} that it selects {'is' if len(rest) == 1 else 'are'} not ready"),
            *worst(ask, rest),
        )
    return Because(text, causes, place=ask.place(service))


def _without_endpoints(ask: Inquiry, service: Service, pods: list[Pod]) -> tuple[Because, ...]:
    selector = ",".join(f"{key}={value}" for key, value in sorted(service.spec.selector.items()))
    alive = [pod for pod in pods if not has_ended(pod)]
    if not pods:
        return (Because(f"its selector {selector} matches no pod", _near_miss(ask, service), ask.place(service, "spec.selector")),)
    if not alive:
        return (Because(f"all {many(len(pods), 'pod')} that match {selector} have ended"), *worst(ask, pods))
    ready = [pod for pod in alive if is_ready(pod)]
    if ready:
        return (Because(f"its controller has not added {listed([pod.metadata.name for pod in ready])} yet, or no port matches"),)
    count = "the one pod" if len(alive) == 1 else f"none of the {len(alive)} pods"
    return (Because(f"{count} that {selector} selects is{' not' if len(alive) == 1 else ''} ready", worst(ask, alive)),)


def _near_miss(ask: Inquiry, service: Service) -> tuple[Because, ...]:
    """Pods whose labels almost match the selector: probably the intended ones."""
    selector = service.spec.selector
    for pod in ask.snapshot.typed(Pod, service.metadata.namespace):
        other = {key: pod.metadata.labels[key] for key, value in selector.items() if pod.metadata.labels.get(key, value) != value}
        if other and len(other) + sum(pod.metadata.labels.get(key) == value for key, value in selector.items()) == len(selector):
            labels = ",".join(f"{key}={value}" for key, value in sorted(other.items()))
            return (note(f"pod/{pod.metadata.name} has {labels}", ask.place(pod, "spec.template.metadata")),)
    return ()


def _unprogrammed(ask: Inquiry, service: Service, ready: int) -> tuple[Because, ...]:
    """Nodes whose kube-proxy has not programmed the endpoints yet."""
    key = Key("Service", service.metadata.namespace, service.metadata.name)
    last = {str(fact.data.get("node")): fact for fact in ask.facts(key, "proxy.programmed")}
    late = sorted(node for node, fact in last.items() if int(fact.data.get("ready", 0)) < ready)
    first = next((fact.t for fact in ask.facts(key, "proxy.programmed") if fact.data.get("ready")), None)
    known = (note(f"connections have succeeded since {when(first)}"),) if first is not None and not late else ()
    return (*known, *((note(f"kube-proxy of {listed(late)} has not programmed all of them yet"),) if late else ()))


def _wrong_port(ask: Inquiry, service: Service, pods: list[Pod]) -> tuple[Because, ...]:
    """Ports of the Service whose target port is not open in its first pod."""
    if not pods:
        return ()
    pod = pods[0]
    named = {port.name: port.container_port for container in pod.spec.containers for port in container.ports if port.name}
    runs = [run for container in pod.spec.containers for run in ask.runs(pod, container.name)[-1:] if run.exact and run.ended is None]
    causes: list[Because] = []
    for port in service.spec.ports:
        target = port.target_port or port.port
        number = named.get(target, 0) if isinstance(target, str) else target
        place = ask.place(service, "spec.ports")
        if not number:
            causes.append(Because(f"no container of pod/{pod.metadata.name} has a port named {target}", place=place))
        elif runs and not any(run.listens(number) for run in runs):
            opened = sorted({one.number for run in runs for one in run.ports if one.closed is None})
            there = f"; it listens on {listed([str(one) for one in opened])}" if opened else ""
            text = f"nothing is listening on port {number} of pod/{pod.metadata.name}, the target of its port {port.port}{there}"
            causes.append(Because(text, assumed(runs[0]), place))
    return tuple(causes)
