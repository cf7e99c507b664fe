"""The doors through which text enters podsim, with examples of what comes in. A door raises what is a bug, and nothing else."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from simulator.cli import main
from simulator.controllers.cronjob.schedule import parse_schedule
from simulator.journal.lines import dump
from simulator.manifest.validation.cron import schedule_problem, time_zone_problem
from simulator.public.runs import run
from simulator.units import parse_duration, parse_quantity, parse_rate, parse_time
from tests.conftest import ROOT

BUG = 3
SCENARIO = ROOT / "scenarios" / "await-redis-retries"
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  restartPolicy: Never
  containers:
  - name: c
    image: busybox:1.36
"""


class Door(NamedTuple):
    """Where text comes in. `structured`: examples are YAML, and are changed as data, too."""

    name: str
    enter: Callable[[bytes], None]
    examples: tuple[str | bytes, ...]
    structured: bool = False


def call(*words: str) -> int:
    """A command in this process; a bug raises."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="surrogatepass")
    with redirect_stdout(out), redirect_stderr(out):
        code = main(words)
    if code == BUG:
        out.seek(0)
        raise AssertionError(f"podsim {' '.join(words)}: {out.read()[-2000:]}")
    return code


@contextmanager
def folder_with(**files: bytes) -> Iterator[Path]:
    """A folder with these files; `_` in a name is the dot."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name.replace("_", ".")).write_bytes(content)
        yield Path(folder)


@cache
def journals() -> tuple[bytes, bytes]:
    """A journal as a file and as lines."""
    journal = run(SCENARIO).journal
    return b"".join(journal.saved()), "".join(f"{line}\n" for line in dump(journal)).encode()


@cache
def saved() -> str:
    """The file of a sound journal."""
    with tempfile.NamedTemporaryFile(suffix=".journal", delete=False) as file:
        file.write(journals()[0])
    return file.name


def read_by(*words: str) -> Callable[[bytes], None]:
    """A command that gets the text as a part of its line: `{}`."""

    def enter(data: bytes) -> None:
        text = data.decode("utf-8", "replace").replace("\0", "")
        call(*(word.replace("{}", text) for word in words), "--from", saved())

    return enter


def files(name: str, *words: str, **others: bytes) -> Callable[[bytes], None]:
    """A command that reads the text as a file: `{}` is its folder."""

    def enter(data: bytes) -> None:
        with folder_with(**{name: data}, **others) as folder:
            call(*(word.replace("{}", str(folder)) for word in words))

    return enter


def script(data: bytes) -> None:
    """A script in a container, for two simulated seconds."""
    pod = yaml.safe_load(POD)
    pod["spec"]["containers"][0]["command"] = ["sh", "-c", data.decode("utf-8", "replace").replace("\0", "")]
    with folder_with(a_yaml=json.dumps(pod).encode()) as folder:
        call("run", str(folder), "--duration", "2s")


def value(*readers: Callable[[str], object]) -> Callable[[bytes], None]:
    """Functions that read a value, or raise ValueError."""

    def enter(data: bytes) -> None:
        for reader in readers:
            with suppress(ValueError):
                reader(data.decode("utf-8", "replace"))

    return enter


def journal(data: bytes) -> None:
    """A journal: shown, or refused."""
    with folder_with(x_journal=data) as folder:
        for words in (("get", "pods,events"), ("story",), ("check",)):
            call(*words, "--from", str(folder / "x.journal"))


def texts(*paths: str) -> tuple[str, ...]:
    return tuple((ROOT / path).read_text("utf-8") for path in paths)


def observed() -> str:
    """What kubectl shows of a cluster."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(out):
        main(["get", "pods,events", "-o", "json", "--from", saved()])
    out.seek(0)
    return out.read()


MANIFESTS = texts("scenarios/rolling-update/app.yaml", "scenarios/sidecar/app.yaml", "scenarios/cronjob-overlap/app.yaml")
EXAMPLES: dict[str, Callable[[], tuple[str | bytes, ...]]] = {"journal": journals, "infer": lambda: (observed(),)}
"""Examples that take a run."""
APP = MANIFESTS[0].encode()

DOORS = (
    Door("manifest", files("a_yaml", "run", "{}/a.yaml", "--duration", "20s"), MANIFESTS, structured=True),
    Door("scenario", files("scenario_yaml", "run", "{}", app_yaml=APP), texts("tests/fuzz/scenario.yaml"), structured=True),
    Door(
        "expectations",
        files("a_podsim_yaml", "test", "{}", "-j", "1", app_yaml=APP),
        texts("tests/fuzz/expectations.yaml"),
        structured=True,
    ),
    Door(
        "script",
        script,
        (
            'set -e; for i in 1 2 3; do echo $((i*2)) >> /tmp/x; done; while read -r l; do echo "${l%%.*}"; done < /tmp/x',
            "sed -n 's/\\(a\\)b*/[\\1&]/gp; /^x/,$d; y/abc/xyz/' /etc/passwd; tr a-z A-Z <<EOF\nx $(echo `id -u`)\nEOF\n",
            "awk -F: '{ a[$1]++; printf \"%5.2f %s\\n\", $2, substr($0, 2) } END { for (k in a) print k, a[k] }' /etc/passwd",
            "sort -t: -k2,3n /etc/passwd | uniq -c | head -n -1; date -d @0 +%s; printf '%b %q\\n' 'a\\tb' \"c d\"",
            'case "$1" in a*|[b-d]?) trap \'exit 3\' TERM;; *) f() { local x=${1:-d}; echo "$x"; }; f "$@";; esac',
            "echo '{\"a\":[1,{\"b\":null}]}' | jq -r '.a[] | .b? // \"x\"'; find / -name '*.conf' -type f -exec grep -c x {} +",
        ),
    ),
    Door("selector", read_by("get", "pods", "-l", "{}"), ("app=web,tier!=db", "app in (a,b),!x", "a.b/c notin (d)", "x>1")),
    Door("field selector", read_by("get", "pods", "--field-selector", "{}"), ("status.phase=Running,metadata.name!=a", "spec.nodeName==x")),
    Door(
        "jsonpath",
        read_by("get", "pods", "-o", "jsonpath={}"),
        (
            '{.items[*].metadata.name}{"\\n"}',
            '{range .items[?(@.status.phase=="Running")]}{.metadata[\'name\']}{"\\t"}{end}',
            "{..name}{.items[-1:].spec.containers[0,1:2].image}",
            "$.items[0]",
        ),
    ),
    Door(
        "go-template",
        read_by("get", "pods", "-o", "go-template={}"),
        ('{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}', "{{if .x}}{{else}}{{end}}"),
    ),
    Door(
        "custom columns",
        read_by("get", "pods", "-o", "custom-columns={}"),
        ("NAME:.metadata.name,IMAGE:.spec.containers[*].image", "A:{.x},B:.y[?(@.z==1)]"),
    ),
    Door("sort", read_by("get", "pods", "--sort-by", "{}"), (".metadata.creationTimestamp", "{.status.containerStatuses[0].restartCount}")),
    Door(
        "patch",
        files("p", "patch", "pod", "x", "--patch-file", "{}/p"),
        ('{"spec":{"replicas":2,"$retainKeys":["a"]}}', '[{"op":"add","path":"/a~1b","value":1}]'),
        structured=True,
    ),
    Door(
        "cron",
        value(lambda text: parse_schedule(text).after(0), parse_schedule, schedule_problem, time_zone_problem),
        (
            "*/5 0-23/2 1,15 JAN-DEC mon-fri",
            "@every 1h30m",
            "@daily",
            "0 0 31 2 *",
            "TZ=Europe/Berlin 0 3 * * ?",
        ),
    ),
    Door(
        "duration",
        value(parse_duration, parse_time, parse_rate),
        ("1m30s", "250ms", "2d", "1.5h", "1e3", "2026-01-01T00:00:00.123Z", "100Mbit/s"),
    ),
    Door("quantity", value(parse_quantity), ("1500Ki", "100m", "1e3", "12E2", "5Gi", "-3.5M")),
    Door("at", read_by("get", "pods", "--at", "{}"), ("40s", "1m2.5s", "0")),
    Door("journal", journal, ()),
    Door("infer", files("a_json", "infer", "--from", "{}/a.json"), (), structured=True),
)


def examples(door: Door) -> tuple[bytes, ...]:
    """What a door's inputs look like."""
    found = EXAMPLES[door.name]() if door.name in EXAMPLES else door.examples
    return tuple(one.encode() if isinstance(one, str) else one for one in found)


def data_of(door: Door) -> list[Any]:
    """The examples of a structured door as data: each document."""
    return [document for one in examples(door) for document in yaml.safe_load_all(one)] if door.structured else []


if __name__ == "__main__":
    by_name = {door.name: door for door in DOORS}
    by_name[sys.argv[1]].enter(Path(sys.argv[2]).read_bytes())
