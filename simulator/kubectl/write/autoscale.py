"""`kubectl autoscale`: a HorizontalPodAutoscaler for a workload (kubectl/pkg/cmd/autoscale)."""

from __future__ import annotations

from simulator.api import ApiError
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import DRY_RUN, FILES, OUTPUT, QUIET, Verb, files, options, target
from simulator.kubectl.write.acting import Acting, Writing
from simulator.kubectl.write.create import send
from simulator.kubectl.write.targets import SCALABLE, Named, resources
from simulator.objects.base import JSON

USE_CPU = "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU)."


def _autoscale(words: Words) -> Request:
    least, most = words["min"], words["max"]
    if most < 1:
        raise Refusal(f"--max=MAXPODS is required and must be at least 1, max: {most}")
    if most < least:
        raise Refusal(f"--max=MAXPODS must be larger or equal to --min=MINPODS, max: {most}, min: {least}")
    if words["cpu-percent"] >= 0 and words["cpu"]:
        raise Refusal("--cpu-percent and --cpu are mutually exclusive")
    percent = words["cpu-percent"] if words["cpu-percent"] > 0 else None
    return Request("autoscale", target(words.args), options(words, "min", "max", "memory", "name", "cpu", cpuPercent=percent), files(words))


def autoscale(acting: Acting) -> None:
    """`autoscale`: a HorizontalPodAutoscaler."""
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
        desired = {"cpu": acting.option("cpu") or _percent(acting.option("cpuPercent")), "memory": acting.option("memory")}
        if metrics := [_metric(name, str(text)) for name, text in desired.items() if text]:
            spec["metrics"] = metrics
        name = acting.option("name") or named.name
        data = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": name}, "spec": spec}
        try:
            send(acting, data, "autoscaled")
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


VERBS: tuple[Verb, ...] = (
    Verb(("autoscale",), "autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]",
         "Create a HorizontalPodAutoscaler for a workload.",
         (Flag("min", "int32", default=-1, metavar="COUNT", help="Minimum number of replicas."),
          Flag("max", "int32", default=-1, required=True, metavar="COUNT", help="Maximum number of replicas."),
          Flag("cpu", metavar="SHARE|AMOUNT"), Flag("memory", metavar="SHARE|AMOUNT"),
          Flag("cpu-percent", "int32", default=-1, deprecated=USE_CPU),

          Flag("name", metavar="NAME"), *FILES, OUTPUT, DRY_RUN, *QUIET), _autoscale, ("autoscale deployment web --min=1 --max=3",)),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "autoscale": Writing(autoscale, ("min", "max", "cpu", "cpuPercent", "memory", "name")),
}
