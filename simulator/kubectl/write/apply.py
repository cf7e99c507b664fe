"""`kubectl apply` (kubectl/pkg/cmd/apply)."""

from __future__ import annotations

from simulator.api import ApiError
from simulator.api.apply import merged, three_way
from simulator.api.authorization.request import AccessDenied
from simulator.api.patch import Patch
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal, Unsupported, at_source
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import FILES, SELECTOR, Verb, file_names, files, need_files, options, validate
from simulator.kubectl.write.acting import Acting, Writing
from simulator.kubectl.write.create import MADE
from simulator.kubectl.write.documents import Given
from simulator.kubectl.write.objects import new_object, objects_given, patched_object
from simulator.manifest.applied import applied as applied_from
from simulator.manifest.load import Manifest
from simulator.manifest.validation.errors import go_json
from simulator.manifest.validation.names import path_segment
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, Object, to_builtins
from simulator.objects.labels import LAST_APPLIED
from simulator.objects.meta import is_being_deleted

NOT_MENTIONED = ("server",)
"""`podsim apply --dry-run=server` says what kubectl would say without it: it stands for the real thing where manifests are checked."""


NEVER_APPLIED = (
    "resource {label} is missing the {annotation} annotation which is required by kubectl apply. kubectl apply should only be used on "
    "resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched "
    "automatically."
)


def _apply(words: Words) -> Request:
    if words.args:
        raise Refusal(f"Unexpected args: [{' '.join(words.args)}]", usage=True)
    need_files(words)
    for name in ("server-side", "prune", "force"):
        if words[name]:
            raise Unsupported(f"podsim does not know apply --{name}")
    return Request("apply", file_names(words), options(words, validate=validate(words)), files(words))


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
    try:
        acting.authorize("get", item.kind, item.namespace, item.name)
    except AccessDenied as error:
        where = f'error when retrieving current configuration of:\n{_about(item)}\nfrom server for: "{item.source}"'
        raise ApiError(error.reason, f"{where}: {error.message}") from error
    present = acting.store.get(key)
    made = _created(acting, item) if present is None else _merged(acting, item, present)
    if acting.dry:
        return
    acting.site.last[key] = item.value
    manifest = Manifest(item.value, item.source, item.place, made)
    acting.store.journal.append(applied_from(acting.engine.now, key, manifest, acting.origin.folder, acting.origin.cause))


def _created(acting: Acting, item: Given) -> Object:
    try:
        made = new_object(acting, item)
    except ApiError as error:
        raise at_source(error, "creating", item.source) from error
    acting.shown(made, "created", silent=NOT_MENTIONED)
    return made


def _merged(acting: Acting, item: Given, present: Object) -> Object:
    """What is there with what is wanted; `configured` when kubectl has anything to send, be it only what it remembers of the file."""
    key = Key(item.kind.name, item.namespace, item.name)
    if key not in acting.site.last:
        acting.warn(NEVER_APPLIED.format(label=f"{item.kind.plural}/{item.name}", annotation=LAST_APPLIED))
    before, last = to_builtins(present), acting.site.last.get(key)
    patch = three_way(None if last is None else _placed(last, item.namespace), item.value, before)
    try:
        made = patched_object(acting, present, merged(before, patch), Patch("strategic", patch)) if patch else present
    except ApiError as error:
        patching = f'error when applying patch:\n{go_json(patch)}\nto:\n{_about(item)}\nfor: "{item.source}"'
        patched = at_source(error, "patching", item.source)
        patched.message = f"{patching}: {patched.message}"
        raise patched from error
    # Even if the object is the same then: kubectl has something new to remember.
    acting.answer.changed = acting.answer.changed or bool(patch)
    if patch and is_being_deleted(present):
        acting.warn(f"Detected changes to resource {item.name} which is currently being deleted.")
    acting.shown(made, "configured" if patch else "unchanged", silent=NOT_MENTIONED)
    return made


def _placed(value: JSON, namespace: str) -> JSON:
    """An applied object as kubectl remembers it: with its namespace."""
    return {**value, "metadata": {**value["metadata"], **({"namespace": namespace} if namespace else {})}}


def _unaskable(item: Given, why: str) -> Complaint:
    """kubectl cannot even ask for the present state of the object."""
    return Complaint(f'error when retrieving current configuration of:\n{_about(item)}\nfrom server for: "{item.source}": {why}')


def _about(item: Given) -> str:
    """Which object kubectl means, in two lines."""
    group, _, version = item.value["apiVersion"].rpartition("/")
    resource = f'Resource: "{group}/{version}, Resource={item.kind.plural}", GroupVersionKind: "{group}/{version}, Kind={item.kind.name}"'
    return f'{resource}\nName: "{item.name}", Namespace: "{item.namespace}"'


VERBS: tuple[Verb, ...] = (
    Verb(("apply",), "apply (-f FILENAME | -k DIRECTORY)", "Create or update objects from manifests.",
         (*FILES, SELECTOR, Flag("server-side", "bool", help="Not supported."), Flag("prune", "bool", help="Not supported."),
          Flag("force", "bool", help="Not supported."), Flag("overwrite", "bool", default=True), Flag("wait", "bool"), *MADE), _apply,
         ("apply -f app.yaml", "apply -f - --dry-run=server")),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "apply": Writing(apply, ("with", "validate")),
}
