"""What the API server answers about users: access reviews by the cluster's RBAC, who one is, and tokens of ServiceAccounts.

Reviews are answers and no objects: nothing is stored. Each function gets the body of a POST and returns the body of its answer.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from simulator.api import ApiError
from simulator.api.authorization.access import denial_reason
from simulator.api.authorization.policy import Grant, grants
from simulator.api.authorization.request import ACCOUNT_PREFIX, MASTERS, AccessRequest, User, account_user
from simulator.api.authorization.rules import Rule, allows
from simulator.api.bodies import decode_body
from simulator.api.errors import not_found
from simulator.golang.json_errors import kind_word
from simulator.journal.reads import Reads
from simulator.objects.base import JSON
from simulator.objects.kinds import Key
from simulator.objects.labels import CREDENTIAL_ID
from simulator.serve.http import Request, Response
from simulator.serve.session import World, wall
from simulator.serve.users import ISSUER, Claims, signed, token_claims
from simulator.units import HOUR, SECOND, format_time

AUTHORIZATION, AUTHENTICATION = "authorization.k8s.io", "authentication.k8s.io"
LASTING = HOUR // SECOND
SHORTEST, LONGEST = 600, 1 << 32
"""Seconds that a token may last (pkg/apis/authentication/validation)."""


class Asker(NamedTuple):
    """Who asks, of which cluster, and when (nanoseconds since the epoch). `secret` signs tokens; `enforced`: RBAC counts."""

    user: User
    reads: Reads
    now: int
    secret: str
    enforced: bool = True


def answer(world: World, request: Request) -> Response:
    """POST of a review."""
    target = request.about
    kind = target.resource.kind
    body = _body(request, kind)
    return Response(status=201, value=review(kind, body, _asker(world, request), target.namespace))


def token(world: World, request: Request) -> Response:
    """POST of a TokenRequest to a ServiceAccount."""
    target = request.about
    value = token_request(_body(request, "TokenRequest"), _asker(world, request), target.namespace, target.name, _token_id(request))
    return Response(status=201, body=world.shift.outward(msgspec.json.encode(value)))


def _token_id(request: Request) -> str:
    """The id of a token, which no client can foresee."""
    text = f"{request.path} {request.body!r}".encode()
    return str(UUID(bytes=hmac.digest(request.secret.encode(), text, hashlib.sha256)[:16], version=4))


def _asker(world: World, request: Request) -> Asker:
    enforced = world.journal.header.authorization != "AlwaysAllow"
    return Asker(request.user, world.reads, wall(world), request.secret, enforced)


def _body(request: Request, kind: str) -> JSON:
    return decode_body(request.body, request.headers.get("content-type", ""), kind).value if request.body else {}


def review(kind: str, body: JSON, asker: Asker, namespace: str = "") -> JSON:
    """The answer to a review of a kind (`SelfSubjectAccessReview`). Raises ApiError."""
    answer = _REVIEWS[kind](body, asker, namespace)
    group = AUTHENTICATION if kind in ("SelfSubjectReview", "TokenReview") else AUTHORIZATION
    return {"kind": kind, "apiVersion": f"{group}/v1", **answer}


# ---- access


def _self_access(body: JSON, asker: Asker, _namespace: str) -> JSON:
    spec = _part(body, "spec")
    request = _request(spec)
    return {"metadata": _metadata(body), "spec": spec, "status": _decision(asker.user, request, asker)}


def _subject_access(body: JSON, asker: Asker, namespace: str) -> JSON:
    spec = _part(body, "spec")
    request = _request(spec)
    if not spec.get("user") and not spec.get("groups"):
        raise _invalid(AUTHORIZATION, "", [("spec.user", 'Invalid value: "": at least one of user or group must be specified')])
    metadata = _metadata(body)
    if namespace:
        metadata.setdefault("namespace", namespace)
        if (spec.get("resourceAttributes") or {}).get("namespace") != namespace:
            text = f'Invalid value: "{request.namespace}": must match metadata.namespace'
            raise _invalid(AUTHORIZATION, "", [("spec.resourceAttributes.namespace", text)])
    user = User(str(spec.get("user", "")), tuple(spec.get("groups") or ()))
    return {"metadata": metadata, "spec": spec, "status": _decision(user, request, asker)}


def _part(value: JSON, name: str) -> JSON:
    """A field that is an object; empty when it is missing. Raises ApiError (BadRequest)."""
    part = value.get(name) or {}
    if not isinstance(part, dict):
        raise ApiError("BadRequest", f"json: cannot unmarshal {kind_word(part)} into Go struct field {name}", {})
    return part


def _request(spec: JSON) -> AccessRequest:
    """The request that a review asks about. Raises ApiError."""
    resource = _part(spec, "resourceAttributes") if spec.get("resourceAttributes") is not None else None
    other = _part(spec, "nonResourceAttributes") if spec.get("nonResourceAttributes") is not None else None
    if resource is not None and other is not None:
        text = "Invalid value: cannot be specified in combination with resourceAttributes"
        raise _invalid(AUTHORIZATION, "", [("spec.nonResourceAttributes", text)])
    if resource is not None:
        names = ("verb", "group", "resource", "subresource", "namespace", "name")
        return AccessRequest(**{name: str(resource.get(name) or "") for name in names})
    if other is None:
        text = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified"
        raise _invalid(AUTHORIZATION, "", [("spec.resourceAttributes", text)])
    return AccessRequest(str(other.get("verb", "")), path=str(other.get("path", "")))


def _decision(user: User, request: AccessRequest, asker: Asker) -> JSON:
    if MASTERS in user.groups or not asker.enforced:
        return {"allowed": True}
    for grant in grants(asker.reads, user, request.namespace):
        if grant.rule is not None and allows(grant.rule, request):
            return {"allowed": True, "reason": f"RBAC: allowed by {grant.source}"}
    reason = denial_reason(asker.reads, user, request)
    return {"allowed": False, **({"reason": reason} if reason else {})}


def _self_rules(body: JSON, asker: Asker, _namespace: str) -> JSON:
    namespace = str(_part(body, "spec").get("namespace", ""))
    if not namespace:
        raise ApiError("BadRequest", "no namespace on request")
    mine = sorted(grants(asker.reads, asker.user, namespace), key=_is_of_users)
    rules = [grant.rule for grant in mine if grant.rule is not None]
    resources = [_resource_rule(rule) for rule in rules if not rule.non_resource_urls]
    urls = [{"verbs": list(rule.verbs), "nonResourceURLs": list(rule.non_resource_urls)} for rule in rules if rule.non_resource_urls]
    errors = [grant.error for grant in mine if grant.error]
    status = {"resourceRules": resources, "nonResourceRules": urls, "incomplete": bool(errors)}
    return {"metadata": {}, "spec": {}, "status": status | ({"evaluationError": ", ".join(errors)} if errors else {})}


def _is_of_users(grant: Grant) -> bool:
    """Whether a rule is the users' own: those that everyone has come first. Within both the order is that of the bindings."""
    return not grant.source.startswith('ClusterRoleBinding "system:')


def _resource_rule(rule: Rule) -> JSON:
    names = {"resourceNames": list(rule.resource_names)} if rule.resource_names else {}
    return {"verbs": list(rule.verbs), "apiGroups": list(rule.api_groups), "resources": list(rule.resources), **names}


# ---- identity


def _self(_body: JSON, asker: Asker, _namespace: str) -> JSON:
    return {"metadata": {"creationTimestamp": format_time(asker.now)}, "status": {"userInfo": _user_info(asker.user, asker.reads)}}


def _user_info(user: User, reads: Reads) -> JSON:
    namespace, colon, name = user.name.removeprefix(ACCOUNT_PREFIX).partition(":")
    account = reads.get(Key("ServiceAccount", namespace, name)) if colon and user.name.startswith(ACCOUNT_PREFIX) else None
    uid = {} if account is None else {"uid": account.metadata.uid}
    return {"username": user.name, **uid, "groups": list(user.groups)}


def _token_review(body: JSON, asker: Asker, _namespace: str) -> JSON:
    spec = _part(body, "spec")
    claims = token_claims(str(spec.get("token", "")), asker.secret, asker.reads, asker.now)
    status: JSON = {"user": {}, "error": "invalid bearer token"}
    if claims is not None:
        info = _user_info(account_user(claims.namespace, claims.name), asker.reads)
        info["extra"] = {CREDENTIAL_ID: [f"JTI={claims.id}"]}
        status = {"authenticated": True, "user": info, "audiences": list(claims.audiences)}
    return {"metadata": _metadata(body), "spec": spec, "status": status}


def token_request(body: JSON, asker: Asker, namespace: str, name: str, token_id: str) -> JSON:
    """A token of a ServiceAccount (POST .../serviceaccounts/NAME/token). Raises ApiError."""
    account = asker.reads.get(Key("ServiceAccount", namespace, name))
    if account is None:
        raise not_found(Key("ServiceAccount", namespace, name))
    spec = _part(body, "spec")
    seconds = int(spec.get("expirationSeconds") or LASTING)
    if seconds < SHORTEST:
        text = f"Invalid value: {seconds}: may not specify a duration less than 10 minutes"
        raise _invalid(AUTHENTICATION, "TokenRequest", [("spec.expirationSeconds", text)])
    if seconds > LONGEST:
        text = f"Invalid value: {seconds}: may not specify a duration larger than 2^32 seconds"
        raise _invalid(AUTHENTICATION, "TokenRequest", [("spec.expirationSeconds", text)])
    audiences = [str(one) for one in spec.get("audiences") or [ISSUER]]
    begin = asker.now // SECOND
    claims = Claims(namespace, name, account.metadata.uid, tuple(audiences), begin, begin + seconds, token_id)
    return {
        "kind": "TokenRequest",
        "apiVersion": f"{AUTHENTICATION}/v1",
        "metadata": {"name": name, "namespace": namespace, "uid": account.metadata.uid, "creationTimestamp": format_time(asker.now)},
        "spec": {"audiences": audiences, "expirationSeconds": seconds, "boundObjectRef": spec.get("boundObjectRef")},
        "status": {"token": signed(claims, asker.secret), "expirationTimestamp": format_time(asker.now + seconds * SECOND)},
    }


def _metadata(body: JSON) -> JSON:
    return dict(body.get("metadata") or {})


def _invalid(group: str, kind: str, problems: list[tuple[str, str]]) -> ApiError:
    """Invalid, as the API server says it of a body without a name."""
    text = ", ".join(f"{field}: {problem}" for field, problem in problems)
    causes = [{"reason": "FieldValueInvalid", "message": problem, "field": field} for field, problem in problems]
    details: dict[str, Any] = {"group": group, **({"kind": kind} if kind else {}), "causes": causes}
    return ApiError("Invalid", f'{kind}.{group} "" is invalid: {text}', details)


_REVIEWS: dict[str, Callable[[JSON, Asker, str], JSON]] = {
    "SelfSubjectAccessReview": _self_access,
    "SubjectAccessReview": _subject_access,
    "LocalSubjectAccessReview": _subject_access,
    "SelfSubjectRulesReview": _self_rules,
    "SelfSubjectReview": _self,
    "TokenReview": _token_review,
}
