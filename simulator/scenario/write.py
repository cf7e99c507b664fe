"""A Scenario's typed values as the YAML that is read back to them: what is left out is what the reader puts there by itself. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

from simulator.container.program import ExecRule, HttpRule, Listen, Run, Sandbox, Term
from simulator.engine.durations import ZERO, Choice, Duration, Exponential, Fixed, Lognormal, Normal, Uniform
from simulator.objects.base import JSON
from simulator.scenario.spec import ImageSpec
from simulator.units import SECOND, format_duration

_PLAIN = re.compile(r"[A-Za-z./_$][A-Za-z0-9./_$()*+-]*")
_AMOUNT = re.compile(r"(\d+(\.\d+)?(ns|µs|ms|s|m|h))+|\d+([KMGT]i|[kMG]?B/s)")
"""Times, quantities and rates: what begins with a digit and is a string nevertheless."""
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n", "."})
"""What YAML takes for something else than a string."""


def flow(value: Any) -> str:
    """A value in one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(str(key))}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, str):
        plain = (_PLAIN.fullmatch(value) or _AMOUNT.fullmatch(value)) and value.lower() not in _WORDS
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def duration(value: Duration) -> Any:
    """A time as text, or a distribution as a mapping of one key."""
    match value:
        case Fixed(time):
            return format_duration(time)
        case Uniform(low, high):
            return {"uniform": [format_duration(low), format_duration(high)]}
        case Normal(mean, sd):
            return {"normal": {"mean": format_duration(mean), "sd": format_duration(sd)}}
        case Lognormal(center, sigma):
            return {"lognormal": {"median": format_duration(center), "sigma": sigma}}
        case Exponential(mean):
            return {"exponential": {"mean": format_duration(mean)}}
        case Choice(values):
            return {"choice": [format_duration(item) for item in values]}


def run(item: Run) -> JSON:
    """A run. Its own command line is not part of it: `interpret` in its program stands for that."""
    data: JSON = {
        "waitFor": [{"host": wait.host, "port": wait.port, **_unless(wait.period, Fixed(SECOND), "every")} for wait in item.wait_for],
        "exitAfter": None if item.exit_after is None else duration(item.exit_after),
        "exitCode": item.exit_code or None,
        "reason": item.reason,
        "message": item.message,
        "listen": [_listen(rule) for rule in item.listen],
        "http": [_http(rule) for rule in item.http],
        "exec": [_exec(rule) for rule in item.exec],
        "term": _term(item.term),
        "log": [{"at": duration(rule.at), "line": rule.line} for rule in item.log],
        "creates": [{**_unless(rule.after, ZERO, "after"), **rule.manifest} for rule in item.creates],
        "startError": item.start_error,
        "createError": item.create_error,
    }
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}


def image(item: ImageSpec) -> JSON:
    """An image."""
    data: JSON = {"cached": True} if item.cached else {}
    data |= {} if item.size is None else {"size": item.size}
    data |= {} if item.pull is None else {"pull": duration(item.pull)}
    data |= {"failTimes": item.fail_times} if item.fail_times else {}
    data |= {key: text for key, text in (("error", item.error), ("user", item.user), ("like", item.like)) if text}
    lists = {"executables": item.executables, "architectures": item.architectures}
    return data | {key: list(values) for key, values in lists.items() if values}


def sandbox(item: Sandbox) -> JSON:
    """How sandboxes come up."""
    data: JSON = {"create": duration(item.create)}
    if item.fail_times:
        data["failTimes"] = item.fail_times
    return {**data, "error": item.error} if item.error else data


def _listen(rule: Listen) -> JSON:
    return {"port": rule.port, **_window(rule), **({"grpc": True} if rule.grpc else {})}


def _http(rule: HttpRule) -> JSON:
    data: JSON = {"path": rule.path} if rule.path else {}
    data |= {"port": rule.port} if rule.port is not None else {}
    body = {"body": rule.body} if rule.body else {}
    return {**data, **_window(rule), "status": rule.status, **_unless(rule.delay, ZERO, "delay"), **body}


def _exec(rule: ExecRule) -> JSON:
    output = {"output": rule.output} if rule.output else {}
    result = {"error": rule.error} if rule.error else {"exit": rule.exit, **output}
    return {"command": rule.command, **_window(rule), **result, **_unless(rule.delay, ZERO, "delay")}


def _term(item: Term | None) -> JSON:
    if item is None or item == Term():
        return {}
    return {"ignore": True} if item.ignore else {**_unless(item.delay, ZERO, "delay"), "exitCode": item.exit_code}


def _window(rule: Listen | HttpRule | ExecRule) -> JSON:
    return {**_unless(rule.from_, ZERO, "from"), **({} if rule.to is None else {"to": duration(rule.to)})}


def _unless(value: Duration, default: Duration, key: str) -> JSON:
    return {} if value == default else {key: duration(value)}
