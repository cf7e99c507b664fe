"""Why an admission webhook refuses objects: nothing answers for it."""

from __future__ import annotations

from simulator.journal.snapshot import Snapshot
from simulator.objects.kinds import Key, Object, Unstructured
from simulator.objects.service import Service
from simulator.views.graph.webhooks import FAILED_CALL, would_select
from simulator.views.why.because import Because, note
from simulator.views.why.inquiry import Inquiry, named

KINDS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
MEND = "to break the cycle: failurePolicy: Ignore, or a namespaceSelector or objectSelector that leaves these pods out"


def unanswered(ask: Inquiry, item: Object, message: str) -> tuple[Because, ...]:
    """The webhook that a refusal names, its Service, and whether that waits for the refused pods themselves."""
    call = FAILED_CALL.search(message)
    if call is None:
        return ()
    configuration = _configuration(ask.snapshot, call[1])
    place = ask.place(configuration, "webhooks") if configuration is not None else ""
    service = ask.snapshot.get(Key("Service", call[3], call[2]))
    if not isinstance(service, Service):
        return (Because(f"the webhook {call[1]} must answer, and there is no service/{call[2]} in namespace {call[3]}", place=place),)
    own = would_select(service, item)
    causes = (Because(f"{named(service)} waits for the pods of {named(item)}, which are refused", (note(MEND),), ask.place(service)),)
    return (Because(f"the webhook {call[1]} must answer", causes if own else (ask.about(Key("Service", call[3], call[2])),), place),)


def _configuration(snapshot: Snapshot, webhook: str) -> Object | None:
    for kind in KINDS:
        for item in snapshot.objects(kind):
            if isinstance(item, Unstructured) and any(one.get("name") == webhook for one in item.content.get("webhooks") or []):
                return item
    return None
