"""Story entries of facts."""

from __future__ import annotations

from collections.abc import Callable

from simulator.journal.records import Fact
from simulator.objects.base import JSON
from simulator.units import MILLISECOND, SECOND
from simulator.views.story.entry import Entry, Tone
from simulator.views.why.answers import short_answer
from simulator.views.why.words import brief, many, seconds, when

BY = {
    "program": "end of its program",
    "SIGTERM": "SIGTERM",
    "reboot": "its node went down",
    "SIGKILL": "SIGKILL",
    "action": "an action of the Scenario",
    "memory": "out of memory",
}


class Context:
    """What earlier records said: the programs of containers, and the names of Services by address."""

    def __init__(self) -> None:
        self.programs: dict[tuple[object, ...], JSON] = {}
        self.addresses: dict[str, str] = {}


def fact_entry(fact: Fact, context: Context) -> Entry | None:
    """The entry of a fact; None when another entry says the same."""
    maker = MAKERS.get(fact.what)
    if maker is not None:
        return maker(fact, context)
    words = " ".join(f"{name}={value}" for name, value in fact.data.items())
    return Entry(fact.t, fact.what.partition(".")[0], fact.about, "event", f"{fact.what} {words}".strip())


def _program(fact: Fact, context: Context) -> Entry | None:
    context.programs[fact.about, fact.data.get("container")] = fact.data
    return None


def _started(fact: Fact, context: Context) -> Entry:
    data = fact.data
    program = context.programs.get((fact.about, data.get("container")), {})
    run = int(data.get("run", 0))
    text = f"{data.get('container')} starts" + (f" again, start {run + 1}" if run else "")
    return Entry(fact.t, "kubelet", fact.about, "start", text, _intent(program), _place(program))


def _intent(program: JSON) -> str:
    """A summary of what a program will do."""
    plan, origin = program.get("plan", {}), program.get("origin", {})
    parts = [f"waits for {wait.get('host')}" for wait in plan.get("waitFor", ())]
    if plan.get("script"):
        parts.append("runs a script")
    parts += [f"listens on {rule['port']}{_after(rule['from'])}" for rule in plan.get("listen", ())]
    if "exitAfter" in plan:
        parts.append(f"exits with {plan.get('exitCode', 0)} after {seconds(plan['exitAfter'])}")
    if not parts:
        return ""
    return ("its program " if origin.get("kind") in ("scenario", "command") else "assumed: ") + ", ".join(parts)


def _after(begin: float) -> str:
    return f" after {seconds(begin)}" if begin else ""


def _place(program: JSON) -> str:
    origin = program.get("origin", {})
    return f"{origin['file']}:{origin.get('line')}" if origin.get("file") else ""


def _exited(fact: Fact, context: Context) -> Entry:
    data, code = fact.data, int(fact.data.get("exitCode", 0))
    reason = f" ({data.get('reason')})" if data.get("reason") not in ("", "Error", "Completed", None) else ""
    program = context.programs.get((fact.about, data.get("container")), {})
    by = fact.cause.rule
    place = _place(program) if by == "program" else ""
    tone: Tone = "good" if code == 0 else "" if by == "SIGTERM" else "bad"
    text = f"{data.get('container')} exits with {code}{reason}"
    return Entry(fact.t, "container", fact.about, "exit", text, BY.get(by, by), place, tone=tone)


def _waits(fact: Fact, context: Context) -> Entry:
    data = fact.data
    port = f":{data['port']}" if data.get("port") else ""
    host = str(data.get("host", ""))
    target = data.get("object") or f"{context.addresses.get(host, host)}{port}"
    text = f"{data.get('container')} calls {target}: {brief(str(data.get('answer', '')), 60)}"
    return Entry(fact.t, "container", fact.about, "wait", text, tone="good" if data.get("ok") else "bad")


def _port(fact: Fact, _: Context) -> Entry:
    verb = "listens on" if fact.what == "container.listens" else "closes"
    return Entry(fact.t, "container", fact.about, "port", f"{fact.data.get('container')} {verb} {fact.data.get('port')}")


def _port_taken(fact: Fact, _: Context) -> Entry:
    data = fact.data
    text = f"{data.get('container')} cannot listen on {data.get('port')}: already in use by {data.get('holder')}"
    return Entry(fact.t, "container", fact.about, "port", text, tone="bad")


def _signalled(fact: Fact, _: Context) -> Entry:
    grace = fact.data.get("grace")
    after = f", SIGKILL {seconds(float(grace))} later" if grace is not None else ""
    return Entry(fact.t, "kubelet", fact.about, "signal", f"{fact.data.get('container')} receives SIG{fact.data.get('signal')}{after}")


def _backs_off(fact: Fact, _: Context) -> Entry:
    data = fact.data
    until = when(round(float(data.get("until", 0)) * SECOND))
    if fact.what == "image.backs_off":
        text = f"{data.get('container')}: next pull of {data.get('image')} in {seconds(float(data.get('delay', 0)))}, at {until}"
    else:
        text = f"{data.get('container')}: next start in {seconds(float(data.get('delay', 0)))}, at {until}"
    return Entry(fact.t, "kubelet", fact.about, "back-off", text, tone="bad")


def _delivery(fact: Fact, _context: Context) -> Entry:
    tool = {"argocd": "Argo CD", "helm3": "helm"}.get(fact.data["tool"], str(fact.data["tool"]))
    return Entry(fact.t, tool, fact.about, "user", " ".join(str(fact.data["text"]).split()))


def _waiting(fact: Fact, _context: Context) -> Entry:
    data = fact.data
    return Entry(fact.t, "user", fact.about, "user", f"{data['action']} {data['state']}: until {data['until']}")


def _hook(fact: Fact, _: Context) -> Entry:
    data = fact.data
    what = f"{data.get('container')}: {data.get('hook')} hook"
    if fact.what == "hook.began":
        return Entry(fact.t, "kubelet", fact.about, "hook", f"{what} begins")
    failed = not data.get("ok")
    text = f"{what} fails: {brief(str(data.get('error', '')), 80)}" if failed else f"{what} completes"
    return Entry(fact.t, "kubelet", fact.about, "hook", text, tone="bad" if failed else "")


def _probe(fact: Fact, _: Context) -> Entry:
    data, passed = fact.data, fact.data.get("result") == "success"
    verb = "fails" if data.get("result") == "failure" else "errors"
    result = "passes" if passed else f"{verb}: {short_answer(str(data.get('output', '')))}"
    text = f"{data.get('container')}: {data.get('probe')} probe {result}"
    return Entry(fact.t, "kubelet", fact.about, "probe", text, tone="good" if passed else "bad")


def _applied(fact: Fact, _: Context) -> Entry:
    return Entry(fact.t, "user", fact.about, "user", "applied", place=f"{fact.data.get('file')}:{fact.data.get('line')}")


def _action(fact: Fact, _: Context) -> Entry:
    data = dict(fact.data)
    place = f"{data.pop('file', '')}:{data.pop('line', '')}"
    options = " ".join(f"{name}={value}" for name, value in data.items() if name != "verb")
    return Entry(fact.t, "user", fact.about, "user", f"{data.get('verb')} {options}".strip(), place=place)


def _programmed(fact: Fact, _: Context) -> Entry:
    ready = int(fact.data.get("ready", 0))
    text = (
        f"connections on {fact.data.get('node')} go to {many(ready, 'endpoint')}"
        if ready
        else f"connections on {fact.data.get('node')} are refused: no endpoint"
    )
    return Entry(fact.t, "kube-proxy", fact.about, "network", text, tone="good" if ready else "")


def _request(fact: Fact, _: Context) -> Entry:
    data = fact.data
    result, count = str(data.get("result", "")), int(data.get("count", 1))
    text = f"{many(count, 'request')} {'answered' if result == 'ok' else result}"
    return Entry(fact.t, "clients", fact.about, "traffic", text, detail=result == "ok", tone="" if result == "ok" else "bad")


def _metrics(fact: Fact, _: Context) -> Entry:
    used = {name: (cpu // MILLISECOND, memory // 2**20) for name, (cpu, memory) in fact.data.get("containers", {}).items()}
    text = ", ".join(f"{name} uses {cpu}m CPU and {memory}Mi" for name, (cpu, memory) in sorted(used.items())) or "has no metrics"
    return Entry(fact.t, "metrics-server", fact.about, "status", text, detail=True)


def _metrics_server(fact: Fact, _: Context) -> Entry:
    return Entry(fact.t, "metrics-server", fact.about, "status", "metrics-server answers", detail=True)


MAKERS: dict[str, Callable[[Fact, Context], Entry | None]] = {
    "container.program": _program,
    "container.started": _started,
    "container.exited": _exited,
    "container.waits": _waits,
    "container.listens": _port,
    "container.closed": _port,
    "container.port_taken": _port_taken,
    "container.signalled": _signalled,
    "container.backs_off": _backs_off,
    "image.backs_off": _backs_off,
    "hook.began": _hook,
    "hook.ended": _hook,
    "probe": _probe,
    "applied": _applied,
    "delivery": _delivery,
    "user.waits": _waiting,
    "action": _action,
    "proxy.programmed": _programmed,
    "request": _request,
    "metrics": _metrics,
    "metrics.server": _metrics_server,
}
"""By the `what` of a fact."""
