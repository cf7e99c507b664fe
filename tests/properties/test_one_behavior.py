"""A run of a container does the same whether its program describes it or a script ends in the program: one behavior, two drivers."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.journal import Journal
from simulator.journal.lines import dump
from tests.depth import tries
from tests.kubelet.world import cluster, skipping_nothing
from tests.properties.worlds import JSON

PORTS = (8080, 9090)
UNKNOWN = [["sh", "-c", "exec /srv/app --serve"], ["sh", "-c", "true && /srv/app"], ["bash", "-c", "trap - TERM; cd /; exec app"]]
KNOWN = [
    ["sh", "-c", "exec nginx -g 'daemon off;'"],
    ["sh", "-c", "exec redis-server --port 7000"],
    ["sh", "-c", "exec python3 -m http.server 7000"],
]
SETTINGS = settings(
    max_examples=tries(60), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

times = st.one_of(
    st.integers(0, 12).map(lambda n: f"{n / 2:g}s"),
    st.builds(lambda low, more: {"uniform": [f"{low}s", f"{low + more}s"]}, st.integers(0, 5), st.integers(1, 10)),
    st.builds(lambda mean: {"normal": {"mean": f"{mean}s", "sd": "2s"}}, st.integers(0, 6)),
    st.builds(lambda median: {"lognormal": {"median": f"{median}s", "sigma": 0.5}}, st.integers(1, 5)),
    st.builds(lambda mean: {"exponential": {"mean": f"{mean}s"}}, st.integers(1, 5)),
    st.builds(lambda values: {"choice": [f"{value}s" for value in values]}, st.lists(st.integers(0, 9), min_size=1, max_size=3)),
)


@st.composite
def windows(draw: st.DrawFn) -> JSON:
    """`from` and `to`, both, one or none; fixed ones in order, as the reader asks for."""
    begin, end = draw(st.none() | times), draw(st.none() | times)
    if isinstance(end, str):
        least = float(begin.removesuffix("s")) if isinstance(begin, str) else 0.0
        end = f"{least + 0.5 + float(end.removesuffix('s')):g}s"
    return {**({} if begin is None else {"from": begin}), **({} if end is None else {"to": end})}


@st.composite
def rules(draw: st.DrawFn) -> JSON:
    """Ports, answers, log lines and peers of a run."""
    listen = st.builds(lambda port, window, grpc: {"port": port, **window, "grpc": grpc}, st.sampled_from(PORTS), windows(), st.booleans())
    http = st.builds(
        lambda path, window, status, delay: {"path": path, **window, "status": status, "delay": delay, "body": f"says {status}"},
        st.sampled_from(["/", "/ready", "db"]),
        windows(),
        st.sampled_from([200, 301, 404, 503]),
        st.sampled_from(["0s", "300ms", "1.5s"]),
    )
    command = st.builds(
        lambda window, code: {"command": "check", **window, "exit": code, "output": f"checked {code}\n"}, windows(), st.integers(0, 2)
    )
    log = st.builds(lambda at, n: {"at": at, "line": f"line {n}"}, times, st.integers(0, 9))
    fields: dict[str, st.SearchStrategy[Any]] = {
        "listen": st.lists(listen, min_size=1, max_size=3),
        "http": st.lists(http, min_size=1, max_size=3),
        "exec": st.lists(command, min_size=1, max_size=2),
        "log": st.lists(log, min_size=1, max_size=4),
        "waitFor": st.just([{"host": "db", "port": 5432, "every": "1s"}]),
    }
    return {key: draw(strategy) for key, strategy in fields.items() if draw(st.booleans())}


@st.composite
def ends(draw: st.DrawFn) -> JSON:
    """How a run ends, by itself and on SIGTERM."""
    run: JSON = {}
    if draw(st.booleans()):
        run |= {"exitAfter": draw(times), "exitCode": draw(st.sampled_from([0, 0, 1, 137]))}
        run |= draw(st.sampled_from([{}, {"reason": "OOMKilled"}, {"message": "out of work"}]))
    if draw(st.booleans()):
        run["term"] = draw(
            st.builds(lambda delay, code: {"delay": delay, "exitCode": code}, times, st.sampled_from([0, 3, 143]))
            | st.just({"ignore": True})
            | st.sampled_from([{"exitCode": 0}, {"delay": "3s"}])
        )
    if draw(st.integers(0, 9)) == 0:
        run[draw(st.sampled_from(["startError", "createError"]))] = "no such file"
    return run


runs = st.builds(lambda one, other: {**one, **other}, rules(), ends())
whole = st.builds(
    lambda run, listen, term: {"listen": listen, "term": term, **run, "http": [*run.get("http", []), {"status": 200}]},
    runs,
    windows().map(lambda window: [{"port": 8080, **window}]),
    times.map(lambda delay: {"delay": delay, "exitCode": 143}),
)
"""Runs that leave nothing of a server to the catalogue or to the files that it serves."""

probes = st.fixed_dictionaries(
    {},
    optional={
        f"{kind}Probe": st.builds(
            lambda handler, period, failures: {**handler, "periodSeconds": period, "failureThreshold": failures, "timeoutSeconds": 1},
            st.sampled_from(
                [
                    {"httpGet": {"path": "/ready", "port": 8080}},
                    {"tcpSocket": {"port": 9090}},
                    {"grpc": {"port": 8080, "service": "db"}},
                    {"exec": {"command": ["check", "it"]}},
                ]
            ),
            st.integers(1, 3),
            st.integers(1, 4),
        )
        for kind in ("startup", "readiness", "liveness")
    },
)


@st.composite
def actions(draw: st.DrawFn) -> list[JSON]:
    """Deletes, kills or runs commands, or nothing of it."""
    at = f"{draw(st.integers(1, 45))}s"
    delete = st.builds(
        lambda grace: {"at": at, "delete": "pod/web", **({} if grace is None else {"gracePeriodSeconds": grace})},
        st.none() | st.integers(1, 12),
    )
    kill = st.sampled_from([{"signal": "KILL"}, {"reason": "OOMKilled"}]).map(lambda how: {"at": at, "kill": "pod/web", **how})
    command = st.just({"at": at, "exec": "pod/web", "command": ["check", "now"]})
    return draw(st.lists(delete | kill | command, max_size=2))


def records(run: list[JSON], container: JSON, spec: JSON, seed: int, acts: list[JSON], *, interpret: bool) -> list[JSON]:
    """All that happened, but for the command line itself and where rules are written down."""
    program = {"match": {"container": "main"}, "runs": run, **({"interpret": True} if interpret else {})}
    database = {"match": {"container": "db"}, "runs": [{"listen": [{"port": 5432, "from": "4s"}]}]}
    labelled = {"metadata": {"name": "db", "labels": {"app": "db"}}, "spec": {"containers": [{"name": "db", "image": "app:1"}]}}
    service = {"spec": {"selector": {"app": "db"}, "ports": [{"port": 5432}]}, "metadata": {"name": "db"}}
    web = {"spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}, "metadata": {"name": "web"}}
    with tempfile.TemporaryDirectory() as folder:
        world = cluster(
            Path(folder),
            {**spec, "containers": [container]},
            {"apiVersion": "v1", "kind": "Pod", **labelled},
            {"apiVersion": "v1", "kind": "Service", **service},
            {"apiVersion": "v1", "kind": "Service", **web},
            metadata={"labels": {"app": "web"}},
            programs=[program, database],
            seed=seed,
            actions=acts,
            traffic=[{"to": "service/web", "rate": 2, "path": "/ready", "timeout": "1s"}],
        )
        return plain(skipping_nothing(world).run())


def plain(journal: Journal) -> list[JSON]:
    """The records of a journal, those of an instant in any order, without what may differ.

    These are command lines, the plan of a run, and that an interpreted container's ports close when it ends.
    """
    records = [json.loads(line) for line in list(dump(journal))[1:]]
    exits = {(record["t"], record["data"]["container"]) for record in records if record.get("fact") == "container.exited"}
    kept = []
    for record in records:
        what = record.get("fact")
        if what == "container.program" or (what == "container.closed" and (record["t"], record["data"]["container"]) in exits):
            continue
        _drop(record, ("command", "resourceVersion", "fields", "revision"))
        kept.append(record)
    return sorted(kept, key=lambda record: (record["t"], json.dumps(record, sort_keys=True)))


def _drop(value: Any, keys: tuple[str, ...]) -> None:
    if isinstance(value, dict):
        for key in keys:
            value.pop(key, None)
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _drop(item, keys)


specs = st.fixed_dictionaries(
    {"restartPolicy": st.sampled_from(["Always", "OnFailure", "Never"]), "terminationGracePeriodSeconds": st.sampled_from([3, 5, 10])}
)


@SETTINGS
@given(
    run=st.lists(runs, min_size=1, max_size=3),
    probed=probes,
    spec=specs,
    seed=st.integers(0, 1000),
    acts=actions(),
    command=st.sampled_from(UNKNOWN),
)
def test_a_script_that_ends_in_a_program_does_what_its_run_says(
    run: list[JSON], probed: JSON, spec: JSON, seed: int, acts: list[JSON], command: list[str]
) -> None:
    container = {"name": "main", **probed}
    described = records(run, container, spec, seed, acts, interpret=False)
    assert records(run, {**container, "command": command}, spec, seed, acts, interpret=True) == described


@SETTINGS
@given(
    run=st.lists(whole, min_size=1, max_size=3),
    probed=probes,
    spec=specs,
    seed=st.integers(0, 1000),
    acts=actions(),
    command=st.sampled_from(KNOWN),
)
def test_what_a_run_says_of_a_known_server_comes_before_what_is_known_of_it(
    run: list[JSON], probed: JSON, spec: JSON, seed: int, acts: list[JSON], command: list[str]
) -> None:
    container = {"name": "main", **probed}
    described = records(run, container, spec, seed, acts, interpret=False)
    assert records(run, {**container, "command": command}, spec, seed, acts, interpret=True) == described
