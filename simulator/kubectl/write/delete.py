"""`kubectl delete` (kubectl/pkg/cmd/delete)."""

from __future__ import annotations

from simulator.api import ApiError
from simulator.api.deletion import Deletion
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Refusal, Unsupported, at_source
from simulator.kubectl.flags import ALL_NAMESPACES, Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import (
    ALL,
    DRY_RUN,
    FIELD_SELECTOR,
    FILENAME,
    KUSTOMIZE,
    OUTPUT,
    RECURSIVE,
    SELECTOR,
    Verb,
    about,
    nothing_named,
    options,
)
from simulator.kubectl.write.acting import SELECTION, Acting, Writing
from simulator.kubectl.write.targets import Named, missing, requested
from simulator.objects.base import JSON

PROPAGATION = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}


FORCED = (
    "Immediate deletion does not wait for confirmation that the running resource has been terminated. "
    "The resource may continue to run on the cluster indefinitely."
)


NOT_IN_NAMESPACE = "deleting cluster-scoped resources, not scoped to the provided namespace"


def _delete(words: Words) -> Request:
    grace = words["grace-period"]
    if words["now"]:
        if grace != -1:
            raise Refusal("--now and --grace-period cannot be specified together")
        grace = 1
    if words["interactive"]:
        raise Unsupported("podsim does not ask back: delete without --interactive")
    if words["cascade"] not in ("background", "foreground", "orphan"):
        raise Refusal(f'invalid cascade value ({words["cascade"]}). Must be "background", "foreground", or "orphan"')
    if words["all"] and (words["selector"] or words["field-selector"]):
        raise Refusal("setting 'all' parameter but found a non empty selector. ")
    if not words.args and not words["filename"]:
        raise Refusal(nothing_named())
    if words["output"] not in ("", "name"):
        raise Refusal(f"unexpected -o output mode: {words['output']}. We only support '-o name'")
    if words["force"] and grace > 0:
        raise Refusal("--force and --grace-period greater than 0 cannot be specified together")
    chosen = options(
        words, "selector", "field-selector", "all", "all-namespaces", "force", "ignore-not-found",
        gracePeriodSeconds=None if grace < 0 else grace,
        cascade=None if words["cascade"] == "background" else words["cascade"],
    )  # fmt: skip
    return about("delete", words, words.args, chosen)._replace(wait=bool(words["wait"]))


def delete(acting: Acting) -> None:
    """`delete`: by name, by selector, or all; with kubectl's reading of the grace period."""
    grace, forced = acting.option("gracePeriodSeconds"), bool(acting.option("force"))
    if grace == 0 and not forced:
        grace = 1  # kubectl's own rule: without --force nothing is deleted at once
    if forced and grace is None:
        grace = 0
    if forced and grace == 0:
        acting.warn(FORCED)
    deletion = Deletion(grace=grace, propagation=PROPAGATION.get(str(acting.option("cascade", "background")), "Background"))
    by_selection = acting.option("all") or acting.option("selector") or acting.option("fieldSelector")
    ignore = acting.option("ignoreNotFound", bool(by_selection))
    infos = requested(acting)
    if not infos:
        acting.out("No resources found\n")
    for named in infos:
        if named.item is None and ignore:
            acting.each(lambda named=named: acting.authorize("delete", named.kind, named.namespace, named.name))  # type: ignore[misc]
            continue
        acting.each(lambda named=named: _deleted(acting, named, deletion))  # type: ignore[misc]


def _deleted(acting: Acting, named: Named, deletion: Deletion) -> None:
    if not named.kind.namespaced and acting.option("namespace"):
        acting.warn(NOT_IN_NAMESPACE)
    if acting.dry != "client":
        try:
            acting.authorize("delete", named.kind, named.namespace, named.name)
            if named.item is None:
                raise missing(named)
            acting.api.delete(named.key, deletion, acting.origin.cause)
        except ApiError as error:
            raise at_source(error, "deleting", named.source) from error
        acting.answer.changed = True
        acting.answer.awaited[named.key] = named.item.metadata.uid
    group = f".{named.kind.group}" if named.kind.group else ""
    where = f" from {named.namespace} namespace" if named.kind.namespaced else ""
    dry = {"client": " (dry run)", "server": " (server dry run)"}.get(acting.dry, "")
    operation = "force deleted" if deletion.grace == 0 else "deleted"
    identity: JSON = {"apiVersion": named.kind.api_version, "kind": named.kind.name, "metadata": {"name": named.name}}
    acting.out(f'{named.kind.singular}{group} "{named.name}" {operation}{where}{dry}\n', identity)


DELETE_FLAGS = (
    SELECTOR, FIELD_SELECTOR, ALL, ALL_NAMESPACES, FILENAME, RECURSIVE, KUSTOMIZE, DRY_RUN, OUTPUT,
    Flag("grace-period", "int", default=-1, metavar="SECONDS", help="Time for pods to stop."),
    Flag("force", "bool", help="With --grace-period=0: delete immediately."),
    Flag("now", "bool", help="Same as --grace-period=1."),
    Flag("cascade", default="background", bare="background", metavar="HOW",
    help="How to delete dependents: background, foreground or orphan."),
    Flag("ignore-not-found", "bool", help="Ignore objects that don't exist."),
    Flag("wait", "bool", default=True, help="Continue the simulation until the objects are gone."),
    Flag("timeout", "duration", default="0s", help="Accepted, but has no effect."),
    Flag("interactive", "bool", "i", help="Not supported."),
)  # fmt: skip


VERBS: tuple[Verb, ...] = (
    Verb(("delete",), "delete ([-f FILENAME] | TYPE [(NAME | -l label | --all)])", "Delete objects.", DELETE_FLAGS, _delete,
         ("delete pod web-0", "delete pods -l app=web --grace-period=5", "delete -f app.yaml")),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "delete": Writing(delete, ("gracePeriodSeconds", "cascade", "force", "ignoreNotFound", *SELECTION)),
}
