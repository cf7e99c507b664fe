"""What bash has and the `sh` of an image has not; dash's messages were taken from dash 0.5.12, ash's are among the measured rows."""

from __future__ import annotations

import pytest

from tests.fake_container import Container, World

DASH = {
    "source /etc/x; echo $?": ("127\n", "dash: 1: source: not found\n"),
    "let i=1+2; echo $i $?": ("127\n", "dash: 1: let: not found\n"),
    "[[ a == a ]] && echo yes": ("", "dash: 1: [[: not found\n"),
    "declare x=1; echo $?": ("127\n", "dash: 1: declare: not found\n"),
    "typeset x=1; echo $?": ("127\n", "dash: 1: typeset: not found\n"),
    "shopt -s nullglob": ("", "dash: 1: shopt: not found\n"),
    "((i=3)); echo $i": ("\n", ""),
    "((i++)); echo $?": ("127\n", "dash: 1: i++: not found\n"),
    "x=a; echo ${x^^}": ("", "dash: 1: Bad substitution\n"),
    "x=abc; echo ${x:1:2}": ("", "dash: 1: Bad substitution\n"),
    "for ((i=0; i<3; i++)); do echo $i; done": ("", "dash: 1: Syntax error: Bad for loop variable\n"),
}


@pytest.mark.parametrize("script", DASH)
def test_dash_has_no_bash_in_it(script: str) -> None:
    container = Container("dash", "-c", script, world=World(image_name="debian:12", unknown=None)).run(5)
    assert (container.stdout, container.stderr) == DASH[script]


@pytest.mark.parametrize("script", ["[[ -n x ]] && echo yes", "source /etc/x; echo yes", "let i=1+2; echo yes"])
def test_busybox_has_some(script: str) -> None:
    container = Container("sh", "-c", script, world=World(image_name="busybox:1.37"), files={"etc/x": ":\n"}).run(5)
    assert container.stdout == "yes\n"


@pytest.mark.parametrize("script", DASH)
def test_the_shell_of_an_unknown_image_may_be_bash(script: str) -> None:
    container = Container("sh", "-c", script, world=World(image_name="acme/app:1"), files={"etc/x": ":\n"}).run(5)
    assert "not found" not in container.stderr


def test_a_loop_around_a_missing_test_never_ends() -> None:
    container = Container("dash", "-c", 'until [[ -n "" || 1 == 1 ]]; do sleep 1; done', world=World(image_name="debian:12")).run(60)
    assert container.main.status is None
