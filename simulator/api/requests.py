"""What the API server does with a request that writes: decode, default, admit, validate, store; one place for HTTP and recorded requests.

kubectl's verbs have decoded values and begin at `writes`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from simulator.api import applying, patch, posted_parts, subresources
from simulator.api.bodies import Body, decode_body
from simulator.api.custom import Version, version_of
from simulator.api.decoding import read_delete_options, read_new, read_patched
from simulator.api.deletion import Deletion, graceful
from simulator.api.dry import dry_run
from simulator.api.errors import ApiError, not_found
from simulator.api.managed_fields import Manager, Writer, current, encoded
from simulator.api.options import DeleteOptions, Options, Query, delete_options, write_options
from simulator.api.server import ApiServer
from simulator.api.status import deleted, done
from simulator.api.writes import changed, check_name, check_version, created, placed
from simulator.dialect import Dialect
from simulator.journal.records import NO_CAUSE, Cause
from simulator.manifest.schema import served
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, Kind, Object, to_builtins

ANSWERED_WHOLE = ("Pod", "Service", "ServiceAccount", "PersistentVolumeClaim", "PersistentVolume", "Namespace")
"""Kinds whose deletion is answered with the object; for others with a Status, unless the object stays."""
JOB_ORPHANS = (
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them "
    "or set propagationPolicy=Orphan to suppress this warning"
)


class Reply(NamedTuple):
    """The answer to a request: status code, body, and warnings in the server's order."""

    code: int
    value: JSON
    warnings: tuple[str, ...] = ()


# ---- requests


class Call(NamedTuple):
    """A request that writes, as it arrives. `key` has no name when it makes an object; `agent` is the User-Agent."""

    method: str
    kind: Kind
    key: Key
    query: Query
    content_type: str
    agent: str
    body: bytes
    subresource: str = ""


def perform(api: ApiServer, dialect: Dialect, call: Call, cause: Cause = NO_CAUSE) -> Reply:
    """Carry out a POST, PUT, PATCH or DELETE. Raises ApiError."""
    requests, kind, key = Requests(api, dialect), call.kind, call.key
    custom = served(kind.api_version, kind.name) is None
    if call.method == "DELETE":
        options_given = read_delete_options(decode_body(call.body, call.content_type)) if call.body else {}
        return requests.delete(kind, key, delete_options(call.query, options_given, dialect), cause)
    if call.method == "POST" and (call.subresource in posted_parts.KINDS or kind.name == "Binding"):
        return requests.post(call, cause)
    if call.method == "PATCH":
        change = patch.read_patch(call.body, call.content_type, custom=custom)
        options = write_options(call.query, call.agent, "PatchOptions", dialect, apply=change.kind == "apply")
        return requests.patch(kind, key, change, options, cause, call.subresource)
    name = "CreateOptions" if call.method == "POST" else "UpdateOptions"
    options = write_options(call.query, call.agent, name, dialect)
    expected = subresources.SCALE if call.subresource == "scale" else kind
    given = decode_body(call.body, call.content_type, expected.name, custom=custom)
    if call.method == "POST":
        return requests.create(kind, key.namespace, given, options, cause)
    return requests.replace(kind, key, given, options, cause, call.subresource)


class Requests:
    """Requests to one API server. All raise ApiError; `cause` goes into the journal."""

    def __init__(self, api: ApiServer, dialect: Dialect) -> None:
        self._api = api
        self._dialect = dialect

    def create(self, kind: Kind, namespace: str, body: Body, options: Options, cause: Cause = NO_CAUSE) -> Reply:
        """POST of an object to the collection of a kind."""
        value, remarks = read_new(body, kind, options.validation, self._definition(kind))
        with self._server(options.dry) as api:
            made, warned = created(api, placed(value, namespace), cause, self._writer(kind, options))
        return Reply(201, to_builtins(made), (*remarks, *warned))

    def replace(self, kind: Kind, key: Key, body: Body, options: Options, cause: Cause = NO_CAUSE, subresource: str = "") -> Reply:
        """PUT of an object or of one of its parts."""
        subresources.check(kind, subresource, self._dialect, self._api.store)
        value, remarks = read_new(
            body, subresources.SCALE if subresource == "scale" else kind, options.validation, self._definition(kind, subresource)
        )
        value = placed(value, key.namespace)
        check_name(value, key)
        before = self._present(key)
        with self._server(options.dry) as api:
            after, warned = self._write(api, before, value, cause, self._writer(kind, options, subresource))
        return Reply(200, subresources.shown(after, subresource, self._api.store), (*remarks, *warned))

    def patch(self, kind: Kind, key: Key, change: patch.Patch, options: Options, cause: Cause = NO_CAUSE, subresource: str = "") -> Reply:
        """PATCH of an object or of one of its parts."""
        subresources.check(kind, subresource, self._dialect, self._api.store)
        if change.kind == "apply" and subresource != "scale":
            return self._apply(kind, key, change.value, options, cause, subresource)
        before = self._present(key)
        now = subresources.shown(before, subresource, self._api.store)
        if change.kind == "json" and not subresource:
            now["metadata"]["managedFields"] = encoded(current(self._api.store.journal, before))
        expected = subresources.SCALE if subresource == "scale" else kind._replace(api_version=now["apiVersion"])
        value = patch.patched(now, change.value, "merge" if change.kind == "apply" else change.kind)
        read, remarks = read_patched(value, change, options.validation, expected, self._definition(kind, subresource))
        check_name(read, key)
        with self._server(options.dry) as api:
            after, warned = self._write(api, before, read, cause, self._writer(kind, options, subresource))
        return Reply(200, subresources.shown(after, subresource, self._api.store), (*remarks, *warned))

    def post(self, call: Call, cause: Cause = NO_CAUSE) -> Reply:
        """POST of a subresource that does something to an object."""
        part = call.subresource or "binding"
        body = posted_parts.body_of(call.body, call.content_type, part)
        # POST of a Binding to its own collection names the pod in its body.
        key = call.key if call.subresource else Key("Pod", call.key.namespace, (body.get("metadata") or {}).get("name") or "")
        with self._server(posted_parts.is_dry(call.query, body)) as api:
            posted_parts.post_part(api, self._dialect, key, part, body, cause)
        return Reply(201, done())

    def delete(self, kind: Kind, key: Key, options: DeleteOptions, cause: Cause = NO_CAUSE) -> Reply:
        """DELETE of an object."""
        before = self._api.store.get(key)
        deletion, warned = options.deletion, tuple[str, ...]()
        if before is not None:
            _check_preconditions(before, options)
            deletion = deletion._replace(uid="")
        if kind.name == "Job" and not options.has_policy:
            deletion, warned = deletion._replace(propagation="Orphan"), (JOB_ORPHANS,)
        with self._server(options.dry) as api:
            left = api.delete(key, deletion, cause)
        assert before is not None
        if left is None and kind.name not in ANSWERED_WHOLE:
            return Reply(200, deleted(kind, key.name, before.metadata.uid), warned)
        return Reply(200, to_builtins(left if left is not None else self._last_seen(before, deletion)), warned)

    def _last_seen(self, before: Object, deletion: Deletion) -> Object:
        """A deleted object as its deletion is answered: a pod is marked first, others are as they were."""
        marked: Object = graceful(before, deletion, self._api.engine.wall) if before.kind == "Pod" else before
        return marked

    def _apply(self, kind: Kind, key: Key, config: Any, options: Options, cause: Cause, subresource: str) -> Reply:
        """PATCH by server-side apply, which may make the object."""
        writer = self._writer(kind, options, subresource, "Apply")
        value = applying.checked(config, kind, key)
        with self._server(options.dry) as api:
            after, is_new = applying.written(api, key, value, writer, cause, force=bool(options.force))
        return Reply(201 if is_new else 200, subresources.shown(after, subresource, self._api.store))

    def _definition(self, kind: Kind, subresource: str = "") -> Version | None:
        return None if subresource == "scale" else version_of(self._api.store, kind.api_version, kind.name)

    def _writer(self, kind: Kind, options: Options, subresource: str = "", operation: str = "Update") -> Writer:
        return Writer(Manager(options.manager, operation, kind.api_version, subresource), self._api.engine.timestamp())

    def _write(self, api: ApiServer, before: Object, value: JSON, cause: Cause, writer: Writer) -> tuple[Object, list[str]]:
        if writer.who.subresource == "scale":
            check_version(before, value)
            return subresources.rescaled(api, value, before, cause, writer), []
        return changed(api, before, value, cause, writer.who.subresource, writer)

    def _present(self, key: Key) -> Object:
        before = self._api.store.get(key)
        if before is None:
            raise not_found(key)
        return before

    @contextmanager
    def _server(self, dry: bool) -> Iterator[ApiServer]:
        if dry:
            with dry_run(self._api) as api:
                yield api
        else:
            yield self._api


def _check_preconditions(before: Object, options: DeleteOptions) -> None:
    """Raises ApiError (Conflict), which names the kind and not its resource."""
    uid, version, meta = options.deletion.uid, options.resource_version, before.metadata
    why = ""
    if uid and uid != meta.uid:
        why = f"the UID in the precondition ({uid}) does not match the UID in record ({meta.uid}). "
        why += "The object might have been deleted and then recreated"
    elif version and version != meta.resource_version:
        why = f"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record "
        why += f"({meta.resource_version}). The object might have been modified"
    if why:
        about = {"name": meta.name, "kind": before.kind}
        raise ApiError("Conflict", f'Operation cannot be fulfilled on {before.kind} "{meta.name}": {why}', about)
