"""`kubectl rollout pause|resume|restart|undo` (kubectl/pkg/cmd/rollout, polymorphichelpers)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.api import ApiError
from simulator.api.patch import patched
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import DRY_RUN, SELECTED, Verb, about, options
from simulator.kubectl.write.acting import SELECTION, Acting, Writing
from simulator.kubectl.write.targets import Named, resources
from simulator.kubectl.write.undo import undone
from simulator.objects.apps import DaemonSet, Deployment, StatefulSet
from simulator.objects.base import JSON
from simulator.objects.kinds import Object, to_builtins
from simulator.objects.labels import LAST_APPLIED, RESTARTED_AT

MANAGED_BY_APPLY = (
    "Warning: resource {label} was previously managed with 'kubectl apply'. Rolling back will not update the {annotation} annotation, "
    "which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous "
    "configuration file instead.\n"
)


Decide = Callable[[Object], JSON]


def _rollout(verb: str) -> Any:
    def understand(words: Words) -> Request:
        if not words.args and not words["filename"]:
            raise Refusal("required resource not specified")
        chosen = options(words, "selector", *(["to-revision"] if "to-revision" in words.flags else []))
        return about(verb, words, words.args, chosen)

    return understand


def pause(acting: Acting) -> None:
    """`rollout pause`."""

    def decide(item: Object) -> JSON:
        if not isinstance(item, Deployment):
            raise Complaint("pausing is not supported")
        if item.spec.paused:
            raise Complaint("is already paused")
        return {"spec": {"paused": True}}

    _each(acting, decide, "paused")


def resume(acting: Acting) -> None:
    """`rollout resume`."""

    def decide(item: Object) -> JSON:
        if not isinstance(item, Deployment):
            raise Complaint("resuming is not supported")
        if not item.spec.paused:
            raise Complaint("is not paused")
        return {"spec": {"paused": None}}

    _each(acting, decide, "resumed")


def restart(acting: Acting) -> None:
    """`rollout restart`: the template gets the time as an annotation, so that all pods are replaced."""
    now = acting.engine.timestamp()

    def decide(item: Object) -> JSON:
        if isinstance(item, Deployment) and item.spec.paused:
            raise Complaint("can't restart paused deployment (run rollout resume first)")
        if not isinstance(item, Deployment | StatefulSet | DaemonSet):
            raise Complaint("restarting is not supported")
        if item.spec.template.metadata.annotations.get(RESTARTED_AT) == now:
            triggered = "if restart has already been triggered within the past second, please wait before attempting to trigger another"
            raise Complaint(f"failed to create patch for {item.metadata.name}: {triggered}")
        return {"spec": {"template": {"metadata": {"annotations": {RESTARTED_AT: now}}}}}

    _each(acting, decide, "restarted")


def _each(acting: Acting, decide: Decide, operation: str) -> None:
    infos = resources(acting, everything=True)
    if not infos and not acting.troubles:
        acting.err(f"No resources found in {acting.namespace} namespace.\n")

    def one(named: Named) -> None:
        assert named.item is not None
        try:
            change = decide(named.item)
        except Complaint as error:
            if error.text.startswith("failed to create patch"):
                raise
            raise Complaint(f'error: {named.kind.resource} "{named.name}" {error.text}') from error
        try:
            acting.shown(acting.write(named.item, patched(to_builtins(named.item), change)), operation)
        except ApiError as error:
            raise Complaint(f"failed to patch: {error.message}") from error

    for named in infos:
        acting.each(lambda named=named: one(named))  # type: ignore[misc]


def undo(acting: Acting) -> None:
    """`rollout undo`: the template of an earlier revision."""
    revision = int(acting.option("toRevision", 0))

    def one(named: Named) -> None:
        item = named.item
        assert item is not None
        if named.key in acting.site.last:
            acting.err(MANAGED_BY_APPLY.format(label=named.label, annotation=LAST_APPLIED))
        if not isinstance(item, Deployment | StatefulSet | DaemonSet):
            group = f".{named.kind.group}" if named.kind.group else ""
            raise Complaint(f'no rollbacker has been implemented for "{named.kind.name}{group}"')
        data = undone(item, revision, acting.store)
        if data is None:
            acting.shown(item, f"skipped rollback (current template already matches revision {revision})")
            return
        try:
            acting.shown(acting.write(item, data), "rolled back")
        except ApiError as error:
            raise Complaint(f"failed restoring revision {revision}: {error.message}") from error

    for named in resources(acting, everything=True):
        acting.each(lambda named=named: one(named))  # type: ignore[misc]


TO_REVISION = Flag("to-revision", "int64", default=0, metavar="NUMBER", help="Revision to roll back to. Default: the previous one.")


VERBS: tuple[Verb, ...] = (
    Verb(("rollout", "pause"), "pause RESOURCE", "Pause the rollout of a Deployment.", SELECTED, _rollout("rolloutPause"),
         ("rollout pause deployment/web",)),
    Verb(("rollout", "resume"), "resume RESOURCE", "Resume a paused rollout.", SELECTED, _rollout("rolloutResume"),
         ("rollout resume deployment/web",)),
    Verb(("rollout", "restart"), "restart RESOURCE", "Restart a workload: replace all its pods.", SELECTED, _rollout("rolloutRestart"),
         ("rollout restart deployment/web",)),
    Verb(("rollout", "undo"), "undo (TYPE NAME | TYPE/NAME) [flags]", "Roll back to an earlier revision.",
    (*SELECTED, DRY_RUN, TO_REVISION),
         _rollout("rolloutUndo"), ("rollout undo deployment/web", "rollout undo deployment/web --to-revision=2")),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "rolloutPause": Writing(pause, SELECTION),
    "rolloutResume": Writing(resume, SELECTION),
    "rolloutRestart": Writing(restart, SELECTION),
    "rolloutUndo": Writing(undo, ("toRevision", *SELECTION)),
}
