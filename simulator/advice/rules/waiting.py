"""Loops that wait for something and never end, or do not wait, because of what the tools of their image do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from simulator.advice.app import App, Subject
from simulator.advice.finding import Change, Evidence, Finding
from simulator.advice.trial import Trial
from simulator.images.contents import contents
from simulator.objects.service import Service
from simulator.shell.syntax.parser import parse
from simulator.shell.syntax.scanner import ShellSyntaxError
from simulator.shell.waits import Values, Wait, waits
from simulator.units import short_duration
from simulator.userland.busybox.images import tools_of
from simulator.userland.busybox.release import Busybox

_DOMAIN = "svc.cluster.local"
_NEW, _OLD = "busybox:1.37", "busybox:1.28"
"""Releases whose nslookup fails for missing names: the new one wants full names, the old one takes short ones. Both have nc -z."""


class _Loop(NamedTuple):
    """A loop of a container: what it waits for, the field that has it, and the release of BusyBox in its image."""

    wait: Wait
    field: str
    release: Busybox | None


_Judge = Callable[[App, Subject, _Loop], tuple[str, tuple[Change, ...]] | None]
"""What is wrong with a loop, and the fix."""


def wait_never_ends(app: App, subject: Subject) -> Finding | None:
    """A loop around a command that cannot succeed: nslookup of a short name, nc -z without that option, ping of a cluster IP."""
    return _first(app, subject, (_short_name, _no_port_check, _cluster_ip), is_endless=True)


def wait_ends_at_once(app: App, subject: Subject) -> Finding | None:
    """A loop around nslookup where it succeeds for every name."""
    return _first(app, subject, (_any_name,), is_endless=False)


def _first(app: App, subject: Subject, judges: tuple[_Judge, ...], *, is_endless: bool) -> Finding | None:
    for loop in _loops(subject):
        if is_endless and not loop.wait.is_bounded and _succeeded(app, subject):
            continue
        for judge in judges:
            verdict = judge(app, subject, loop)
            if verdict is not None:
                end = "every try fails" if loop.wait.is_bounded else "the loop never ends"
                text = f"{verdict[0]}: {end if is_endless else 'the loop does not wait'}"
                return Finding(subject, subject.line(loop.field), text, Evidence(_shown(app, subject), Trial()), verdict[1])
    return None


# ---- the loops
def _loops(subject: Subject) -> Iterator[_Loop]:
    release = tools_of(subject.container.image).busybox
    values = {item.name: (item.value,) for item in subject.container.env or () if item.value}
    for field in ("command", "args"):
        words = _words(subject, field)
        for word in words:
            for wait in _waits_of(word, values) if "\n" in word or " " in word else ():
                yield _Loop(wait, field, release)


def _waits_of(text: str, values: Values) -> list[Wait]:
    try:
        return list(waits(parse(text, bash=True), values))
    except ShellSyntaxError:
        return []  # no script, or one of another language


def _words(subject: Subject, field: str) -> list[str]:
    return list((subject.container.command if field == "command" else subject.container.args) or [])


def _exit_codes(app: App, subject: Subject) -> list[int]:
    """The exit codes of the container in the run."""
    pods = [pod for pod in app.story.pods if pod.workload.name == subject.object.metadata.name]
    facts = [fact for pod in pods for fact in pod.facts if fact.what == "container.exited"]
    return [fact.data["exitCode"] for fact in facts if fact.data["container"] == subject.container.name]


def _succeeded(app: App, subject: Subject) -> bool:
    return 0 in _exit_codes(app, subject)


def _shown(app: App, subject: Subject) -> str:
    codes = _exit_codes(app, subject)
    return f"it ended with {codes[0]}" if codes else f"it had not ended by {short_duration(app.snapshot.t)}"


# ---- what is wrong with them
def _short_name(app: App, subject: Subject, loop: _Loop) -> tuple[str, tuple[Change, ...]] | None:
    name, release = _looked_up(loop), loop.release
    if release is None or not name or release.nslookup_uses_libc or not release.nslookup_fails_on_errors:
        return None
    full = _full_name(app, subject, name)
    # A dot turns the search list off; without one, some of its domains fail.
    if not full or ("." not in name and release.nslookup_reuses_ids):
        return None
    return f"nslookup of BusyBox {release} exits 1 for {name} although the Service exists", _renamed(subject, loop, name, full, ())


def _any_name(app: App, subject: Subject, loop: _Loop) -> tuple[str, tuple[Change, ...]] | None:
    name, release = _looked_up(loop), loop.release
    if release is None or not name or release.nslookup_uses_libc or release.nslookup_fails_on_errors:
        return None
    text = f"nslookup of BusyBox {release} exits 0 for every DNS answer, even NXDOMAIN, so also for {name} while it does not exist"
    full = name if _is_full(name) else _full_name(app, subject, name)
    if not full:
        return text, (Change(subject.field("image"), _OLD),)
    return text, _renamed(subject, loop, name, full, (Change(subject.field("image"), _NEW),))


def _no_port_check(app: App, subject: Subject, loop: _Loop) -> tuple[str, tuple[Change, ...]] | None:
    del app
    command, *options = loop.wait.words or ("",)
    asks = command == "nc" and any(re.fullmatch(r"-\w*[zvn]\w*", option) for option in options)
    if loop.release is None or loop.release.nc_probes or not asks:
        return None
    return f"BusyBox {loop.release} has no nc -z (1.28 and later have it)", (Change(subject.field("image"), _OLD),)


def _cluster_ip(app: App, subject: Subject, loop: _Loop) -> tuple[str, tuple[Change, ...]] | None:
    if loop.wait.words[:1] != ("ping",):
        return None
    host = loop.wait.words[-1]
    service = _service(app, subject, host)
    if service is None or service.spec.cluster_ip in ("", "None") or not service.spec.ports:
        return None
    text = f"{host} is the cluster IP of a Service, which answers no pings (except with IPVS, kube-proxy only forwards its ports)"
    port = service.spec.ports[0].port
    has_nc = contents(subject.container.image).has("nc") != "no"
    check = f"nc -z {host} {port}" if has_nc else f"timeout 1 bash -c ': < /dev/tcp/{host}/{port}'"
    fixed = [re.sub(rf"\bping\b[^;&|\n]*?\b{re.escape(host)}(?![\w.-])", check, word) for word in _words(subject, loop.field)]
    return text, (Change(subject.field(loop.field), fixed),) if fixed != _words(subject, loop.field) else ()


# ---- names
def _looked_up(loop: _Loop) -> str:
    """The name that a loop looks up; "" when it does something else, or looks up an address."""
    command, *operands = loop.wait.words or ("",)
    names = [word for word in operands if not word.startswith("-")]
    return names[0] if command == "nslookup" and names and re.search("[a-z]", names[0]) else ""


def _is_full(name: str) -> bool:
    return name.rstrip(".").endswith(_DOMAIN)


def _full_name(app: App, subject: Subject, name: str) -> str:
    """The full name of the Service that a short name means; "" for a name that is full already, and for one without a Service."""
    service = None if _is_full(name) else _service(app, subject, name)
    return f"{service.metadata.name}.{service.metadata.namespace}.{_DOMAIN}" if service is not None else ""


def _service(app: App, subject: Subject, name: str) -> Service | None:
    """The Service that a name means in the container's namespace."""
    first, _, rest = name.rstrip(".").removesuffix(_DOMAIN).rstrip(".").removesuffix(".svc").partition(".")
    desired = (first, rest or subject.object.metadata.namespace)
    return next((item for item in app.snapshot.typed(Service) if (item.metadata.name, item.metadata.namespace) == desired), None)


def _renamed(subject: Subject, loop: _Loop, name: str, full: str, others: tuple[Change, ...]) -> tuple[Change, ...]:
    """The changes that write the full name; an old release instead, where the script computes the name."""
    pattern = re.compile(rf"(\bnslookup\b[^;&|\n]*?\s['\"]?){re.escape(name)}(?![\w.-])")
    words = _words(subject, loop.field)
    fixed = [pattern.sub(lambda match: match[1] + full, word) for word in words]
    if fixed == words and name != full:
        return (Change(subject.field("image"), _OLD),)
    return (*others, Change(subject.field(loop.field), fixed)) if fixed != words else others
