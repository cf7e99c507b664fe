"""Commands that other packages register: they are looked up, loaded when they run, and blamed for what they do wrong."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from simulator.userland.registered import CommandError, registration
from tests.fake_container import Container, World, sh

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "example-command"
COMMANDS = '''
"""Commands for tests."""
from simulator.public.commands import Call, NotSimulatedError, Process, Read, Sleep, SECOND, UsageError, Write, become, run

def greet(call: Call) -> Process:
    text = yield Read(0, "all")
    yield Write(1, f"{call.name} {call.argv[1:]} {call.env['X']} {call.cwd} {text!r}\\n")
    yield Write(2, "to stderr\\n")
    yield Sleep(2 * SECOND)
    return 3

def refuses(call: Call) -> Process:
    yield from ()
    raise UsageError("no such thing", 64)

def half(call: Call) -> Process:
    yield from ()
    raise NotSimulatedError("option --all")

def twice(call: Call) -> Process:
    status = yield from run(call, ["echo", "first"])
    return (yield from become(call, ["sh", "-c", f"echo second {status}; exit 5"]))

def my_cut(call: Call) -> Process:
    yield Write(1, "mine\\n")
    return 0

def raises(call: Call) -> Process:
    yield from ()
    return len(call.argv[9])

def yields_nonsense(call: Call) -> Process:
    yield 5
    return 0

def returns_nothing(call: Call) -> Process:
    yield from ()

def no_generator(call: Call) -> int:
    return 0

no_function = 5
'''
NAMES = {
    "greet": "own_commands:greet",
    "refuses": "own_commands:refuses",
    "half": "own_commands:half",
    "twice": "own_commands:twice",
    "cut": "own_commands:my_cut",
    "raises": "own_commands:raises",
    "yields-nonsense": "own_commands:yields_nonsense",
    "returns-nothing": "own_commands:returns_nothing",
    "no-generator": "own_commands:no_generator",
    "no-function": "own_commands:no_function",
    "no-attribute": "own_commands:missing",
    "no-module": "no_such_module:x",
    "sh": "own_commands:my_cut",
}


def install(site: Path, package: str, names: dict[str, str]) -> None:
    """What pip leaves behind of a package with entry points."""
    info = site / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8")
    entries = "".join(f"{name} = {value}\n" for name, value in names.items())
    (info / "entry_points.txt").write_text(f"[podsim.commands]\n{entries}", encoding="utf-8")


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install(tmp_path, "own-commands", NAMES)
    (tmp_path / "own_commands.py").write_text(COMMANDS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "own_commands", raising=False)
    return tmp_path


def test_a_registered_command_runs_with_arguments_environment_input_and_output() -> None:
    container = sh("cd /tmp; printf abc | X=1 greet a 'b c'; echo $?", files={"/tmp/": ""}, world=World(unknown=None))
    assert container.stdout == "greet ('a', 'b c') 1 /tmp 'abc'\n3\n"
    assert container.stderr == "to stderr\n"
    assert container.at == 2


def test_it_counts_in_every_directory_and_as_process_1() -> None:
    container = Container("/opt/bin/greet", env={"X": "1"}, world=World(unknown=None)).run(10)
    assert (container.main.status, container.at, container.stdout) == (3, 2, "greet () 1 /w ''\n")


def test_a_file_of_a_volume_comes_before_it_and_shells_cannot_be_replaced() -> None:
    assert sh("chmod +x /v/greet; /v/greet", files={"/v/greet": "echo the file"}).stdout == "the file\n"
    assert sh("sh -c 'echo a real shell'").stdout == "a real shell\n"


def test_it_replaces_a_tool_of_podsim() -> None:
    assert sh("echo a:b | cut -d: -f2; which cut").stdout == "mine\n/usr/bin/cut\n"


def test_it_is_imported_when_it_runs() -> None:
    sh("echo x; which greet; command -v twice")
    assert "own_commands" not in sys.modules
    sh("cut")
    assert "own_commands" in sys.modules


def test_it_refuses_arguments_and_runs_other_commands() -> None:
    container = sh("refuses; echo $?; half; echo $?; twice; echo $?")
    assert container.stdout == "64\n2\nfirst\nsecond 0\n5\n"
    assert container.stderr == "refuses: no such thing\nhalf: option --all is not simulated\n"
    assert container.world.notes == [("half", "option --all")]


BROKEN = {
    "raises": "command raises (own_commands:raises, of the package own-commands) failed on `raises`: IndexError: tuple index out of range",
    "yields-nonsense": "command yields-nonsense (own_commands:yields_nonsense, of the package own-commands) yielded 5, which is no effect",
    "returns-nothing": (
        "command returns-nothing (own_commands:returns_nothing, of the package own-commands) returned None: it must return its exit code"
    ),
    "no-generator": (
        "command no-generator (own_commands:no_generator, of the package own-commands) is no generator: it must `yield` effects"
    ),
    "no-function": "command no-function (own_commands:no_function, of the package own-commands) is no function",
    "no-attribute": (
        "command no-attribute (own_commands:missing, of the package own-commands) cannot be loaded: "
        "AttributeError: module 'own_commands' has no attribute 'missing'"
    ),
    "no-module": (
        "command no-module (no_such_module:x, of the package own-commands) cannot be loaded: "
        "ModuleNotFoundError: No module named 'no_such_module'"
    ),
}


@pytest.mark.parametrize(("name", "message"), BROKEN.items())
def test_a_broken_command_is_a_sentence_that_names_its_package(name: str, message: str) -> None:
    with pytest.raises(CommandError) as error:
        sh(name)
    assert str(error.value) == message


def test_two_packages_with_the_same_name_are_refused(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(site / "other", "another", {"greet": "own_commands:greet", "only-here": "own_commands:greet"})
    monkeypatch.syspath_prepend(site / "other")
    assert registration("only-here") is not None
    with pytest.raises(CommandError) as error:
        sh("greet")
    assert str(error.value) == (
        "the packages another and own-commands all register a command greet (podsim.commands): uninstall all but one"
    )


def test_without_such_packages_no_metadata_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT), str(tmp_path / "missing")])
    assert registration("greet") is None


def test_the_documented_example_runs(tmp_path: Path) -> None:
    """docs/example-command, installed as pip would, run by the command line."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    install(tmp_path / "site", project["name"], project["entry-points"]["podsim.commands"])
    environment = {"PYTHONPATH": f"{ROOT}:{EXAMPLE}:{tmp_path / 'site'}", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}

    def podsim(*args: str) -> str:
        command = [sys.executable, "-m", "simulator", *args]
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    report = podsim("run", "-v", "docs/example-command/pod.yaml")
    assert "runs `license-client --every 3 license-server` (its command is registered by the package license-client)" in report
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    shown = re.search(r"\$ podsim (logs [^\n]*)\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    assert podsim(*shown[1].split()) == shown[2]


def test_the_page_shows_the_examples_own_registration_and_names_that_exist() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    entry = '[project.entry-points."podsim.commands"]\nlicense-client = "license_client.command:license_client"'
    assert entry in page
    assert entry in (EXAMPLE / "pyproject.toml").read_text(encoding="utf-8")
    from simulator.public import commands

    for block in re.findall(r"from simulator\.public\.commands import ([^\n(]+)", page):
        assert set(block.replace(" ", "").split(",")) <= set(commands.__all__)
