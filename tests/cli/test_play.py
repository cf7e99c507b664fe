"""`podsim play` in a real terminal: keys, signs of life, and what is left behind; and its loop with a clock and a screen of ours."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.cli.play_command import LONGEST_TICK, watch
from simulator.cli.terminal import NAMES, decode
from simulator.public.runs import run
from simulator.units import SECOND
from simulator.views.play.film import Film, film
from simulator.views.play.player import Player
from simulator.views.styled import Line, plain
from tests.cli.pty_terminal import PtyTerminal
from tests.conftest import ROOT, Podsim

LATE = "scenarios/redis-late"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal to play, so that nothing is simulated again."""
    file = tmp_path_factory.mktemp("play") / "late.journal"
    with file.open("wb") as out:
        subprocess.run([sys.executable, "-m", "simulator", "run", LATE, "-o", "journal"], stdout=out, cwd=ROOT, check=True)
    return file


def test_pause_seek_and_quit(saved: Path) -> None:
    with PtyTerminal("play", "--from", str(saved), "--speed", "0.01", columns=110, rows=30) as terminal:
        terminal.until("▶ replay")
        terminal.type(b" 0")
        terminal.until("‖ paused 0.000s of 2m", "ContainerCreating")
        terminal.type(b"\x1b[C" * 12)
        shown = terminal.until("1m00.000s of 2m", "await-redis exits with 0")
        assert re.search(r"data-tier-\S+ +1/1 +Running +0 +60s", shown)
        terminal.type(b"\x1bOD,h")
        terminal.until("49.500s of 2m")
        terminal.type(b"\x1b[A+")
        terminal.until("×0.2")
        terminal.type(b"$")
        terminal.until("■ ended 2m00.000s")
        terminal.type(b"N")
        terminal.until("‖ paused")
        terminal.type(b"?")
        terminal.until("next event, and pause", "Press any key to close.")
        terminal.type(b"q")
        assert terminal.wait() == 0
        assert terminal.is_as_before


@pytest.mark.parametrize("source", [[LATE], ["-f", LATE], []], ids=["path", "-f", "last run"])
def test_what_is_played(saved: Path, source: list[str]) -> None:
    with PtyTerminal(
        "play", *source, "--at", "1s", "-n", "pb", "--pod", "deployment/data*", env={"PODSIM_LAST_RUN": str(saved)}
    ) as terminal:
        shown = terminal.until("‖ paused 1.000s of 2m", "is assigned to")
        assert "data-tier" in shown
        assert "await-redis" not in shown
        terminal.type(b"q")
        assert terminal.wait() == 0


def test_it_stops_at_the_end_and_waits(saved: Path) -> None:
    with PtyTerminal("play", "--from", str(saved), "--speed", "100000", "--until", "50s") as terminal:
        terminal.until("■ ended")
        terminal.type(b"q")
        assert terminal.wait() == 0


@pytest.mark.parametrize(("given", "code"), [(signal.SIGTERM, 143), (b"\x03", 130)], ids=["terminated", "Ctrl-C"])
def test_the_terminal_is_put_back(saved: Path, given: int | bytes, code: int) -> None:
    with PtyTerminal("play", "--from", str(saved), "--at", "40s") as terminal:
        terminal.until("40.000s")
        if isinstance(given, bytes):
            terminal.type(given)
        else:
            terminal.signal(given)
        assert terminal.wait() == code
        assert terminal.is_as_before
        assert b"Traceback" not in terminal.sent


def test_suspended_and_continued(saved: Path) -> None:
    with PtyTerminal("play", "--from", str(saved), "--at", "40s") as terminal:
        terminal.until("40.000s")
        terminal.type(b"\x1a")
        terminal.until_stopped()
        assert terminal.is_as_before
        terminal.signal(signal.SIGCONT)
        terminal.type(b"l")
        terminal.until("45.000s")
        terminal.type(b"q")
        assert terminal.wait() == 0
        assert terminal.is_as_before


def test_a_new_size(saved: Path) -> None:
    with PtyTerminal("play", "--from", str(saved), "--at", "40s", columns=130, rows=40) as terminal:
        terminal.until("podsim story", "Kubernetes 1.32")
        terminal.resize(60, 15)
        after = terminal.until("40.000s", without="Kubernetes")
        assert after.splitlines()[0].startswith("‖ paused   40.000s of 2m")
        terminal.type(b"q")
        assert terminal.wait() == 0


def test_no_colour(saved: Path) -> None:
    with PtyTerminal("play", "--from", str(saved), "--at", "70s", env={"NO_COLOR": "1"}) as terminal:
        terminal.until("podsim story")
        terminal.type(b"q")
        assert terminal.wait() == 0
        assert not re.search(rb"\x1b\[[0-9;]*m", terminal.sent)
    with PtyTerminal("play", "--from", str(saved), "--at", "70s") as terminal:
        terminal.until("podsim story")
        terminal.type(b"q")
        assert terminal.wait() == 0
        assert re.search(rb"\x1b\[32m", terminal.sent)


def test_a_journal_from_standard_input(saved: Path) -> None:
    script = (
        "import os, sys; os.dup2(os.open(sys.argv[1], os.O_RDONLY), 0); "
        "os.execv(sys.executable, [sys.executable, '-m', 'simulator', 'play', '--from', '-', '--at', '1s'])"
    )
    with PtyTerminal(str(saved), program=["-c", script]) as terminal:
        terminal.until("1.000s")
        terminal.type(b"q")
        assert terminal.wait() == 0
        assert terminal.is_as_before


def test_without_a_terminal_it_names_what_needs_none(podsim: Podsim) -> None:
    result = podsim("play", LATE)
    assert (result.code, result.out) == (2, "")
    assert "needs a terminal" in result.err
    assert "`podsim timeline`" in result.err
    assert "`podsim story`" in result.err


def test_a_dumb_terminal(saved: Path) -> None:
    with PtyTerminal("play", "--from", str(saved), env={"TERM": "dumb"}) as terminal:
        assert terminal.wait() == 2
        assert "needs a terminal that can move its cursor" in terminal.text


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--pod", "nobody"], "no matching pod"),
        (["--since", "50s", "--until", "40s"], "--since must come before the end"),
        (["--at", "3m"], "--at 3m: the run ended at 2m"),
        (["--speed", "0"], "Invalid value for '--speed'"),
        (["--from", "nowhere.journal"], "No such file"),
    ],
)
def test_bad_input(saved: Path, options: list[str], words: str) -> None:
    source = [] if "--from" in options else ["--from", str(saved)]
    with PtyTerminal("play", *source, *options) as terminal:
        assert terminal.wait() == 2
        assert words in terminal.text
        assert b"\x1b[?1049h" not in terminal.sent


@pytest.mark.parametrize(
    ("typed", "keys", "rest"),
    [
        (b"q", ["q"], b""),
        (b" hN?", ["space", "h", "N", "?"], b""),
        (b"\x1b[A\x1bOB", ["up", "down"], b""),
        (b"\x1b[1~\x1b[6~", ["home", "pagedown"], b""),
        (b"\x1b[1;5C", [""], b""),
        (b"\x1b[15~q", ["", "q"], b""),
        (b"\x1b", [], b"\x1b"),
        (b"n\x1b[", ["n"], b"\x1b["),
        (b"\x1bO", [], b"\x1bO"),
        (b"\x1bq", ["escape", "q"], b""),
        (b"\xc3\xa9", ["", ""], b""),
        (b"\x04", ["q"], b""),
    ],
)
def test_keys(typed: bytes, keys: list[str], rest: bytes) -> None:
    assert decode(typed) == (keys, rest)


KEYS = st.sampled_from(sorted(NAMES.keys() - {b"\x1b"})) | st.characters(min_codepoint=33, max_codepoint=126).map(str.encode)


@given(st.lists(KEYS), st.integers(1, 5))
def test_keys_may_come_in_pieces(sent: list[bytes], size: int) -> None:
    typed = b"".join(sent)
    keys, rest = list[str](), b""
    for begin in range(0, len(typed), size):
        more, rest = decode(rest + typed[begin : begin + size])
        keys += more
    assert rest == b""
    assert keys == [NAMES.get(key) or key.decode() for key in sent]


class Told:
    """A screen that keeps what is shown, and presses keys at frames that the test says; each frame takes `tick` on its clock."""

    def __init__(self, keys: dict[int, list[str]], tick: int = SECOND // 10) -> None:
        self.size = (80, 24)
        self.firsts: list[str] = []
        self.waits: list[float | None] = []
        self.now = 0
        self._keys, self._tick = keys, tick

    def show(self, lines: list[Line]) -> None:
        self.firsts.append(plain(lines[:1]).split(" of ")[0])

    def keys(self, seconds: float | None) -> list[str]:
        self.waits.append(seconds)
        self.now += self._tick
        return self._keys.get(len(self.firsts), [])

    def clock(self) -> int:
        return self.now


@pytest.fixture(scope="module")
def reel() -> Film:
    found = film(run(ROOT / LATE).journal.at())
    assert found is not None
    return found


def test_time_goes_on_while_it_plays_and_only_then(reel: Film) -> None:
    screen = Told({3: ["space"], 5: ["space"], 7: ["q"]})
    watch(reel, Player(0, 10.0), screen, screen.clock)
    assert [first.split()[1:] for first in screen.firsts] == [
        ["replay", "0.0s"], ["replay", "1.0s"], ["replay", "2.0s"],
        ["paused", "3.000s"], ["paused", "3.000s"],
        ["replay", "3.0s"], ["replay", "4.0s"],
    ]  # fmt: skip
    polled = [wait is not None for wait in screen.waits]
    assert polled == [True, True, True, False, False, True, True], "while it is paused it waits for keys only"


def test_a_machine_that_slept_does_not_jump(reel: Film) -> None:
    screen = Told({2: ["q"]}, tick=3600 * SECOND)
    watch(reel, Player(0, 1.0), screen, screen.clock)
    assert screen.firsts[1].split()[-1] == f"{LONGEST_TICK / SECOND:.1f}s"


def test_an_error_leaves_the_terminal_as_it_was(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import simulator.views.play.frame as f\ndef frame(*_):\n    raise RuntimeError('drawing failed')\nf.frame = frame\n"
    )
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    with PtyTerminal("play", "--from", str(saved), env={"PYTHONPATH": path}) as terminal:
        assert terminal.wait() == 3
        assert "drawing failed" in terminal.text
        assert b"\x1b[?1049h" in terminal.sent
        assert terminal.is_as_before
