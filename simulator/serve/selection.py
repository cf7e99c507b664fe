"""Which objects a list or a watch is about: selectors, and the options that ask for a version."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from simulator.api.errors import ApiError
from simulator.manifest.selectors import parse_labels
from simulator.objects.kinds import Object
from simulator.objects.selectable import field_problem, fields_match
from simulator.objects.selector_text import parse_fields
from simulator.serve.encoding import in_version
from simulator.serve.http import Request


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The options of a list or watch. `version`: None is not set."""

    labels: str = ""
    fields: str = ""
    limit: int = 0
    token: str = ""
    version: int | None = None
    match: str = ""
    watch: bool = False
    bookmarks: bool = False
    initial: bool | None = None
    timeout: int = 0


def options(request: Request) -> Options:
    """The options of a request. Raises ApiError."""
    watch = request.flag("watch")
    version, match = request.option("resourceVersion"), request.option("resourceVersionMatch")
    initial = request.flag("sendInitialEvents") if request.query.get("sendInitialEvents") else None
    limit, timeout = _number(request.option("limit")), _number(request.option("timeoutSeconds"))
    _check(version, match, initial, watch=watch)
    return Options(
        labels=request.option("labelSelector"),
        fields=request.option("fieldSelector"),
        limit=max(limit, 0),
        token=request.option("continue"),
        version=revision_of(version, watch=watch),
        match=match,
        watch=watch,
        bookmarks=request.flag("allowWatchBookmarks"),
        initial=initial,
        timeout=max(timeout, 0),
    )


def _number(text: str) -> int:
    if not text:
        return 0
    if not text.lstrip("-").isdigit() or len(text) > 18:
        raise ApiError("BadRequest", f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text)


def revision_of(text: str, *, watch: bool = True) -> int | None:
    """A resourceVersion of a query. Raises ApiError: a list is refused in another way than a get or a watch."""
    if not text:
        return None
    if not text.isdigit() or len(text) > 20:
        why = f'resourceVersion: Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        raise ApiError("", why) if watch else ApiError("BadRequest", f"invalid resource version: {why}")
    return int(text)


def _check(version: str, match: str, initial: bool | None, *, watch: bool) -> None:
    """Refuse options that do not go together, as the API server validates ListOptions."""
    problems: list[tuple[str, str, str]] = []

    def forbid(field: str, why: str) -> None:
        problems.append((field, "FieldValueForbidden", f"Forbidden: {why}"))

    if not watch and initial is not None:
        forbid("sendInitialEvents", "sendInitialEvents is forbidden for list")
    if watch and initial is not None:
        if match != "NotOlderThan":
            forbid("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
    elif watch and match:
        forbid("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
    elif match and not version:
        forbid("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided")
    if match not in ("", "Exact", "NotOlderThan") or (match == "Exact" and watch and initial is not None):
        supported = '"NotOlderThan"' if watch and initial is not None else '"Exact", "NotOlderThan", ""'
        unsupported = f'Unsupported value: "{match}": supported values: {supported}'
        problems.append(("resourceVersionMatch", "FieldValueNotSupported", unsupported))
    elif match == "Exact" and version == "0":
        forbid("resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
    if problems:
        texts = [f"{field}: {message}" for field, _, message in problems]
        causes = [{"reason": reason, "message": message, "field": field} for field, reason, message in problems]
        text = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
        details = {"group": "meta.k8s.io", "kind": "ListOptions", "causes": causes}
        raise ApiError("Invalid", f'ListOptions.meta.k8s.io "" is invalid: {text}', details)


def selector(request: Request, chosen: Options) -> Callable[[Object], bool]:
    """Whether an object is among those that a request is about. Raises ApiError (BadRequest) for selectors that cannot be read."""
    target = request.about
    try:
        terms = parse_labels(chosen.labels)
        fields = parse_fields(chosen.fields)
    except ValueError as error:
        raise ApiError("BadRequest", str(error)) from error
    kind = _field_kind(request)
    for path, _, _ in fields:
        if why := field_problem(kind, path):
            raise ApiError("BadRequest", f"field label not supported: {path}" if target.resource.is_custom else why)
    namespace = target.namespace

    def matches(item: Object) -> bool:
        if namespace and item.metadata.namespace != namespace:
            return False
        if not all(term.matches(item.metadata.labels) for term in terms):
            return False
        return not fields or _fields_match(item, fields, request)

    return matches


def _field_kind(request: Request) -> str:
    """The kind by which field selectors are judged."""
    resource = request.about.resource
    return f"{resource.kind}.{resource.group}" if resource.group == "events.k8s.io" else resource.kind


def _fields_match(item: Object, fields: list[tuple[str, bool, str]], request: Request) -> bool:
    if len(fields) == 1 and fields[0][0] == "metadata.name":
        return (item.metadata.name == fields[0][2]) == fields[0][1]
    return fields_match(in_version(item, request.about.resource), fields)
