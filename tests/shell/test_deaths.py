"""What shells print about children that a signal ended; bash's and dash's lines were taken from the real ones."""

from __future__ import annotations

import pytest

from tests.fake_container import Container, World, sh

KILLED = "sh -c 'kill -KILL $$; :'; echo $?"
ENDED = "sh -c 'kill -TERM $$; :'; echo $?"
WAITED = "sleep 5 & kill -TERM $!; wait $!; echo $?"


def stderr(script: str, *, bash: bool = False, image: str = "") -> str:
    return sh(script, bash=bash, world=World(image_name=image)).stderr


@pytest.mark.parametrize(("script", "expected"), [(KILLED, "Killed\n"), (ENDED, "Terminated\n"), (WAITED, "Terminated\n")])
def test_dash_and_ash_say_it_in_a_word(script: str, expected: str) -> None:
    assert stderr(script) == expected


def test_ash_is_silent_about_background_jobs_before_1_32() -> None:
    assert stderr(WAITED, image="busybox:1.31.1") == ""
    assert stderr(KILLED, image="busybox:1.31.1") == "Killed\n"


def test_bash_gives_the_pid_and_the_command_but_not_for_sigterm() -> None:
    assert stderr(KILLED, bash=True) == "bash: line 1:     2 Killed                  sh -c 'kill -KILL $$; :'\n"
    assert stderr(ENDED, bash=True) == "Terminated\n"
    assert stderr(WAITED, bash=True) == ""


def test_an_exit_code_above_128_is_no_signal() -> None:
    assert stderr("sh -c 'exit 143'; echo $?") == ""


def test_sleep_is_a_builtin_of_busybox_1_36_only() -> None:
    for image, seconds in (("busybox:1.36.1", 1), ("busybox:1.37.0", 3)):
        assert sh("(sleep 1) & sleep 3; echo end", world=World(image_name=image)).at == seconds


def test_a_trap_runs_during_the_builtin_sleep() -> None:
    container = Container("sh", "-c", "trap 'echo bye; exit 0' TERM; while true; do sleep 60; done", world=World(image_name="busybox:1.36"))
    container.run(1)
    container.machine.signal("TERM")
    assert container.run(2).main.status == 0


@pytest.mark.parametrize(
    ("image", "bash", "expected"),
    [
        ("busybox:1.37", False, "sh: can't kill pid 99999: No such process\nsh: invalid number 'nope'\n"),
        ("busybox:1.38", False, "sh: line 0: can't kill pid 99999: No such process\nsh: line 0: invalid number 'nope'\n"),
        (
            "debian:12",
            True,
            "bash: line 1: kill: (99999) - No such process\nbash: line 1: kill: nope: arguments must be process or job IDs\n",
        ),
    ],
)
def test_kill_speaks_as_its_shell(image: str, bash: bool, expected: str) -> None:
    assert stderr("kill -0 99999; kill -0 nope", bash=bash, image=image) == expected
