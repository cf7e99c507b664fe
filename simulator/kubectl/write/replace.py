"""`kubectl replace` (kubectl/pkg/cmd/replace)."""

from __future__ import annotations

from simulator.api import ApiError
from simulator.api.deletion import Deletion
from simulator.api.subresources import check
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint, Refusal, at_source
from simulator.kubectl.flags import Words
from simulator.kubectl.request import Request
from simulator.kubectl.verb import FILES, Verb, file_names, files, need_files, options, validate
from simulator.kubectl.write.acting import Acting, Writing
from simulator.kubectl.write.create import MADE
from simulator.kubectl.write.documents import Given
from simulator.kubectl.write.objects import new_object, objects_given, replaced_object
from simulator.objects.kinds import Key, Object, key_of


def _replace(words: Words) -> Request:
    grace = words["grace-period"]
    if grace >= 0 and not words["force"]:
        raise Refusal("--grace-period must have --force specified")
    need_files(words)
    more = {"gracePeriodSeconds": grace} if grace >= 0 else {}
    return Request("replace", file_names(words), options(words, "force", "subresource", validate=validate(words), **more), files(words))


def replace(acting: Acting) -> None:
    """`replace -f`: the object as it is written, in place of the one that is there; with `force` it is deleted first."""
    items = objects_given(acting)
    if not items and not acting.troubles:
        acting.troubles.append(Complaint("no objects passed to replace"))

    def one(item: Given) -> None:
        key = Key(item.kind.name, item.namespace, item.name)
        acting.authorize("get", item.kind, item.namespace, item.name)
        present = acting.store.get(key)
        try:
            if acting.option("force"):
                _gone(acting, item, present)
                acting.shown(new_object(acting, item), "replaced")
                return
            if present is None:
                raise ApiError("NotFound", f'{item.kind.resource} "{item.name}" not found')
            part = str(acting.option("subresource", ""))
            check(item.kind, part, acting.api.dialect, acting.store)
            acting.shown(replaced_object(acting, present, item, part), "replaced")
        except ApiError as error:
            raise at_source(error, "replacing", item.source) from error

    for item in items:
        acting.each(lambda item=item: one(item))  # type: ignore[misc]


def _gone(acting: Acting, item: Given, present: Object | None) -> None:
    """Delete without grace, so that the name is free at once."""
    if present is not None:
        acting.authorize("delete", item.kind, item.namespace, item.name)
        acting.api.delete(
            key_of(present), Deletion(grace=int(acting.option("gracePeriodSeconds", 0)), propagation="Background"), acting.origin.cause
        )
        where = f" from {item.namespace} namespace" if item.namespace else ""
        group = f".{item.kind.group}" if item.kind.group else ""
        acting.out(f'{item.kind.singular}{group} "{item.name}" deleted{where}\n')


VERBS: tuple[Verb, ...] = (
    Verb(("replace",), "replace -f FILENAME", "Replace existing objects.",
         (*FILES, Flag("force", "bool", help="Delete the object, then create it again."),
         Flag("cascade", default="background", bare="background"),
          Flag("grace-period", "int", default=-1, metavar="SECONDS", help="With --force: time for pods to stop."),
          Flag("timeout", "duration", default="0s"),
          Flag("wait", "bool"),
          Flag("subresource", metavar="NAME", help="Replace a part: status, resize, ephemeralcontainers."),
          *MADE), _replace, ("replace -f app.yaml",)),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "replace": Writing(replace, ("with", "validate", "force", "gracePeriodSeconds", "subresource")),
}
