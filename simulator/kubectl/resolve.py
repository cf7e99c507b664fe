"""Which objects a command line means: `pods`, `deploy,rs`, `pod web-0 web-1`, `deploy/web`, `all` (cli-runtime/pkg/resource/builder.go)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simulator.journal.reads import Reads
from simulator.kubectl.errors import Complaint, KubectlError
from simulator.kubectl.selectors import parse_fields, parse_labels, unselectable
from simulator.objects.kinds import BY_NAME, Key, Kind, Object, kind_for_word, kind_of_key, to_builtins
from simulator.objects.selectable import field_problem, fields_match

ALL_KINDS = (
    "Pod", "ReplicationController", "Service", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "HorizontalPodAutoscaler",
    "CronJob", "Job",
)  # fmt: skip
"""The category `all`, in the order in which kubectl asks for it."""
NOTHING_NAMED = (
    "You must provide one or more resources by argument or filename.\n"
    "Example resource specifications include:\n"
    "   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"
)
NO_TYPE_NEEDED = (
    "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form "
    "(e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'"
)
NO_NAME = "resource(s) were provided, but no name was specified"
NO_TYPE = "at least one resource must be specified to use a selector"
NAME_AND_SELECTOR = "name cannot be provided when a selector is specified"
TUPLES_AND_SELECTOR = "selectors and the all flag cannot be used when passing resource/name arguments"
SEVERAL_SLASHES = "arguments in resource/name form may not have more than one slash"
NO_PAIR = "arguments in resource/name form must have a single resource and name"


class Target(NamedTuple):
    """One kind, and the names that were given (none: all of that kind)."""

    kind: Kind
    names: tuple[str, ...] = ()


class Selection(NamedTuple):
    """How objects are chosen besides by name: label selector, field selector, `--all`."""

    labels: str = ""
    fields: str = ""
    everything: bool = False

    @property
    def chooses(self) -> bool:
        """Whether objects are chosen so at all."""
        return bool(self.labels or self.fields or self.everything)


BY_NAME_ONLY = Selection()


def targets(words: Sequence[str], reads: Reads, selection: Selection = BY_NAME_ONLY) -> list[Target]:
    """What the arguments of a verb mean. Raises Complaint: for an unknown type, and for names beside a selection."""
    if not words:
        raise Complaint(NO_TYPE if selection.labels or selection.fields else NOTHING_NAMED)
    with_slash = [word for word in words if "/" in word]
    if with_slash and len(with_slash) != len(words):
        raise Complaint(NO_TYPE_NEEDED)
    if with_slash:
        pairs = [_pair(word, reads) for word in words]
        if selection.chooses:
            raise Complaint(TUPLES_AND_SELECTOR)
        return pairs
    if len(words) > 1 and selection.chooses:
        raise Complaint(NAME_AND_SELECTOR)
    kinds = [kind for word in words[0].split(",") for kind in kinds_of(word, reads)]
    return [Target(kind, tuple(words[1:])) for kind in kinds]


def _pair(word: str, reads: Reads) -> Target:
    type_, _, name = word.partition("/")
    if "/" in name:
        raise Complaint(SEVERAL_SLASHES)
    if not type_ or not name or "," in type_:
        raise Complaint(NO_PAIR)
    kinds = kinds_of(type_, reads)
    if len(kinds) > 1:
        raise Complaint(NO_PAIR)
    return Target(kinds[0], (name,))


def kinds_of(word: str, reads: Reads) -> list[Kind]:
    """The kinds that a word names: several for the category `all`. Raises Complaint when the API server has none."""
    if word == "all":
        return [BY_NAME[name] for name in ALL_KINDS]
    kind = kind_for_word(word) or next((kind for kind in _custom_kinds(reads) if word.lower() in _words(kind)), None)
    if kind is None:
        raise Complaint(f'the server doesn\'t have a resource type "{word}"')
    return [kind]


def _custom_kinds(reads: Reads) -> list[Kind]:
    """Kinds that podsim's table does not know: those that are defined, and those of which there is or was an object."""
    from simulator.api.served import custom_resources

    defined = {row.key_kind: row.as_kind for row in custom_resources(reads)}
    keys = {key.kind: key for key in reads.known() if "." in key.kind}
    return [*defined.values(), *(_kind(keys[name], reads.objects(name)) for name in sorted(keys) if name not in defined)]


def _kind(known: Key, present: Sequence[Object]) -> Kind:
    kind = kind_of_key(known)
    return kind._replace(api_version=present[0].api_version) if present else kind


def _words(kind: Kind) -> tuple[str, ...]:
    return (kind.singular, kind.plural, kind.resource, f"{kind.singular}.{kind.group}", *kind.short_names)


def key_kind(kind: Kind) -> str:
    """The first part of the keys of that kind's objects."""
    return kind.name if kind.name in BY_NAME else f"{kind.name}.{kind.group}"


def key(kind: Kind, namespace: str, name: str) -> Key:
    """The key of an object, looked for in a namespace if its kind lives in one."""
    return Key(key_kind(kind), namespace if kind.namespaced else "", name)


def listed(kind: Kind, namespace: str | None, reads: Reads) -> list[Object]:
    """All objects of a kind, in the order of the API server: by namespace and name. `namespace` None: of all."""
    items = reads.objects(key_kind(kind), namespace if kind.namespaced else None)
    return sorted(items, key=lambda item: (item.metadata.namespace, item.metadata.name))


def filtered(kind: Kind, items: Sequence[Object], selection: Selection) -> list[Object]:
    """Those of `items` that the selectors let through. Raises KubectlError: it is the server that reads them."""
    labels, fields = selection.labels, selection.fields
    terms = parse_labels(labels, kind, fields) if labels else []
    requirements = parse_fields(fields, kind, labels) if fields else []
    if why := next(filter(None, (field_problem(kind.name, path) for path, _, _ in requirements)), ""):
        raise KubectlError(f"Error from server (BadRequest): {unselectable(kind, labels, fields, why)}")
    pairs = [item for item in items if all(term.matches(item.metadata.labels) for term in terms)]
    return [item for item in pairs if fields_match(to_builtins(item), requirements)] if requirements else pairs


def not_found(kind: Kind, name: str) -> str:
    """kubectl's words for an object that is not there."""
    return f'Error from server (NotFound): {kind.resource} "{name}" not found'
