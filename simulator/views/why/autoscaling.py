"""Why a HorizontalPodAutoscaler scales or does not, and which autoscaler gave a workload its size."""

from __future__ import annotations

from simulator.kubectl.print.tables.autoscaling import measured, source_of
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, Object, Unstructured, key_of, kind_for
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_ready
from simulator.objects.selectors import matches
from simulator.views.why.because import Because, coming, note
from simulator.views.why.inquiry import Explainer, Inquiry, named
from simulator.views.why.weight import worst
from simulator.views.why.words import brief, many, when

Reasons = tuple[Because, ...]
KIND = "HorizontalPodAutoscaler"
HELD = {
    "ScaleDownStabilized": "a recommendation of its scale-down window was higher, and the highest one counts",
    "ScaleUpStabilized": "a recommendation of its scale-up window was lower, and the lowest one counts",
}
LIMITS = {
    "TooManyReplicas": ("its metrics ask for more pods than maxReplicas", "spec.maxReplicas"),
    "TooFewReplicas": ("its metrics ask for fewer pods than minReplicas", "spec.minReplicas"),
    "ScaleUpLimit": ("it may not add pods faster", "spec.behavior.scaleUp"),
    "ScaleDownLimit": ("it may not remove pods faster", "spec.behavior.scaleDown"),
}


def target_of(item: Unstructured) -> Key:
    """The workload that an autoscaler names."""
    ref = (item.content.get("spec") or {}).get("scaleTargetRef") or {}
    kind = kind_for(ref.get("apiVersion", ""), ref.get("kind", ""))
    return Key(kind.name if kind else ref.get("kind", ""), item.metadata.namespace, ref.get("name", ""))


def explain_autoscaler(ask: Inquiry, item: Object) -> Because:
    """The size that it asks for, its metrics, and what keeps it from scaling."""
    assert isinstance(item, Unstructured), "a kind without a type of its own"
    status, target = item.content.get("status") or {}, target_of(item)
    conditions = {one["type"]: one for one in status.get("conditions") or []}
    place = ask.place(item)
    if not conditions:
        return Because(f"{named(item)} has not looked at {target} yet", (note("it looks every 15s, first 15s after its creation"),), place)
    able, active = conditions.get("AbleToScale", {}), conditions.get("ScalingActive", {})
    if able.get("status") == "False":
        why = Because(brief(able["message"], 200), place=ask.place(item, "spec.scaleTargetRef"))
        return Because(f"{named(item)} cannot scale {target}", (why,), place)
    if active.get("status") == "False":
        text = f"{named(item)} does not scale {target}"
        return Because(text, (_inactive(ask, item, active), *_last(ask, item)), place)
    current, desired = status.get("currentReplicas", 0), status.get("desiredReplicas", 0)
    size = (
        f"keeps {target} at {many(current, 'pod')}" if current == desired else f"scales {target} from {current} to {many(desired, 'pod')}"
    )
    return Because(f"{named(item)} {size}", (*_metrics(ask, item), *_held(ask, item, conditions), *_last(ask, item)), place)


def _inactive(ask: Inquiry, item: Unstructured, active: JSON) -> Because:
    """Why it has no number of replicas: what it lacks, and the pods that are the reason."""
    message = active["message"].removeprefix("the HPA was unable to compute the replica count: ")
    pods = _pods(ask, target_of(item))
    unready = [pod for pod in pods if not is_ready(pod)]
    causes: Reasons = ()
    if "missing request for" in message and pods:
        causes = (Because("a share of the request needs a request of every container", place=ask.pod_place(pods[0], "containers")),)
    elif "pods might be unready" in message and unready:
        causes = worst(ask, unready)
    elif "pods might be unready" in message:
        causes = (note("CPU counts once a pod has been ready for a whole measurement (15s)"),)
    elif "could not find the requested resource (get pods.metrics" in message:
        causes = (Because("the Scenario says that the cluster has no metrics-server"),)
    elif "no metrics returned" in message:
        causes = (note("metrics-server reports a pod 10s after its start at the earliest"),)
    return Because(brief(message, 200), causes, ask.place(item, "spec.metrics"))


def _pods(ask: Inquiry, target: Key) -> list[Pod]:
    workload = ask.snapshot.get(target)
    selector = getattr(getattr(workload, "spec", None), "selector", None)
    if selector is None or isinstance(selector, dict):
        return []
    return [pod for pod in ask.snapshot.typed(Pod, target.namespace) if matches(selector, pod.metadata.labels)]


def _metrics(ask: Inquiry, item: Unstructured) -> Reasons:
    """Each metric with its goal."""
    metrics = (item.content.get("spec") or {}).get("metrics") or []
    statuses = (item.content.get("status") or {}).get("currentMetrics") or []
    lines = []
    for index, metric in enumerate(metrics):
        source, result = source_of(metric), measured(metrics, statuses, index)
        name = source.get("name") or (source.get("metric") or {}).get("name", "")
        of = " of the request" if result.share else " for each pod" if result.averaged else ""
        lines.append(
            Because(f"{name} is at {result.current}{of}, the target is {result.target}", place=ask.place(item, f"spec.metrics[{index}]"))
        )
    return tuple(lines)


def _held(ask: Inquiry, item: Unstructured, conditions: dict[str, JSON]) -> Reasons:
    able, limit = conditions.get("AbleToScale", {}), conditions.get("ScalingLimited", {})
    causes: list[Because] = []
    if text := HELD.get(able.get("reason", "")):
        causes.append(Because(text, place=ask.place(item, "spec.behavior")))
    if limit.get("status") == "True" and limit.get("reason") in LIMITS:
        text, path = LIMITS[limit["reason"]]
        causes.append(Because(text, place=ask.place(item, path)))
    return tuple(causes)


def _last(ask: Inquiry, item: Object) -> Reasons:
    """Its last change of the size."""
    events = ask.events(item, "SuccessfulRescale")
    if not events:
        return ()
    t, event = events[-1]
    return (note(f"its last change, at {when(t)}: {event.message}"),)


def with_autoscaler(explain: Explainer) -> Explainer:
    """An explanation of a workload, with the autoscaler that gave it its size."""

    def explained(ask: Inquiry, item: Object) -> Because:
        tree = explain(ask, item)
        return tree._replace(causes=(*tree.causes, *sized_by(ask, item)))

    return explained


def sized_by(ask: Inquiry, item: Object) -> Reasons:
    """What an autoscaler has done to a workload, and that it does nothing where it should."""
    key = key_of(item)
    scalers = [one for one in ask.snapshot.objects(KIND, key.namespace) if isinstance(one, Unstructured) and target_of(one) == key]
    lines: list[Because] = []
    for scaler in scalers:
        active = next((one for one in (scaler.content.get("status") or {}).get("conditions") or [] if one["type"] == "ScalingActive"), None)
        if active is not None and active["status"] == "False" and active["reason"] != "ScalingDisabled":
            lines.append(note(f"{named(scaler)} does not scale it: {brief(active['message'], 160)}", ask.place(scaler)))
            continue
        events = ask.events(scaler, "SuccessfulRescale")
        if events:
            t, event = events[-1]
            size, _, reason = event.message.removeprefix("New size: ").partition("; reason: ")
            because = f" ({reason})" if reason else ""
            lines.append(note(f"{named(scaler)} set its size to {size} at {when(t)}{because}", ask.place(scaler)))
        elif active is None:
            lines.append(coming(f"{named(scaler)} looks at it for the first time 15s after its creation", ask.place(scaler)))
    return tuple(lines)
