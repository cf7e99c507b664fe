"""Programs, images and sandboxes of a Scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.container.program import Creation, ExecRule, HttpRule, Listen, LogRule, Origin, Program, Run, Sandbox, Term, Use, Wait
from simulator.engine.durations import ZERO, Duration, Fixed
from simulator.objects.process import SIGTERM_EXIT
from simulator.scenario.reader import Reader
from simulator.scenario.spec import ImageSpec, Match, PathRule, ProgramRule, PullSpec
from simulator.units import SECOND

RUN_KEYS = (
    "exitAfter", "exitCode", "reason", "message", "term", "listen", "http", "exec", "log", "creates", "waitFor", "startError",
    "createError", "cpu", "memory", "disk",
)  # fmt: skip

ABSOLUTE = "/.*"
PROGRAM_KEYS = ("match", "interpret", "create", "start", "runs", "script", "sandbox")


def read_programs(reader: Reader, value: Any, path: str) -> tuple[ProgramRule, ...]:
    """The list under `programs`."""
    return reader.list(value, path, lambda item, where: _rule(reader, item, where))


def read_paths(reader: Reader, value: Any, path: str) -> tuple[PathRule, ...]:
    """The list under `paths`."""
    return reader.list(value, path, lambda item, where: _paths(reader, item, where))


def _paths(reader: Reader, value: Any, path: str) -> PathRule:
    given = reader.mapping(value, path, PathRule.__struct_fields__)
    exist = reader.list(given.get("exist"), f"{path}.exist", lambda item, where: _absolute(reader, item, where))
    missing = reader.list(given.get("missing"), f"{path}.missing", lambda item, where: _absolute(reader, item, where))
    for name in sorted({*exist} & {*missing} - {""}):
        reader.problem(path, f"{name} cannot both exist and be missing")
    return PathRule(_match(reader, given.get("match"), f"{path}.match"), exist, missing)


def _absolute(reader: Reader, value: Any, path: str) -> str:
    return reader.matching(value, path, ABSOLUTE, "an absolute path in the container")


def _match(reader: Reader, value: Any, path: str) -> Match:
    given = reader.mapping(value, path, Match.__struct_fields__)
    return Match(**{key: reader.text(item, f"{path}.{key}") for key, item in given.items()})


def _rule(reader: Reader, value: Any, path: str) -> ProgramRule:
    given = reader.mapping(value, path, PROGRAM_KEYS)
    match = _match(reader, given.get("match"), f"{path}.match")
    sandbox = read_sandbox(reader, given["sandbox"], f"{path}.sandbox") if "sandbox" in given else None
    if not {"runs", "script", "create", "start", "interpret"} & given.keys():
        return ProgramRule(match, None, sandbox)
    default = Program()
    runs = reader.list(given.get("runs"), f"{path}.runs", lambda item, where: _run(reader, item, where))
    script = reader.text(given.get("script"), f"{path}.script")
    reader.exclude(given, path, "script", ("runs",), "a program has `runs` or a `script`, not both")
    interpret = reader.flag(given.get("interpret"), f"{path}.interpret")
    if script and interpret:
        reader.problem(f"{path}.interpret", "a `script` replaces the container's own command; only one of the two can be interpreted")
    program = Program(
        runs=(Run(script=script, line=reader.place(f"{path}.script")[0]),) if script else runs or (Run(),),
        create=reader.duration(given.get("create"), f"{path}.create", default.create),
        start=reader.duration(given.get("start"), f"{path}.start", default.start),
        described=not interpret,
        origin=Origin("scenario", Path(reader.file).name, reader.place(path)[0]),
    )
    return ProgramRule(match, program, sandbox, interpret)


def _run(reader: Reader, value: Any, path: str) -> Run:
    given = reader.mapping(value, path, RUN_KEYS)
    exit_after = reader.duration(given["exitAfter"], f"{path}.exitAfter", ZERO) if "exitAfter" in given else None
    return Run(
        exit_after=exit_after,
        exit_code=reader.integer(given.get("exitCode"), f"{path}.exitCode", 0, 0, 255),
        reason=reader.text(given.get("reason"), f"{path}.reason"),
        message=reader.text(given.get("message"), f"{path}.message"),
        term=_term(reader, given["term"], f"{path}.term") if "term" in given else None,
        listen=reader.list(given.get("listen"), f"{path}.listen", lambda item, where: _listen(reader, item, where)),
        http=reader.list(given.get("http"), f"{path}.http", lambda item, where: _http(reader, item, where)),
        exec=reader.list(given.get("exec"), f"{path}.exec", lambda item, where: _exec(reader, item, where)),
        log=reader.list(given.get("log"), f"{path}.log", lambda item, where: _log(reader, item, where)),
        creates=reader.list(given.get("creates"), f"{path}.creates", lambda item, where: _creation(reader, item, where)),
        wait_for=reader.list(given.get("waitFor"), f"{path}.waitFor", lambda item, where: _wait(reader, item, where)),
        start_error=reader.text(given.get("startError"), f"{path}.startError"),
        create_error=reader.text(given.get("createError"), f"{path}.createError"),
        line=reader.place(path)[0],
        cpu=_use(reader, given["cpu"], f"{path}.cpu", 10**9) if "cpu" in given else None,
        memory=_use(reader, given["memory"], f"{path}.memory", 1) if "memory" in given else None,
        disk=_use(reader, given["disk"], f"{path}.disk", 1) if "disk" in given else None,
    )


def _use(reader: Reader, value: Any, path: str, unit: int) -> Use:
    from simulator.scenario.read_use import read_use

    return read_use(reader, value, path, unit)


def _term(reader: Reader, value: Any, path: str) -> Term:
    given = reader.mapping(value, path, ("delay", "exitCode", "ignore"))
    return Term(
        reader.duration(given.get("delay"), f"{path}.delay", ZERO),
        reader.integer(given.get("exitCode"), f"{path}.exitCode", SIGTERM_EXIT, 0, 255),
        reader.flag(given.get("ignore"), f"{path}.ignore"),
    )


def _window(reader: Reader, given: dict[str, Any], path: str) -> tuple[Duration, Duration | None]:
    begin = reader.duration(given.get("from"), f"{path}.from", ZERO)
    end = reader.duration(given["to"], f"{path}.to", ZERO) if "to" in given else None
    if isinstance(begin, Fixed) and isinstance(end, Fixed) and end.value <= begin.value:
        reader.problem(f"{path}.to", "must come after `from`")
    return begin, end


def _listen(reader: Reader, value: Any, path: str) -> Listen:
    given = reader.mapping(value, path, ("port", "from", "to", "grpc"))
    reader.require(given, path, "port")
    port = reader.integer(given.get("port"), f"{path}.port", 0, 1, 65535)
    return Listen(port, *_window(reader, given, path), reader.flag(given.get("grpc"), f"{path}.grpc"), reader.place(path)[0])


def _http(reader: Reader, value: Any, path: str) -> HttpRule:
    given = reader.mapping(value, path, ("path", "port", "from", "to", "status", "delay", "body"))
    return HttpRule(
        reader.text(given.get("path"), f"{path}.path"),
        reader.integer(given["port"], f"{path}.port", 0, 1, 65535) if "port" in given else None,
        *_window(reader, given, path),
        reader.integer(given.get("status"), f"{path}.status", 200, 100, 599),
        reader.duration(given.get("delay"), f"{path}.delay", ZERO),
        reader.text(given.get("body"), f"{path}.body"),
        reader.place(path)[0],
    )


def _creation(reader: Reader, value: Any, path: str) -> Creation:
    from simulator.scenario.read_creations import read_creation

    return read_creation(reader, value, path)


def _exec(reader: Reader, value: Any, path: str) -> ExecRule:
    given = reader.mapping(value, path, ("command", "from", "to", "exit", "output", "delay", "error"))
    reader.exclude(given, path, "error", ("exit", "output"), "a command that cannot be started has no exit code and no output")
    return ExecRule(
        reader.text(given.get("command"), f"{path}.command"),
        *_window(reader, given, path),
        reader.integer(given.get("exit"), f"{path}.exit", 0, 0, 255),
        reader.text(given.get("output"), f"{path}.output"),
        reader.duration(given.get("delay"), f"{path}.delay", ZERO),
        reader.place(path)[0],
        reader.text(given.get("error"), f"{path}.error"),
    )


def _log(reader: Reader, value: Any, path: str) -> LogRule:
    given = reader.mapping(value, path, ("at", "line"))
    return LogRule(reader.duration(given.get("at"), f"{path}.at", ZERO), reader.text(given.get("line"), f"{path}.line"))


def _wait(reader: Reader, value: Any, path: str) -> Wait:
    given = reader.mapping(value, path, ("host", "port", "every"))
    reader.require(given, path, "host", "port")
    return Wait(
        reader.text(given.get("host"), f"{path}.host"),
        reader.text(given.get("port"), f"{path}.port"),
        reader.duration(given.get("every"), f"{path}.every", Fixed(SECOND)),
        reader.place(path)[0],
    )


def read_sandbox(reader: Reader, value: Any, path: str) -> Sandbox:
    """How sandboxes come up."""
    given, default = reader.mapping(value, path, ("create", "failTimes", "error")), Sandbox()
    return Sandbox(
        reader.duration(given.get("create"), f"{path}.create", default.create),
        reader.integer(given.get("failTimes"), f"{path}.failTimes", 0, -1),
        reader.text(given.get("error"), f"{path}.error"),
    )


def read_pulls(reader: Reader, value: Any, path: str) -> PullSpec:
    """How fast images come."""
    given, default = reader.mapping(value, path, ("latency", "bandwidth", "unpack")), PullSpec()
    return PullSpec(
        reader.span(given.get("latency"), f"{path}.latency", default.latency),
        reader.rate(given.get("bandwidth"), f"{path}.bandwidth", default.bandwidth),
        reader.rate(given.get("unpack"), f"{path}.unpack", default.unpack),
    )


def read_images(reader: Reader, value: Any, path: str) -> dict[str, ImageSpec]:
    """The mapping under `images`."""
    images = {}
    for name, item in reader.table(value, path).items():
        where = f"{path}[{name}]"
        given = reader.mapping(
            item, where, ("cached", "size", "pull", "failTimes", "error", "user", "like", "executables", "architectures")
        )
        images[name] = ImageSpec(
            reader.flag(given.get("cached"), f"{where}.cached"),
            reader.integer(given["size"], f"{where}.size", 0, 0) if "size" in given else None,
            reader.duration(given["pull"], f"{where}.pull", ZERO) if "pull" in given else None,
            reader.integer(given.get("failTimes"), f"{where}.failTimes", 0, -1),
            reader.text(given.get("error"), f"{where}.error"),
            reader.text(given.get("user"), f"{where}.user"),
            reader.text(given.get("like"), f"{where}.like"),
            reader.list(given.get("executables"), f"{where}.executables", reader.text),
            reader.list(given.get("architectures"), f"{where}.architectures", reader.text),
        )
    return images
