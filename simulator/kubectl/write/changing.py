"""`kubectl scale|patch|delete|cordon|uncordon` (kubectl/pkg/cmd/scale, patch, delete, drain)."""

from __future__ import annotations

from typing import Any

from simulator.api import ApiError
from simulator.api.decoding import as_server_patches, as_server_reads
from simulator.api.deletion import Deletion
from simulator.api.patch import patched
from simulator.kubectl.errors import Complaint, at_source
from simulator.kubectl.write.acting import Act, Acting
from simulator.kubectl.write.making import SCALABLE
from simulator.kubectl.write.targets import Named, asked, missing, resources
from simulator.objects.base import JSON
from simulator.objects.kinds import to_builtins
from simulator.objects.node import Node

PROPAGATION = {"background": "Background", "foreground": "Foreground", "orphan": "Orphan"}
FORCED = (
    "Immediate deletion does not wait for confirmation that the running resource has been terminated. "
    "The resource may continue to run on the cluster indefinitely."
)
NOT_IN_NAMESPACE = "deleting cluster-scoped resources, not scoped to the provided namespace"


def scale(acting: Acting) -> None:
    """`scale`: how many replicas; `currentReplicas` and `resourceVersion` are conditions."""
    wanted, current = int(acting.option("replicas", 0)), int(acting.option("currentReplicas", -1))
    version = str(acting.option("resourceVersion", ""))
    infos = resources(acting)
    troubles, acting.troubles = acting.troubles, []
    if not infos and not troubles:
        raise Complaint("no objects passed to scale")
    for named in infos:
        item: Any = named.item
        if named.kind.name not in SCALABLE:
            raise ApiError("NotFound", "the server could not find the requested resource")
        if current != -1 and item.spec.replicas != current:
            raise Complaint(f"Expected replicas to be {current}, was {item.spec.replicas}")
        if version and item.metadata.resource_version != version:
            raise Complaint(f"Expected resource version to be {version}, was {item.metadata.resource_version}")
        acting.shown(acting.write(item, patched(to_builtins(item), {"spec": {"replicas": wanted}})), "scaled")
    acting.troubles = troubles


def patch(acting: Acting) -> None:
    """`patch`: strategic by default; the server drops fields that it does not know, and says so."""
    change, kind = acting.option("with", {}), str(acting.option("type", "strategic"))
    infos = resources(acting)
    if not infos and not acting.troubles:
        acting.troubles.append(Complaint("no objects passed to patch"))

    def one(named: Named) -> None:
        assert named.item is not None
        before = to_builtins(named.item)
        if kind == "strategic" and named.kind.struct is None and "." in named.key.kind:
            raise ApiError("UnsupportedMediaType", "the body of the request was in an unknown format")
        data = patched(before, change, kind)
        if not isinstance(data, dict) or data.get("kind") != before["kind"]:
            raise ApiError("BadRequest", f"the object provided is unrecognized: {data!r}")
        if data["metadata"].get("name") != named.name:
            raise ApiError(
                "BadRequest", f"the name of the object ({data['metadata'].get('name')}) does not match the name on the URL ({named.name})"
            )
        read, remarks = _read(data, change, kind) if "." not in named.key.kind else (data, [])
        for remark in remarks:
            acting.warn(remark)
        written = acting.write(named.item, read)
        acting.shown(written, "patched" if to_builtins(written) != before else "patched (no change)")

    for named in infos:
        acting.each(lambda named=named: one(named))  # type: ignore[misc]


def _read(data: JSON, change: Any, kind: str) -> tuple[JSON, list[str]]:
    """The patched object as the API server takes it in. Raises ApiError."""
    return as_server_patches(data, change, "warn") if kind == "strategic" else as_server_reads(data, "warn")


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
    infos = asked(acting)
    if not infos:
        acting.out("No resources found\n")
    for named in infos:
        if named.item is None and ignore:
            continue
        acting.each(lambda named=named: _deleted(acting, named, deletion))  # type: ignore[misc]
    if infos and ignore and all(named.item is None for named in infos):
        acting.out("No resources found\n")


def _deleted(acting: Acting, named: Named, deletion: Deletion) -> None:
    if not named.kind.namespaced and acting.option("namespace"):
        acting.warn(NOT_IN_NAMESPACE)
    if acting.dry != "client":
        try:
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


def cordon(acting: Acting, *, desired: bool = True) -> None:
    """`cordon`, `uncordon`: whether pods may be scheduled to nodes."""
    word = "cordon" if desired else "uncordon"
    infos = resources(acting)
    if acting.troubles:
        return
    for named in infos:
        item = named.item
        if not isinstance(item, Node):
            raise Complaint(f'error: expected resource of type node, got "{named.kind.resource}"')
        if bool(item.spec.unschedulable) == desired:
            acting.shown(item, f"already {word}ed")
            continue
        try:
            change = {"spec": {"unschedulable": True if desired else None}}
            acting.shown(acting.write(item, patched(to_builtins(item), change)), f"{word}ed")
        except ApiError as error:
            acting.err(f'error: unable to {word} node "{named.name}": {error.message}\n')


def uncordon(acting: Acting) -> None:
    """`uncordon`."""
    cordon(acting, desired=False)


ACTS: dict[str, Act] = {"patch": patch, "scale": scale, "delete": delete, "cordon": cordon, "uncordon": uncordon}
