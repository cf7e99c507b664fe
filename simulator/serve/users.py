"""Who makes a request: bearer tokens, those that TokenRequest makes among them, and impersonation.

A session has a secret of its own. Its administrator's token is that secret; the tokens of ServiceAccounts are JWTs signed with it, so that
no client can write one for an account that it was not given.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from simulator.api import ApiError
from simulator.api.authorization.access import Access
from simulator.api.authorization.request import ACCOUNT_PREFIX, ADMIN, ANONYMOUS, AccessDenied, User, account_user, named_user
from simulator.journal.reads import Reads
from simulator.objects.kinds import Key
from simulator.units import SECOND

ISSUER = "https://kubernetes.default.svc.cluster.local"


class Claims(NamedTuple):
    """What a ServiceAccount's token says: the account, its audiences, and the seconds between which it counts."""

    namespace: str
    name: str
    uid: str
    audiences: tuple[str, ...]
    begin: int
    end: int
    id: str


def signed(claims: Claims, secret: str) -> str:
    """The token with these claims (RFC 7519)."""
    about = {
        "aud": list(claims.audiences),
        "exp": claims.end,
        "iat": claims.begin,
        "iss": ISSUER,
        "jti": claims.id,
        "kubernetes.io": {"namespace": claims.namespace, "serviceaccount": {"name": claims.name, "uid": claims.uid}},
        "nbf": claims.begin,
        "sub": f"{ACCOUNT_PREFIX}{claims.namespace}:{claims.name}",
    }
    text = f"{_encoded({'alg': 'HS256', 'typ': 'JWT'})}.{_encoded(about)}"
    return f"{text}.{_signature(text, secret)}"


def claims_of(token: str, secret: str) -> Claims | None:
    """The claims of a token that this session has signed; None: it has not."""
    text, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(text, secret).encode()):
        return None
    payload = text.partition(".")[2]
    about = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    account = about["kubernetes.io"]["serviceaccount"]
    where = about["kubernetes.io"]["namespace"]
    return Claims(where, account["name"], account["uid"], tuple(about["aud"]), about["iat"], about["exp"], about["jti"])


def token_claims(token: str, secret: str, reads: Reads, now: int) -> Claims | None:
    """The claims of a token that counts at `now` (nanoseconds since the epoch): not expired, and its account is there."""
    claims = claims_of(token, secret)
    if claims is None or now >= claims.end * SECOND:
        return None
    account = reads.get(Key("ServiceAccount", claims.namespace, claims.name))
    return claims if account is not None and account.metadata.uid == claims.uid else None


def user_of(headers: Mapping[str, str], secret: str, reads: Reads, now: int) -> User:
    """The user of a request with these headers (lower case). Raises ApiError: Unauthorized, or Forbidden to impersonate."""
    user = _bearer(headers.get("authorization", ""), secret, reads, now)
    name = headers.get("impersonate-user", "")
    groups = tuple(part.strip() for part in headers.get("impersonate-group", "").split(",") if part.strip())
    if not name:
        if groups or "impersonate-uid" in headers:
            raise ApiError("BadRequest", "requested impersonation without a user")
        return user
    other = named_user(name, groups)
    try:
        Access(reads, user).impersonate(other)
    except AccessDenied as error:
        raise ApiError("Forbidden", error.message) from error
    return other


def _bearer(header: str, secret: str, reads: Reads, now: int) -> User:
    scheme, _, token = header.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        return ANONYMOUS
    if hmac.compare_digest(token.encode(), secret.encode()):
        return ADMIN
    claims = token_claims(token, secret, reads, now)
    if claims is None:
        raise ApiError("Unauthorized", "Unauthorized")
    return account_user(claims.namespace, claims.name)


def _encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(value)).rstrip(b"=").decode()


def _signature(text: str, secret: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), text.encode(errors="replace"), hashlib.sha256)).rstrip(b"=").decode()
