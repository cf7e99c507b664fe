"""`kubectl create KIND`, `run`, `expose`, `autoscale`: objects that are described (kubectl/pkg/cmd/create, expose, autoscale)."""

from __future__ import annotations

from typing import Any

from simulator.api import ApiError
from simulator.kubectl.errors import Complaint
from simulator.kubectl.resolve import NO_NAME, kinds_of
from simulator.kubectl.write.acting import Act, Acting
from simulator.kubectl.write.files import create_files
from simulator.kubectl.write.pod_specs import pod_spec_of
from simulator.kubectl.write.targets import Named, one_named, resources
from simulator.objects.apps import Deployment, ReplicaSet
from simulator.objects.base import JSON
from simulator.objects.batch import CronJob
from simulator.objects.kinds import Object, key_of, kind_for, to_builtins
from simulator.objects.labels import CRONJOB_INSTANTIATE
from simulator.objects.meta import LabelSelector
from simulator.objects.pod import Pod
from simulator.objects.replication import ReplicationController
from simulator.objects.service import Service

FAILED = {
    "Deployment": "failed to create deployment: ",
    "Job": "failed to create job: ",
    "CronJob": "failed to create cronjob: ",
    "ConfigMap": "failed to create configmap: ",
    "Secret": "failed to create secret ",
    "ResourceQuota": "failed to create quota: ",
    "ServiceAccount": "failed to create serviceaccount: ",
    "PodDisruptionBudget": "failed to create poddisruptionbudgets: ",
    "PriorityClass": "failed to create priorityclass: ",
    "RoleBinding": "failed to create rolebinding: ",
    "ClusterRoleBinding": "failed to create clusterrolebinding: ",
    "Ingress": "failed to create ingress: ",
}
"""What stands before the API server's sentence, by what was to be created; `create namespace` and `run` pass its answer on as it is."""
SCALABLE = ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet")
LONGEST_SERVICE_NAME = 63


def create(acting: Acting) -> None:
    """`create`: from files, from the Job template of a CronJob (`from`), or the objects that are written in the request (`with`)."""
    if acting.option("from"):
        acting.each(lambda: _job_from(acting))
        return
    described = acting.option("with")
    if described is None:
        create_files(acting)
        return
    items: list[JSON] = described if isinstance(described, list) else [described]
    for data in items:
        prefix = FAILED.get(data["kind"], "") if len(items) == 1 else ""
        if data["kind"] == "Service" and len(items) == 1:
            prefix = f"failed to create {(data.get('spec') or {}).get('type', 'ClusterIP')} service: "
        acting.each(lambda data=data, prefix=prefix: _made(acting, data, "created", prefix))  # type: ignore[misc]


def _made(acting: Acting, data: JSON, operation: str, failure: str = "") -> None:
    kind = kind_for(data["apiVersion"], data["kind"])
    place = {} if kind is not None and not kind.namespaced else {"namespace": data["metadata"].get("namespace") or acting.namespace}
    whole = {**data, "metadata": {**data["metadata"], **place}}
    try:
        made = acting.create(whole)
    except ApiError as error:
        if failure:
            raise Complaint(f"{failure}{error.message}") from error
        raise
    acting.shown(data if acting.dry == "client" else made, operation)
    if acting.option("saveConfig") and not acting.dry:
        acting.site.last[key_of(made)] = whole


def _job_from(acting: Acting) -> None:
    """`create job NAME --from=cronjob/NAME`."""
    source = _source(acting, str(acting.option("from")))
    if not isinstance(source, CronJob):
        raise Complaint(f"unknown object type *v1.{source.kind}")
    template = source.spec.job_template
    assert template is not None, "a CronJob has been validated"
    owner = {"apiVersion": source.api_version, "kind": source.kind, "name": source.metadata.name, "uid": source.metadata.uid}
    data = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": acting.request.target.partition("/")[2],
            "labels": template.metadata.labels,
            "annotations": {CRONJOB_INSTANTIATE: "manual", **template.metadata.annotations},
            "ownerReferences": [{**owner, "controller": True}],
        },
        "spec": to_builtins(source)["spec"]["jobTemplate"]["spec"],
    }
    _made(acting, data, "created", FAILED["Job"])


def _source(acting: Acting, word: str) -> Object:
    """What `cronjob/NAME` names. Raises Complaint, ApiError."""
    type_, _, name = word.partition("/")
    kind = kinds_of(type_, acting.store)[0]
    if not name:
        raise Complaint(NO_NAME)
    return one_named(acting, kind, name)


# ---- expose


def expose(acting: Acting) -> None:
    """`expose`: a Service for the pods of an object; what is not said is taken from it."""
    for named in resources(acting):
        acting.each(lambda named=named: _exposed(acting, named.item))  # type: ignore[misc]


def _exposed(acting: Acting, item: Any) -> None:
    if not isinstance(item, Pod | Service | ReplicationController | Deployment | ReplicaSet):
        group = item.api_version.rpartition("/")[0]
        raise Complaint(f"cannot expose a {item.kind}{'.' if group else ''}{group}")
    selector = _labels(acting.option("podSelector")) if acting.option("podSelector") else _selector_of(item)
    if not selector:
        raise Complaint("selector must be specified")
    name = acting.option("name") or item.metadata.name[:LONGEST_SERVICE_NAME]
    labels = _labels(acting.option("labels")) if acting.option("labels") else dict(item.metadata.labels)
    spec: JSON = {"ports": _ports(acting, item), "selector": selector}
    for key, field in (("type", "type"), ("clusterIP", "clusterIP"), ("sessionAffinity", "sessionAffinity"), ("loadBalancerIP",) * 2):
        if acting.option(key):
            spec[field] = acting.option(key)
    if acting.option("externalIP"):
        spec["externalIPs"] = [acting.option("externalIP")]
    if not spec["ports"]:
        del spec["ports"]
    data = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "labels": labels}, "spec": spec}
    _made(acting, {**data, "metadata": {key: value for key, value in data["metadata"].items() if value}}, "exposed")  # type: ignore[attr-defined]


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


def _labels(text: str) -> dict[str, str]:
    """`a=1,b=2`. Raises Complaint."""
    labels = {}
    for term in text.split(","):
        key, equals, value = term.partition("=")
        if not equals or "=" in value:
            raise Complaint(f"unexpected label spec: {term}")
        if not key:
            raise Complaint("unexpected empty label key")
        labels[key] = value
    return labels


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
        wanted = acting.option("protocol")
        for protocol in [wanted] if wanted else protocols.get(text, ["TCP"]):
            several = len(numbers) > 1 or (not wanted and len(protocols.get(text, [])) > 1)
            name = {"name": f"port-{index + 1}" if len(numbers) > 1 else f"port-1-{protocol.lower()}"} if several else {}
            target = acting.option("targetPort")
            ports.append({**name, "protocol": protocol, "port": int(text), "targetPort": _number(target) if target else int(text)})
    return ports


def _number(text: Any) -> Any:
    return int(text) if str(text).lstrip("-").isdigit() else text


def _protocols(item: Any) -> dict[str, list[str]]:
    """Port -> its protocols, of all that an object's containers, or a Service, name."""
    found: dict[str, list[str]] = {}
    data = to_builtins(item)
    if data["kind"] == "Service":
        pairs = [(port["port"], port.get("protocol")) for port in data["spec"].get("ports") or []]
    else:
        spec = pod_spec_of(data) or {"containers": []}
        pairs = [(port["containerPort"], port.get("protocol")) for box in spec["containers"] for port in box.get("ports") or []]
    for number, protocol in pairs:
        found.setdefault(str(number), []).append(protocol or "TCP")
    return found


# ---- autoscale


def autoscale(acting: Acting) -> None:
    """`autoscale`: a HorizontalPodAutoscaler, which is kept and scales nothing here."""
    infos = resources(acting)
    if not infos and not acting.troubles:
        acting.troubles.append(Complaint("no objects passed to autoscale"))

    def one(named: Named) -> None:
        if named.kind.name not in SCALABLE:
            group, _, version = named.kind.api_version.rpartition("/")
            resource = f"{group}/{version}, Resource={named.kind.plural}"
            none = f"could not find scale subresource for {resource} in discovery information"
            raise Complaint(f"cannot autoscale a {named.kind.name}: {none}")
        target = {"apiVersion": named.kind.api_version, "kind": named.kind.name, "name": named.name}
        spec: JSON = {"scaleTargetRef": target, "maxReplicas": acting.option("max")}
        if (least := acting.option("min", -1)) > 0:
            spec["minReplicas"] = least
        wanted = {"cpu": acting.option("cpu") or _percent(acting.option("cpuPercent")), "memory": acting.option("memory")}
        if metrics := [_metric(name, str(text)) for name, text in wanted.items() if text]:
            spec["metrics"] = metrics
        name = acting.option("name") or named.name
        data = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": name}, "spec": spec}
        try:
            _made(acting, data, "autoscaled")
        except ApiError as error:
            raise _without_v2(acting, error) from error

    for named in infos:
        acting.each(lambda named=named: one(named))  # type: ignore[misc]


def _without_v2(acting: Acting, error: ApiError) -> Complaint | ApiError:
    """kubectl then tries the old API, if that can say the same, and is refused there too; else it says (not quite) why it does not."""
    cpu, failed = (
        str(acting.option("cpu", "")),
        "failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1",
    )
    if not cpu:
        return Complaint(f"{failed}: empty input")
    if not acting.option("memory") and cpu.endswith("%"):
        return error
    return Complaint(f"{failed}: %!w(<nil>)")


def _percent(number: int | None) -> str:
    return "" if number is None else f"{number}%"


def _metric(name: str, text: str) -> JSON:
    """`70%` is a share of what is requested; a plain number counts thousandths of a CPU, or mebibytes. Raises Complaint."""
    if text.endswith("%"):
        if not text[:-1].isdigit():
            raise Complaint(f"failed to create HorizontalPodAutoscaler using autoscaling/v2 API: invalid percentage value: {text[:-1]}")
        return {"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": int(text[:-1])}}}
    amount = f"{text}{'m' if name == 'cpu' else 'Mi'}" if text.isdigit() else text
    return {"type": "Resource", "resource": {"name": name, "target": {"type": "AverageValue", "averageValue": amount}}}


ACTS: dict[str, Act] = {"create": create, "expose": expose, "autoscale": autoscale}
