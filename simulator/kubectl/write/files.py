"""`kubectl apply|create|replace -f`: objects from files, one after the other (kubectl/pkg/cmd/apply, create, replace)."""

from __future__ import annotations

from simulator.api import ApiError
from simulator.api.apply import merged, three_way
from simulator.api.decoding import as_server_patches, as_server_reads
from simulator.api.deletion import Deletion
from simulator.kubectl.errors import Complaint, at_source
from simulator.kubectl.write.acting import Act, Acting
from simulator.kubectl.write.documents import Given, Reading, files_of, given
from simulator.manifest.applied import applied as applied_from
from simulator.manifest.load import Manifest
from simulator.manifest.validation.errors import go_json
from simulator.manifest.validation.names import path_segment
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, Object, from_builtins, key_of, to_builtins
from simulator.objects.labels import LAST_APPLIED
from simulator.objects.meta import is_being_deleted

VALIDATIONS = {"strict": "strict", "true": "strict", "warn": "warn", "ignore": "ignore", "false": "ignore"}
NOT_TOLD = ("server",)
"""`podsim apply --dry-run=server` says what kubectl would say without it: it stands for the real thing where manifests are checked."""
NEVER_APPLIED = (
    "resource {label} is missing the {annotation} annotation which is required by kubectl apply. kubectl apply should only be used on "
    "resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched "
    "automatically."
)


def objects_given(acting: Acting) -> list[Given]:
    """The objects of the request: written in it (`with`), or in its files. What is wrong with files becomes troubles."""
    validate = VALIDATIONS.get(str(acting.option("validate", "strict")), "strict")
    reading = Reading(acting.namespace, bool(acting.option("namespace")), validate != "ignore")
    found, complaints = given(files_of(acting.request, acting.origin.folder), reading)
    acting.troubles += complaints
    return found


def apply(acting: Acting) -> None:
    """`apply -f`: created, or merged into what is there."""
    items = objects_given(acting)
    if not items and not acting.troubles:
        acting.troubles.append(Complaint("no objects passed to apply"))
    for item in items:
        acting.each(lambda item=item: _applied(acting, item))  # type: ignore[misc]


def _applied(acting: Acting, item: Given) -> None:
    if not item.name:
        if generated := item.value["metadata"].get("generateName"):
            raise Complaint(f"from {generated}: cannot use generate name with apply")
        raise _unaskable(item, "resource name may not be empty")
    if sentences := path_segment(item.name):
        raise _unaskable(item, f'invalid resource name "{item.name}": [{" ".join(sentences)}]')
    key = Key(item.kind.name, item.namespace, item.name)
    present = acting.store.get(key)
    made = _created(acting, item) if present is None else _merged(acting, item, present)
    if acting.dry:
        return
    acting.site.last[key] = item.value
    manifest = Manifest(item.value, item.source, item.place, made)
    acting.store.journal.append(applied_from(acting.engine.now, key, manifest, acting.origin.folder, acting.origin.cause))


def _created(acting: Acting, item: Given) -> Object:
    try:
        made = _new(acting, item.value)
    except ApiError as error:
        raise at_source(error, "creating", item.source) from error
    acting.shown(made, "created", silent=NOT_TOLD)
    return made


def _merged(acting: Acting, item: Given, present: Object) -> Object:
    """What is there with what is wanted; `configured` when kubectl has anything to send, be it only what it remembers of the file."""
    key = Key(item.kind.name, item.namespace, item.name)
    if key not in acting.site.last:
        acting.warn(NEVER_APPLIED.format(label=f"{item.kind.plural}/{item.name}", annotation=LAST_APPLIED))
    before, last = to_builtins(present), acting.site.last.get(key)
    patch = three_way(None if last is None else _placed(last, item.namespace), item.value, before)
    try:
        made = _changed(acting, present, merged(before, patch), patch) if patch else present
    except ApiError as error:
        patching = f'error when applying patch:\n{go_json(patch)}\nto:\n{_about(item)}\nfor: "{item.source}"'
        patched = at_source(error, "patching", item.source)
        patched.message = f"{patching}: {patched.message}"
        raise patched from error
    # Even if the object is the same then: kubectl has something new to remember.
    acting.answer.changed = acting.answer.changed or bool(patch)
    if patch and is_being_deleted(present):
        acting.warn(f"Detected changes to resource {item.name} which is currently being deleted.")
    acting.shown(made, "configured" if patch else "unchanged", silent=NOT_TOLD)
    return made


def _placed(value: JSON, namespace: str) -> JSON:
    """An applied object as kubectl remembers it: with its namespace."""
    return {**value, "metadata": {**value["metadata"], **({"namespace": namespace} if namespace else {})}}


def _new(acting: Acting, value: JSON) -> Object:
    """Create an object as the server reads it. Raises ApiError."""
    if acting.dry == "client":
        item: Object = from_builtins(value)
        return item
    read, remarks = as_server_reads(value, VALIDATIONS.get(str(acting.option("validate", "strict")), "strict"))
    for remark in remarks:
        acting.warn(remark)
    return acting.create(read)


def _changed(acting: Acting, present: Object, value: JSON, patch: JSON | None = None) -> Object:
    """Send a changed object, or the patch that makes it. Raises ApiError."""
    if acting.dry == "client":
        return present
    validate = VALIDATIONS.get(str(acting.option("validate", "strict")), "strict")
    read, remarks = as_server_reads(value, validate) if patch is None else as_server_patches(value, patch, validate)
    for remark in remarks:
        acting.warn(remark)
    return acting.write(present, read)


def _unaskable(item: Given, why: str) -> Complaint:
    """kubectl cannot even ask for the present state of the object."""
    return Complaint(f'error when retrieving current configuration of:\n{_about(item)}\nfrom server for: "{item.source}": {why}')


def _about(item: Given) -> str:
    """Which object kubectl means, in two lines."""
    group, _, version = item.value["apiVersion"].rpartition("/")
    resource = f'Resource: "{group}/{version}, Resource={item.kind.plural}", GroupVersionKind: "{group}/{version}, Kind={item.kind.name}"'
    return f'{resource}\nName: "{item.name}", Namespace: "{item.namespace}"'


def create_files(acting: Acting) -> None:
    """`create -f`."""
    items = objects_given(acting)
    if not items and not acting.troubles:
        acting.troubles.append(Complaint("no objects passed to create"))

    def one(item: Given) -> None:
        try:
            made = _new(acting, item.value)
        except ApiError as error:
            raise at_source(error, "creating", item.source) from error
        acting.shown(made, "created")
        if acting.option("saveConfig") and not acting.dry:
            acting.site.last[key_of(made)] = item.value

    for item in items:
        acting.each(lambda item=item: one(item))  # type: ignore[misc]


def replace(acting: Acting) -> None:
    """`replace -f`: the object as it is written, in place of the one that is there; with `force` it is deleted first."""
    items = objects_given(acting)
    if not items and not acting.troubles:
        acting.troubles.append(Complaint("no objects passed to replace"))

    def one(item: Given) -> None:
        key = Key(item.kind.name, item.namespace, item.name)
        present = acting.store.get(key)
        try:
            if acting.option("force"):
                _gone(acting, item, present)
                acting.shown(_new(acting, item.value), "replaced")
                return
            if present is None:
                raise ApiError("NotFound", f'{item.kind.resource} "{item.name}" not found')
            acting.shown(_changed(acting, present, _in_place(present, item.value)), "replaced")
        except ApiError as error:
            raise at_source(error, "replacing", item.source) from error

    for item in items:
        acting.each(lambda item=item: one(item))  # type: ignore[misc]


def _gone(acting: Acting, item: Given, present: Object | None) -> None:
    """Delete without grace, so that the name is free at once."""
    if present is not None:
        acting.api.delete(
            key_of(present), Deletion(grace=int(acting.option("gracePeriodSeconds", 0)), propagation="Background"), acting.origin.cause
        )
        where = f" from {item.namespace} namespace" if item.namespace else ""
        group = f".{item.kind.group}" if item.kind.group else ""
        acting.out(f'{item.kind.singular}{group} "{item.name}" deleted{where}\n')


def _in_place(present: Object, value: JSON) -> JSON:
    """The new object with what the server keeps of the old one when nothing is said of it: identity, status, and addresses of a Service."""
    before = to_builtins(present)
    kept = {name: item for name, item in before["metadata"].items() if name in ("uid", "creationTimestamp", "generation", "managedFields")}
    data = {**value, "metadata": {**value["metadata"], **kept}}
    if "status" in before:
        data["status"] = before["status"]
    if value["kind"] == "Service":
        addresses = {name: before["spec"][name] for name in ("clusterIP", "clusterIPs") if name in before["spec"]}
        data["spec"] = {**addresses, **(value.get("spec") or {})}
    return data


ACTS: dict[str, Act] = {"apply": apply, "replace": replace}
