"""`kubectl expose`: a Service for the pods of an object (kubectl/pkg/cmd/expose)."""

from __future__ import annotations

from typing import Any

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import DRY_RUN, FILES, OUTPUT, QUIET, Verb, files, label_specs, options, target
from simulator.kubectl.write.acting import Acting, Writing
from simulator.kubectl.write.create import send
from simulator.kubectl.write.pod_specs import pod_spec_of
from simulator.kubectl.write.targets import resources
from simulator.objects.apps import Deployment, ReplicaSet
from simulator.objects.base import JSON
from simulator.objects.kinds import to_builtins
from simulator.objects.meta import LabelSelector
from simulator.objects.pod import Pod
from simulator.objects.replication import ReplicationController
from simulator.objects.service import Service

LONGEST_SERVICE_NAME = 63


def _expose(words: Words) -> Request:
    names = ("port", "target-port", "protocol", "type", "name", "session-affinity", "labels", "load-balancer-ip")
    chosen = options(
        words, *names, podSelector=words["selector"] or None, clusterIP=words["cluster-ip"] or None, externalIP=words["external-ip"] or None
    )
    for name in ("port", "targetPort"):
        if str(chosen.get(name, "")).isdigit():
            chosen[name] = int(chosen[name])
    if "loadBalancerIp" in chosen:
        chosen["loadBalancerIP"] = chosen.pop("loadBalancerIp")
    return Request("expose", target(words.args), chosen, files(words))


def expose(acting: Acting) -> None:
    """`expose`: a Service for the pods of an object; what is not said is taken from it."""
    for named in resources(acting):
        acting.each(lambda named=named: _exposed(acting, named.item))  # type: ignore[misc]


def _exposed(acting: Acting, item: Any) -> None:
    if not isinstance(item, Pod | Service | ReplicationController | Deployment | ReplicaSet):
        group = item.api_version.rpartition("/")[0]
        raise Complaint(f"cannot expose a {item.kind}{'.' if group else ''}{group}")
    selector = label_specs(acting.option("podSelector")) if acting.option("podSelector") else _selector_of(item)
    if not selector:
        raise Complaint("selector must be specified")
    name = acting.option("name") or item.metadata.name[:LONGEST_SERVICE_NAME]
    labels = label_specs(acting.option("labels")) if acting.option("labels") else dict(item.metadata.labels)
    spec: JSON = {"ports": _ports(acting, item), "selector": selector}
    for key, field in (("type", "type"), ("clusterIP", "clusterIP"), ("sessionAffinity", "sessionAffinity"), ("loadBalancerIP",) * 2):
        if acting.option(key):
            spec[field] = acting.option(key)
    if acting.option("externalIP"):
        spec["externalIPs"] = [acting.option("externalIP")]
    if not spec["ports"]:
        del spec["ports"]
    data = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "labels": labels}, "spec": spec}
    send(acting, {**data, "metadata": {key: value for key, value in data["metadata"].items() if value}}, "exposed")  # type: ignore[attr-defined]


def _selector_of(item: Any) -> dict[str, str]:
    """The labels by which an object finds its pods. Raises Complaint in kubectl's words."""
    failed = "couldn't retrieve selectors via --selector flag or introspection: "
    match item:
        case Pod():
            if not item.metadata.labels:
                raise Complaint(f"{failed}the pod has no labels and cannot be exposed")
            return item.metadata.labels
        case Service() | ReplicationController():
            if not item.spec.selector:
                raise Complaint(f"{failed}the service has no pod selector set")
            return dict(item.spec.selector)
    selector: LabelSelector | None = item.spec.selector
    if selector is not None and selector.match_expressions:
        terms = selector.match_expressions
        listed = " ".join(f"{{Key:{term.key} Operator:{term.operator} Values:[{' '.join(term.values)}]}}" for term in terms)
        raise Complaint(f'{failed}couldn\'t convert expressions - "[{listed}]" to map-based selector format')
    return dict(selector.match_labels) if selector is not None else {}


def _ports(acting: Acting, item: Any) -> list[JSON]:
    protocols = _protocols(item)
    given = str(acting.option("port", ""))
    numbers = given.split(",") if given else list(protocols)
    if not numbers and acting.option("clusterIP") != "None":
        raise Complaint("couldn't find port via --port flag or introspection")
    ports = []
    for index, text in enumerate(numbers):
        if not text.lstrip("-").isdigit():
            raise Complaint(f'strconv.Atoi: parsing "{text}": invalid syntax')
        desired = acting.option("protocol")
        for protocol in [desired] if desired else protocols.get(text, ["TCP"]):
            several = len(numbers) > 1 or (not desired and len(protocols.get(text, [])) > 1)
            name = {"name": f"port-{index + 1}" if len(numbers) > 1 else f"port-1-{protocol.lower()}"} if several else {}
            target = acting.option("targetPort")
            ports.append({**name, "protocol": protocol, "port": int(text), "targetPort": _number(target) if target else int(text)})
    return ports


def _number(text: Any) -> Any:
    return int(text) if str(text).lstrip("-").isdigit() else text


def _protocols(item: Any) -> dict[str, list[str]]:
    """Port -> its protocols, of all that an object's containers, or a Service, name."""
    result: dict[str, list[str]] = {}
    data = to_builtins(item)
    if data["kind"] == "Service":
        pairs = [(port["port"], port.get("protocol")) for port in data["spec"].get("ports") or []]
    else:
        spec = pod_spec_of(data) or {"containers": []}
        pairs = [(port["containerPort"], port.get("protocol")) for box in spec["containers"] for port in box.get("ports") or []]
    for number, protocol in pairs:
        result.setdefault(str(number), []).append(protocol or "TCP")
    return result


VERBS: tuple[Verb, ...] = (
    Verb(("expose",), "expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name]",
         "Create a Service for the pods of an object.",
         (Flag("port", metavar="PORT", help="Port of the Service."), Flag("target-port", metavar="PORT", help="Port of the pods."),
          Flag("protocol", metavar="PROTOCOL", help="TCP, UDP or SCTP."), Flag("type", metavar="TYPE", help="ClusterIP, NodePort, ..."),
          Flag("name", metavar="NAME", help="Name of the new object."), Flag("cluster-ip", metavar="IP", help="Cluster IP, or None."),
          Flag("external-ip", metavar="IP"), Flag("load-balancer-ip", metavar="IP"), Flag("session-affinity", metavar="HOW"),
          Flag("labels", short="l", metavar="LABELS"), Flag("selector", metavar="LABELS", help="Labels of its pods."), Flag("overrides"),
          *FILES, OUTPUT, DRY_RUN, *QUIET), _expose, ("expose deployment web --port=80 --target-port=8080",)),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "expose": Writing(
        expose,
        (
            "port",
            "targetPort",
            "protocol",
            "type",
            "name",
            "clusterIP",
            "externalIP",
            "loadBalancerIP",
            "sessionAffinity",
            "labels",
            "podSelector",
        ),
    ),
}
