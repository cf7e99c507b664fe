"""Objects by name on a recorded run: exact names first, then prefixes, which kubectl itself does not accept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulator.kubectl.errors import KubectlError
from simulator.kubectl.resolve import Target, key, listed, not_found
from simulator.kubectl.view import View
from simulator.objects.kinds import Key, Kind, Object, key_of


class Match(NamedTuple):
    """An object with its kind, and what to say on standard error about how it was found."""

    kind: Kind
    item: Object
    note: str = ""


def named(kind: Kind, namespace: str, name: str, view: View) -> list[Match]:
    """The object of that name; else, unless the view wants exact names, those whose names begin with it.

    Several that belong to one controller are alike: the first one stands for all, and a note says so. Unrelated ones are all returned.
    Raises KubectlError (NotFound, Forbidden).
    """
    view.authorize("get", kind, namespace, name)
    exact = view.snapshot.get(key(kind, namespace, name))
    if exact is not None:
        return [Match(kind, exact)]
    matching = [] if view.exact else [item for item in listed(kind, namespace, view.snapshot) if item.metadata.name.startswith(name)]
    if not matching:
        raise KubectlError(not_found(kind, name))
    if len(matching) > 1 and len({_root_owner(item, view) for item in matching}) == 1:
        first = min(matching, key=lambda item: (item.metadata.creation_timestamp or "", item.metadata.name))
        note = f"Found {len(matching)} {kind.plural}, using {kind.singular}/{first.metadata.name}\n"
        return [Match(kind, first, note)]
    return [Match(kind, item) for item in matching]


def only_one(kind: Kind, namespace: str, name: str, view: View) -> Match:
    """As `named`, where there can be only one: unrelated objects are an error that lists them."""
    matches = named(kind, namespace, name, view)
    if len(matches) > 1:
        names = ", ".join(f"{kind.singular}/{one.item.metadata.name}" for one in matches)
        raise KubectlError(f'error: "{name}" is not unique: {names}', code=2)
    return matches[0]


def warnings(requested: Iterable[Target], view: View) -> str:
    """What the API server warns about when these kinds are asked for."""
    deprecated = view.dialect.endpoints_are_deprecated and any(kind.name == "Endpoints" for kind, _ in requested)
    return view.dialect.say("endpoints.deprecated") if deprecated else ""


def _root_owner(item: Object, view: View) -> Key:
    """The controller at the end of an object's chain of owners; the object itself when it has none."""
    matches = key_of(item)
    while owner := next((ref for ref in item.metadata.owner_references if ref.controller), None):
        matches = Key(owner.kind, item.metadata.namespace, owner.name)
        above = view.snapshot.get(matches)
        if above is None:
            return matches
        item = above
    return matches
