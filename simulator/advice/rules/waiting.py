"""A loop that waits for something and never ends, because the tool in its image cannot succeed."""

from __future__ import annotations

import re

from simulator.advice.app import App, Subject
from simulator.advice.finding import Change, Evidence, Finding
from simulator.advice.trial import Trial
from simulator.objects.service import Service
from simulator.units import short_duration
from simulator.userland.busybox.images import tools_of
from simulator.userland.busybox.release import Busybox

_NSLOOKUP = re.compile(r"\b(?:until|while\s+!)\s+nslookup\s+(?P<name>[a-z0-9][\w.-]*)")
_PORT_CHECK = re.compile(r"\b(?:until|while\s+!)\s+nc\s+-\w*[zvn]")
_DOMAIN = "svc.cluster.local"
_RELEASE = "busybox:1.36"
"""A release whose nc can check ports."""


def wait_never_ends(app: App, subject: Subject) -> Finding | None:
    """A loop around `nslookup` of a short name, or around `nc -z` where nc does not have that option."""
    release = tools_of(subject.container.image).busybox
    if release is None or _ended(app, subject):
        return None
    field = next((name for name in ("command", "args") if _has_loop(_words(subject, name))), "")
    script = " ".join(_words(subject, field)) if field else ""
    if _PORT_CHECK.search(script) and not release.nc_probes:
        text = f"BusyBox {release} has no nc -z: the loop never ends"
        return _finding(app, subject, field, text, Change(subject.field("image"), _RELEASE))
    match = _NSLOOKUP.search(script)
    full = _full_name(app, subject, match["name"]) if match is not None else ""
    if match is None or not full or not _fails(release, match["name"]):
        return None
    text = f"nslookup of BusyBox {release} exits 1 for {match['name']} although the Service exists: the loop never ends"
    start, end = match.span("name")
    fixed = [_replaced(word, script[start:end], full) for word in _words(subject, field)]
    return _finding(app, subject, field, text, Change(subject.field(field), fixed))


def _ended(app: App, subject: Subject) -> bool:
    """Whether the container ended in one of its pods during the run."""
    pods = [pod for pod in app.story.pods if pod.workload.name == subject.object.metadata.name]
    ended = [fact.data["container"] for pod in pods for fact in pod.facts if fact.what == "container.exited"]
    return subject.container.name in ended


def _words(subject: Subject, field: str) -> list[str]:
    return list((subject.container.command if field == "command" else subject.container.args) or [])


def _has_loop(words: list[str]) -> bool:
    script = " ".join(words)
    return bool(_NSLOOKUP.search(script) or _PORT_CHECK.search(script))


def _fails(release: Busybox, name: str) -> bool:
    """Whether nslookup fails for a short name that exists: a dot in it turns the search list off; without one, some domains fail."""
    if release.nslookup_uses_libc or not release.nslookup_fails_on_errors:
        return False
    return "." in name or not release.nslookup_reuses_ids


def _full_name(app: App, subject: Subject, name: str) -> str:
    """The full name of the Service that a short name means; "" for a name that is full already, and for one without a Service."""
    if name.rstrip(".").endswith(_DOMAIN):
        return ""
    service, _, rest = name.removesuffix(".svc").partition(".")
    namespace = rest or subject.object.metadata.namespace
    services = [(item.metadata.name, item.metadata.namespace) for item in app.snapshot.typed(Service)]
    return f"{service}.{namespace}.{_DOMAIN}" if (service, namespace) in services else ""


def _replaced(word: str, name: str, full: str) -> str:
    """A word of the command line with the full name in its loop."""
    return _NSLOOKUP.sub(lambda match: match[0].replace(name, full) if match["name"] == name else match[0], word)


def _finding(app: App, subject: Subject, field: str, text: str, change: Change) -> Finding:
    shown = f"it had not ended by {short_duration(app.snapshot.t)}"
    return Finding(subject, subject.line(field), text, Evidence(shown, Trial()), (change,))
