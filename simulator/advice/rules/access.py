"""Mistakes about what containers ask of the API server."""

from __future__ import annotations

from simulator.advice.app import App, Subject
from simulator.advice.facts import facts
from simulator.advice.finding import Evidence, Finding, counted, seconds
from simulator.advice.trial import Trial
from simulator.api.authorization.grants import denied_request, in_words, missing_objects
from simulator.api.authorization.request import AccessRequest


def missing_role(app: App, subject: Subject) -> Finding | None:
    """No Role allows what the container asks. The first container of a ServiceAccount gets the finding for all of them."""
    own = _denied(app, subject)
    if not own:
        return None
    user, first = own[0]
    sharing = [one for one in app.subjects if any(name == user for name, _ in _denied(app, one))]
    if sharing[0] is not subject:
        return None
    requests = [request for one in sharing for name, request in _denied(app, one) if name == user]
    objects = missing_objects(user, requests)
    others = f"; {counted(len(sharing) - 1, 'more container')} with that user cannot either" if len(sharing) > 1 else ""
    reason = "" if objects else ": the request has no token; send `Authorization: Bearer $(cat .../serviceaccount/token)`"
    denied = [fact for fact in facts(app.snapshot, subject, "container.waits") if fact.data.get("denied")]
    return Finding(
        subject,
        subject.line(),
        f"{in_words(user, first)}{others}{reason}",
        Evidence(f"Forbidden at {seconds(denied[0].t)}: {denied[0].data.get('answer', '')}", Trial()),
        (),
        objects=tuple(objects),
    )


def _denied(app: App, subject: Subject) -> list[tuple[str, AccessRequest]]:
    """The users and requests of the container that the API server did not allow, in their order."""
    denials = [fact.data["denied"] for fact in facts(app.snapshot, subject, "container.waits") if fact.data.get("denied")]
    return list(dict.fromkeys((denied.get("user", ""), denied_request(denied)) for denied in denials))
