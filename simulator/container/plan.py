"""What a run of a container is going to do, as plain data for the journal. Times in seconds since the run's origin."""

from __future__ import annotations

from simulator.container.behavior import Behavior, Window
from simulator.container.program import Run
from simulator.objects.base import JSON
from simulator.units import SECOND


def plan(run: Run, behavior: Behavior) -> JSON:
    """Ports, answers, end and reaction to SIGTERM, without empty fields. An interpreted run's ports and end are not known in advance."""
    work, described = behavior.work, not run.argv
    planned: JSON = {
        "waitFor": [_shown({"host": wait.host, "port": wait.port, "line": wait.line}) for wait in run.wait_for],
        "listen": [_shown({"port": rule.port, **_window(window), "line": rule.line}) for rule, window in work.ports if described],
        "http": [
            _shown({"path": rule.path, "port": rule.port, **_window(window), "status": rule.status, "delay": _s(delay), "line": rule.line})
            for rule, window, delay in behavior.http_rules
        ],
        "exec": [
            _shown(
                {"command": rule.command, **_window(window), "exit": rule.exit, "error": rule.error, "delay": _s(delay), "line": rule.line}
            )
            for rule, window, delay in behavior.exec_rules
        ],
        "creates": [
            _shown({"after": _s(at), "kind": rule.manifest.get("kind"), "name": _name(rule.manifest), "line": rule.line})
            for at, rule in behavior.creations
        ],
        "script": bool(run.argv),
    }
    if work.exit_after is not None and described:
        planned |= {"exitAfter": work.exit_after / SECOND, "exitCode": run.exit_code, "reason": run.reason}
    if work.ignores_term:
        planned["term"] = {"ignore": True}
    elif work.term_delay:
        planned["term"] = {"delay": work.term_delay / SECOND}
    return {name: value for name, value in planned.items() if value is not False and value not in ([], "")}


def _name(manifest: JSON) -> str:
    return str((manifest.get("metadata") or {}).get("name", ""))


def _s(time: int) -> float:
    return time / SECOND


def _window(window: Window) -> JSON:
    return {"from": _s(window.begin), "to": None if window.end is None else _s(window.end)}


def _shown(data: JSON) -> JSON:
    """Without empty fields. An exit code or a start of 0 is not empty."""
    return {
        name: value
        for name, value in data.items()
        if value is not None and not (name in ("line", "delay", "path", "command", "port", "error") and not value)
    }
