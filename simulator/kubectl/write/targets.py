"""Which objects a command line means: `deployment web`, `pod/a svc/b`, `pods -l app=web` (cli-runtime/pkg/resource/builder.go)."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from simulator.api import ApiError
from simulator.kubectl.sentences import (
    ALL_KINDS,
    NAME_AND_SELECTOR,
    NO_NAME,
    NO_PAIR,
    NO_TYPE_NEEDED,
    NOTHING_NAMED,
    SEVERAL_SLASHES,
    TUPLES_AND_SELECTOR,
    no_such_type,
    unselectable,
)
from simulator.kubectl.write.acting import Acting
from simulator.kubectl.write.complaint import Complaint
from simulator.kubectl.write.documents import Reading, given
from simulator.manifest.selectors import parse_labels
from simulator.objects.kinds import BY_NAME, Key, Kind, Object, kind_for_word, to_builtins
from simulator.objects.selectable import field_problem, fields_match
from simulator.objects.selector_text import Requirement, parse_fields


class Named(NamedTuple):
    """An object that was asked for; `item` None when it is not there. `source`: the file that named it."""

    kind: Kind
    namespace: str
    name: str
    item: Object | None = None
    source: str = ""

    @property
    def key(self) -> Key:
        """Its key in the store."""
        return Key(self.kind.name if self.kind.name in BY_NAME else f"{self.kind.name}.{self.kind.group}", self.namespace, self.name)

    @property
    def label(self) -> str:
        """kubectl's `deployments/web`."""
        return f"{self.kind.plural}/{self.name}"


def resources(acting: Acting, *, everything: bool = False) -> list[Named]:
    """The objects of the request's target; those that are missing become troubles. Raises Complaint, ApiError when none can be looked for.

    `everything`: a type without names means all of its objects.
    """
    found = []
    for named in asked(acting, everything=everything):
        if named.item is None:
            acting.troubles.append(missing(named))
        else:
            found.append(named)
    return found


def missing(named: Named) -> ApiError:
    """The answer about an object that is not there."""
    return ApiError("NotFound", f'{named.kind.resource} "{named.name}" not found')


def asked(acting: Acting, *, everything: bool = False) -> list[Named]:
    """As `resources`, with the missing ones among them. Raises Complaint, ApiError."""
    words = str(acting.request.target).split()
    if acting.request.sources:
        return _from_files(acting)
    labels, fields = str(acting.option("selector", "")), str(acting.option("fieldSelector", ""))
    pairs, kinds = _split(acting, words)
    if pairs and (labels or fields or acting.option("all")):
        raise Complaint(TUPLES_AND_SELECTOR)
    if pairs:
        return [named for kind, name in pairs for named in _by_name(acting, kind, name)]
    if not kinds:
        raise Complaint("at least one resource must be specified to use a selector" if labels or fields else NOTHING_NAMED)
    if not (labels or fields or acting.option("all") or everything):
        raise Complaint(NO_NAME)
    return [named for kind in kinds for named in _selected(acting, kind, labels, fields)]


def _from_files(acting: Acting) -> list[Named]:
    """The objects that files name, as they are in the cluster."""
    reading = Reading(acting.namespace, bool(acting.option("namespace")), checked=False)
    found, complaints = given(acting.request.sources, reading)
    acting.troubles += complaints
    named = [Named(item.kind, item.namespace, item.name, source=item.source) for item in found]
    return [one._replace(item=acting.store.get(one.key)) for one in named]


def _split(acting: Acting, words: Sequence[str]) -> tuple[list[tuple[Kind, str]], list[Kind]]:
    """Types with names, or types alone. Raises Complaint."""
    with_slash = [word for word in words if "/" in word]
    if with_slash and len(with_slash) != len(words):
        raise Complaint(NO_TYPE_NEEDED)
    if with_slash:
        return [_pair(acting, word) for word in words], []
    if not words:
        return [], []
    if len(words) > 1 and (acting.option("selector") or acting.option("fieldSelector") or acting.option("all")):
        raise Complaint(NAME_AND_SELECTOR)
    kinds = [kind for word in words[0].split(",") for kind in kinds_of(acting, word)]
    return [(kind, name) for kind in kinds for name in words[1:]], kinds


def _pair(acting: Acting, word: str) -> tuple[Kind, str]:
    type_, _, name = word.partition("/")
    if "/" in name:
        raise Complaint(SEVERAL_SLASHES)
    if not type_ or not name or "," in type_:
        raise Complaint(NO_PAIR)
    return kinds_of(acting, type_)[0], name


def kinds_of(acting: Acting, word: str) -> list[Kind]:
    """The kinds that a word means. Raises Complaint when the server has none."""
    if word == "all":
        return [BY_NAME[name] for name in ALL_KINDS]
    kind = kind_for_word(word) or next((kind for kind in _custom(acting) if word.lower() in _words(kind)), None)
    if kind is None:
        raise Complaint(no_such_type(word))
    return [kind]


def _custom(acting: Acting) -> list[Kind]:
    """Kinds of custom resources: those of which there is an object."""
    found = [acting.store.objects(name)[0] for name in acting.store.kinds() if "." in name]
    return [Kind(item.kind, item.api_version, f"{item.kind.lower()}s", (), bool(item.metadata.namespace)) for item in found]


def _words(kind: Kind) -> tuple[str, ...]:
    return (kind.singular, kind.plural, kind.resource, f"{kind.singular}.{kind.group}")


def _by_name(acting: Acting, kind: Kind, name: str) -> list[Named]:
    """The object of that name. A Scenario may give a glob instead."""
    namespace = acting.namespace if kind.namespaced else ""
    named = Named(kind, namespace, name)
    if any(sign in name for sign in "*?["):
        items = acting.store.objects(named.key.kind, namespace)
        return [_of(kind, item) for item in items if fnmatchcase(item.metadata.name, name)]
    return [named._replace(item=acting.store.get(named.key))]


def _selected(acting: Acting, kind: Kind, labels: str, fields: str) -> list[Named]:
    terms, wanted = _terms(kind, labels, fields)
    namespace = None if acting.option("allNamespaces") else acting.namespace if kind.namespaced else ""
    items = acting.store.objects(Named(kind, "", "").key.kind, namespace)
    chosen = [item for item in items if all(term.matches(item.metadata.labels) for term in terms)]
    chosen = [item for item in chosen if fields_match(to_builtins(item), wanted)] if wanted else chosen
    return [_of(kind, item) for item in sorted(chosen, key=lambda item: (item.metadata.namespace, item.metadata.name))]


def _of(kind: Kind, item: Object) -> Named:
    return Named(kind, item.metadata.namespace, item.metadata.name, item)


def _terms(kind: Kind, labels: str, fields: str) -> tuple[list[Requirement], list[tuple[str, bool, str]]]:
    """The parsed selectors. Raises ApiError: it is the server that reads them."""
    try:
        found = parse_labels(labels), parse_fields(fields)
    except ValueError as error:
        raise ApiError("BadRequest", unselectable(kind, labels, fields, str(error))) from error
    if why := next(filter(None, (field_problem(kind.name, path) for path, _, _ in found[1])), ""):
        raise ApiError("BadRequest", unselectable(kind, labels, fields, why))
    return found
