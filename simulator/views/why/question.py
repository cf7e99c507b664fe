"""The objects that a question is about, and the function that explains each kind."""

from __future__ import annotations

from simulator.errors import UsageError
from simulator.journal.snapshot import Snapshot
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.resolve import key_kind, kinds_of
from simulator.kubectl.resolve import listed as every
from simulator.kubectl.view import View
from simulator.objects.batch import CronJob, Job
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key, Kind, Object, key_of
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_succeeded, is_ready
from simulator.units import short_duration
from simulator.views.why.because import Because, note
from simulator.views.why.ending import owner_of
from simulator.views.why.inquiry import Explainer, Inquiry, named
from simulator.views.why.lacking import lacking, without_endpoints
from simulator.views.why.others import explain_any, explain_claim, explain_namespace, explain_node, explain_quota
from simulator.views.why.pod import explain_pod
from simulator.views.why.services import explain_service
from simulator.views.why.weight import weight
from simulator.views.why.words import listed
from simulator.views.why.workloads import explain_daemonset, explain_deployment, explain_replicaset, explain_statefulset


def _job(ask: Inquiry, item: Job) -> Because:
    from simulator.views.why.jobs import explain_job

    return explain_job(ask, item)


def _cronjob(ask: Inquiry, item: CronJob) -> Because:
    from simulator.views.why.jobs import explain_cronjob

    return explain_cronjob(ask, item)


def _autoscaler(ask: Inquiry, item: Object) -> Because:
    from simulator.views.why.autoscaling import explain_autoscaler

    return explain_autoscaler(ask, item)


def _scaled(explain: Explainer) -> Explainer:
    """As `explain`, with what an autoscaler has to do with the workload."""

    def explained(ask: Inquiry, item: Object) -> Because:
        if not ask.snapshot.objects("HorizontalPodAutoscaler"):
            return explain(ask, item)
        from simulator.views.why.autoscaling import with_autoscaler

        return with_autoscaler(explain)(ask, item)

    return explained


EXPLAINERS: dict[str, Explainer] = {
    "Pod": explain_pod,
    "Service": explain_service,
    "Deployment": _scaled(explain_deployment),
    "ReplicaSet": _scaled(explain_replicaset),
    "StatefulSet": _scaled(explain_statefulset),
    "HorizontalPodAutoscaler": _autoscaler,
    "DaemonSet": explain_daemonset,
    "Job": _job,
    "CronJob": _cronjob,
    "PersistentVolumeClaim": explain_claim,
    "Node": explain_node,
    "ResourceQuota": explain_quota,
    "Namespace": explain_namespace,
}
GLOB = frozenset("*?[")


def why(snapshot: Snapshot, key: Key) -> Because:
    """Why an object is as it is at the snapshot's instant."""
    return explain(snapshot, [key])[0]


def explain(snapshot: Snapshot, keys: list[Key]) -> list[Because]:
    """Why each of these objects is as it is."""
    ask = Inquiry(snapshot, EXPLAINERS, explain_any)
    return [ask.about(key, fresh=True)._replace(role="fact") for key in keys]


def explain_unready(snapshot: Snapshot, namespace: str | None) -> list[Because]:
    """Why pods are not ready, the worst first, one per workload unless an earlier tree covers it; then why workloads lack pods.

    When there is nothing to report, why Services have no endpoints.
    """
    ask = Inquiry(snapshot, EXPLAINERS, explain_any)
    groups: dict[Key, list[Pod]] = {}
    for pod in sorted(snapshot.typed(Pod, namespace), key=weight):
        if not is_ready(pod) and not has_succeeded(pod):
            groups.setdefault(owner_of(pod) or key_of(pod), []).append(pod)
    trees = []
    for pods in groups.values():
        first, *rest = pods
        if not ask.has_explained(key_of(first)):
            tree = ask.about(key_of(first))
            also = (note(f"also not ready: {listed([named(pod) for pod in rest])}"),) if rest else ()
            trees.append(tree._replace(role="fact", causes=(*tree.causes, *also)))
    covered = {key_of(pod) for pods in groups.values() for pod in pods}
    more = lacking(snapshot, namespace, covered) or ([] if trees else without_endpoints(snapshot, namespace))
    return [*trees, *(ask.about(key)._replace(role="fact") for key in more if not ask.has_explained(key))]


def targets(snapshot: Snapshot, words: tuple[str, ...], namespace: str | None, *, ever: bool = False) -> list[Key]:
    """The objects given as arguments: `pod/web-1`, `pod web-1`, `deploy/web`; globs, and prefixes of names.

    `ever`: deleted objects too. Raises UsageError.
    """
    view = View(snapshot)
    keys: list[Key] = []
    for word in _pairs(words):
        keys += [key for key in _named(view, word, namespace, ever=ever) if key not in keys]
    return keys


def _pairs(words: tuple[str, ...]) -> list[str]:
    """`pod web-1 web-2` as `pod/web-1`, `pod/web-2`."""
    if "/" in words[0] or len(words) == 1:
        return list(words)
    return [f"{words[0]}/{name}" for name in words[1:]]


def _named(view: View, word: str, namespace: str | None, *, ever: bool) -> list[Key]:
    type_, slash, name = word.partition("/")
    try:
        kinds = kinds_of(type_, view.snapshot)
    except KubectlError as error:
        raise UsageError(str(error).removeprefix("error: ")) from error
    keys = [key for kind in kinds for key in _keys(view, kind, namespace, ever=ever)]
    if not slash:
        return keys
    exact = [key for key in keys if key.name == name]
    glob = name if GLOB & set(name) else f"{name}*"
    matching = [key for key in keys if glob_matches(key.name, glob)]
    if not (exact or matching):
        there = sorted({key.name for key in keys})
        known = f"; available: {', '.join(there[:6])}{', …' if len(there) > 6 else ''}" if there else "; there are none"
        raise UsageError(f"no {kinds[0].singular} {name!r} at {short_duration(view.snapshot.t)}{known}")
    return exact or matching


def _keys(view: View, kind: Kind, namespace: str | None, *, ever: bool) -> list[Key]:
    """The objects of a kind that exist, or that ever existed."""
    if not ever:
        return [key_of(item) for item in every(kind, namespace, view.snapshot)]
    keys = view.snapshot.known(key_kind(kind))
    return sorted(key for key in keys if namespace is None or key.namespace in ("", namespace))
