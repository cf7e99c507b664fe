"""Tools that wait for addresses: wait-for-it, dockerize, wait4x, wait-on, docker-compose-wait, cub, portpatrol."""

from __future__ import annotations

import re

from simulator.process.effects import Call, Process, Program, Sleep, Write
from simulator.process.fileio import absolute
from simulator.units import MILLISECOND, SECOND
from simulator.userland.children import become
from simulator.userland.clients.targets import address, split_address
from simulator.userland.durations import duration
from simulator.userland.flags import Flags, Unknown, either, seconds, switch, value, values
from simulator.userland.streams import complain, out
from simulator.userland.waits.reaching import wait_until

_IS_ADDRESS = re.compile(r":\d+$|://")


class WaitForItFlags(Flags, unknown=Unknown.SKIP):
    """The options of the many scripts named wait-for and wait-for-it."""

    host = value(*either("h", "host"), default="")
    port = value(*either("p", "port"), default="")
    timeout = value(*either("t", "timeout"), default="15")
    quiet = switch(*either("q", "quiet"))
    strict = switch(*either("s", "strict"))


_STRICT = frozenset({"wait-for", "wait-for.sh", "wait-for-port"})
"""Those that do not run the command when the time is up."""


def wait_for_it(call: Call) -> Process:
    """`wait-for-it.sh host:port [-t 15] [-q] [-s] [-- command]`: the command runs even after the time is up, unless strict."""
    given = WaitForItFlags.parse(call.argv[1:])
    words = given.before_dashes
    if given.host:
        target = f"{given.host}:{given.port}"
        targets = [target]
    else:
        target = words[0] if words else ""
        targets = [word for word in words if _IS_ADDRESS.search(word)] or words[:1]
    command = given.after_dashes or [word for word in words if word not in targets]
    limit = duration(given.timeout) or None
    if not given.quiet:
        start = f"waiting {given.timeout} seconds for {target}" if limit else f"waiting for {target} without a timeout"
        yield Write(2, f"{call.name}: {start}\n")
    late = yield from wait_until(targets, limit)
    if not given.quiet:
        end = f"timeout occurred after waiting {given.timeout} seconds for {target}" if late else f"{target} is available"
        yield Write(2, f"{call.name}: {end}\n")
    if command and not (late and (given.strict or call.name in _STRICT)):
        return (yield from become(call, command))
    if not late:
        return 0
    return 124 if call.name in ("wait-for-it", "wait-for-it.sh") else 1


class DockerizeFlags(Flags, unknown=Unknown.SKIP, stop=True):
    """The options of dockerize, in Go's style: behind the first operand they are the command's."""

    wait = values(*either("wait"))
    timeout = value(*either("timeout"), default="10s")
    interval = seconds(*either("wait-retry-interval"))
    without_effect_values = value(*either("template", "stdout", "stderr", "wait-http-header"))


def dockerize(call: Call) -> Process:
    """`dockerize -wait tcp://host:port ... [-timeout 10s] [command]`: 1 when the time is up."""
    given = DockerizeFlags.parse(call.argv[1:])
    for url in given.wait:
        yield Write(2, f"Waiting for: {url}\n")
    late = yield from wait_until(given.wait, duration(given.timeout), given.interval or SECOND)
    if late:
        yield Write(2, f"Timeout after {given.timeout} waiting on dependencies to become available: [{' '.join(given.wait)}]\n")
        return 1
    return (yield from become(call, given.operands)) if given.operands else 0


_WAIT4X_PORTS = {
    "postgresql": 5432,
    "mysql": 3306,
    "redis": 6379,
    "mongodb": 27017,
    "rabbitmq": 5672,
    "influxdb": 8086,
    "kafka": 9092,
    "tcp": 80,
    "http": 80,
}


class Wait4xFlags(Flags, unknown=Unknown.SKIP):
    """The options of wait4x."""

    timeout = value(*either("t", "timeout"), default="10s")
    interval = seconds(*either("i", "interval"))
    without_effect_values = value(*either("expect-status-code"))


def wait4x(call: Call) -> Process:
    """`wait4x kind address ... [--timeout 10s] [--interval 1s]`: 124 when the time is up."""
    given = Wait4xFlags.parse(call.argv[1:])
    kind, *addresses = given.before_dashes or ["tcp"]
    if kind == "http":
        urls = addresses
    else:
        port = _WAIT4X_PORTS.get(kind, 80)
        # Data source names: user:password@tcp(host:port)
        urls = [str(split_address(a.split("@")[-1].replace("tcp(", "").replace(")", ""), port)) for a in addresses]
    late = yield from wait_until(urls, duration(given.timeout) or None, given.interval or SECOND)
    if late:
        yield Write(2, "Error: context deadline exceeded\n")
        return 124
    return (yield from become(call, given.after_dashes)) if given.after_dashes else 0


class CubFlags(Flags, unknown=Unknown.SKIP):
    """The options of Confluent's helper."""

    broker = value("-b")
    without_effect_values = value("-c", "-z", "-s")


def cub(call: Call) -> Process:
    """`cub kafka-ready -b host:port brokers seconds`, `cub zk-ready host:port seconds`: Confluent's helper."""
    given = CubFlags.parse(call.argv[1:])
    words = given.before_dashes
    target = given.broker or (words[1] if len(words) > 1 else "localhost:9092")
    late = yield from wait_until([target], duration(words[-1]) if words else None)
    return (yield from complain(call, f"{target} is not ready")) if late else 0


def portpatrol(call: Call) -> Process:
    """`portpatrol --target.NAME.address=host:port`: waits without end. The names of its options are the user's own."""
    for arg in call.argv[1:]:
        name, _, text = arg.lstrip("-").partition("=")
        if name.endswith(".address"):
            yield from wait_until([text.removeprefix("tcp://").partition("/")[0]], None)
            yield from out(f"Target is ready: {name.split('.')[1]}\n")
    return 0


class WaitOnFlags(Flags, unknown=Unknown.SKIP):
    """The options of wait-on and wait-port, of Node."""

    timeout = value(*either("t", "timeout"), default="")
    interval = value(*either("i", "interval"), default="250")
    without_effect_values = value(*either("d", "delay", "w", "window", "v"))


def _milliseconds(text: str) -> int | None:
    """`30000` and `30s`, as wait-on has them."""
    return int(text) * MILLISECOND if text.isdigit() else duration(text)


def wait_on(call: Call) -> Process:
    """`wait-on [-t ms] [-i ms] resource ...`: tcp:host:port, http(-get)://..., a file; 1 when the time is up. Also wait-port."""
    given = WaitOnFlags.parse(call.argv[1:])
    urls = [_resource(call, word) for word in given.before_dashes]
    late = yield from wait_until(urls, _milliseconds(given.timeout), _milliseconds(given.interval) or 250 * MILLISECOND)
    if late:
        yield Write(2, f"Error: Timed out waiting for: {late}\n")
        return 1
    return (yield from become(call, given.after_dashes)) if given.after_dashes else 0


def _resource(call: Call, word: str) -> str:
    """What wait-on calls a resource, as a URL or `host:port`."""
    if match := re.match(r"(https?)(-get)?://", word):
        return f"{match[1]}://{word[match.end() :]}"
    if word.startswith("tcp:") or re.fullmatch(r"[\w.-]*:\d+", word):
        return str(address(word if not word.startswith(":") else f"localhost{word}", 80))
    return f"file://{absolute(call, word.removeprefix('file:'))}"


def wait(call: Call) -> Process:
    """`/wait` of docker-compose-wait: everything that WAIT_HOSTS and WAIT_PATHS name, for WAIT_TIMEOUT seconds (30)."""
    env = call.env
    urls = [word.strip() for word in env.get("WAIT_HOSTS", "").split(",") if word.strip()]
    urls += [f"file://{word.strip()}" for word in env.get("WAIT_PATHS", "").split(",") if word.strip()]
    timeout = env.get("WAIT_TIMEOUT", "30")
    yield Sleep(duration(env.get("WAIT_BEFORE", env.get("WAIT_BEFORE_HOSTS", "0"))) or 0)
    late = yield from wait_until(urls, duration(timeout), duration(env.get("WAIT_SLEEP_INTERVAL", "1")) or SECOND)
    if late:
        yield Write(2, f"[ERROR wait] Timeout! After {timeout} seconds some hosts are still not reachable\n")
        return 1
    yield Sleep(duration(env.get("WAIT_AFTER", env.get("WAIT_AFTER_HOSTS", "0"))) or 0)
    command = env.get("WAIT_COMMAND", "").split()
    return (yield from become(call, command)) if command else 0


COMMANDS: dict[str, Program] = {
    "cub": cub,
    "dockerize": dockerize,
    "portpatrol": portpatrol,
    "wait": wait,
    "wait-for": wait_for_it,
    "wait-for-it": wait_for_it,
    "wait-for-it.sh": wait_for_it,
    "wait-for-port": wait_for_it,
    "wait-for.sh": wait_for_it,
    "wait-on": wait_on,
    "wait-port": wait_on,
    "wait4x": wait4x,
}
