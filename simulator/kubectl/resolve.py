"""Which objects a command line means: `pods`, `deploy,rs,svc`, `pod web-0 web-1`, `deploy/web`, `all`; exact names before prefixes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulator.kubectl.sentences import ALL_KINDS, NO_PAIR, NO_TYPE_NEEDED, NOTHING_NAMED, SEVERAL_SLASHES, no_such_type
from simulator.kubectl.view import KubectlError, View
from simulator.objects.kinds import BY_NAME, Key, Kind, Object, key_of, kind_for_word, kind_of_key


class Wanted(NamedTuple):
    """One kind, and the names that were given (none: all of that kind)."""

    kind: Kind
    names: tuple[str, ...] = ()


class Found(NamedTuple):
    """An object with its kind, what to say on standard error about how it was found, and whether its name had been given."""

    kind: Kind
    item: Object
    note: str = ""


def wanted(args: Iterable[str], view: View) -> list[Wanted]:
    """What the arguments of `get`, `describe` and `wait` ask for. Raises KubectlError in kubectl's words."""
    words = list(args)
    if not words:
        raise KubectlError(f"error: {NOTHING_NAMED}")
    if any("/" in word for word in words):
        if not all("/" in word for word in words):
            raise KubectlError(f"error: {NO_TYPE_NEEDED}")
        return [_pair(word, view) for word in words]
    kinds = [kind for word in words[0].split(",") for kind in kinds_of(word, view)]
    names = tuple(words[1:])
    return [Wanted(kind, names) for kind in kinds]


def warnings(asked: Iterable[Wanted], view: View) -> str:
    """What the API server warns about when these kinds are asked for."""
    deprecated = view.dialect.endpoints_are_deprecated and any(kind.name == "Endpoints" for kind, _ in asked)
    return view.dialect.say("endpoints.deprecated") if deprecated else ""


def _pair(word: str, view: View) -> Wanted:
    type_, _, name = word.partition("/")
    if "/" in name:
        raise KubectlError(f"error: {SEVERAL_SLASHES}")
    if not type_ or not name or "," in type_:
        raise KubectlError(f"error: {NO_PAIR}")
    kinds = kinds_of(type_, view)
    if len(kinds) > 1:
        raise KubectlError(f"error: {NO_PAIR}")
    return Wanted(kinds[0], (name,))


def kinds_of(word: str, view: View) -> list[Kind]:
    """The kinds that a word names. Raises KubectlError when there is none."""
    if word == "all":
        return [BY_NAME[name] for name in ALL_KINDS]
    kind = kind_for_word(word) or next((kind for kind in _kept_kinds(view) if word.lower() in _words(kind)), None)
    if kind is None:
        raise KubectlError(f"error: {no_such_type(word)}")
    return [kind]


def _kept_kinds(view: View) -> list[Kind]:
    """Kinds of the journal that podsim's table does not know: those of custom resources."""
    keys = {key.kind: key for key in (key_of(write.item) for write in view.snapshot.writes()) if "." in key.kind}
    return [kind_of_key(key) for _, key in sorted(keys.items())]


def _words(kind: Kind) -> tuple[str, ...]:
    return (kind.singular, kind.plural, kind.resource, f"{kind.singular}.{kind.group}")


def key_kind(kind: Kind) -> str:
    """The first part of the keys of that kind's objects."""
    return kind.name if kind.name in BY_NAME else f"{kind.name}.{kind.group}"


def listed(kind: Kind, namespace: str | None, view: View) -> list[Object]:
    """All objects of a kind, in the order of the API server: by namespace and name."""
    return view.snapshot.objects(key_kind(kind), namespace if kind.namespaced else None)


def named(kind: Kind, namespace: str, name: str, view: View) -> list[Found]:
    """The object of that name; else those whose names begin with it.

    Several that belong to one controller are alike: the first one stands for all, and a note says so. Unrelated ones are all returned.
    Raises KubectlError (NotFound).
    """
    exact = view.snapshot.get(Key(key_kind(kind), namespace if kind.namespaced else "", name))
    if exact is not None:
        return [Found(kind, exact)]
    matching = [item for item in listed(kind, namespace, view) if item.metadata.name.startswith(name)]
    if not matching:
        raise KubectlError(not_found(kind, name))
    if len(matching) > 1 and len({root_owner(item, view) for item in matching}) == 1:
        first = min(matching, key=lambda item: (item.metadata.creation_timestamp or "", item.metadata.name))
        note = f"Found {len(matching)} {kind.plural}, using {kind.singular}/{first.metadata.name}\n"
        return [Found(kind, first, note)]
    return [Found(kind, item) for item in matching]


def only_one(kind: Kind, namespace: str, name: str, view: View) -> Found:
    """As `named`, where there can be only one: unrelated objects are an error that lists them."""
    found = named(kind, namespace, name, view)
    if len(found) > 1:
        names = ", ".join(f"{kind.singular}/{one.item.metadata.name}" for one in found)
        raise KubectlError(f'error: "{name}" is not unique: {names}', code=2)
    return found[0]


def not_found(kind: Kind, name: str) -> str:
    """kubectl's words for an object that is not there."""
    return f'Error from server (NotFound): {kind.resource} "{name}" not found'


def root_owner(item: Object, view: View) -> Key:
    """The controller at the end of an object's chain of owners; the object itself when it has none."""
    key = key_of(item)
    while owner := next((ref for ref in item.metadata.owner_references if ref.controller), None):
        key = Key(owner.kind, item.metadata.namespace, owner.name)
        above = view.snapshot.get(key)
        if above is None:
            return key
        item = above
    return key
