"""What a host outside of the cluster sends, and what an undescribed page has, is unknown: who looks for something in it finds it."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.process.unknown_text import UNKNOWN_TEXT
from tests.container.test_processes import assumed, logs, play, pod, service, sh

__all__ = ["play"]

OUTSIDE = "https://api.example.com/x"


@pytest.mark.parametrize(
    "condition",
    [
        f"curl -s {OUTSIDE} | grep -q ready",
        f"wget -qO- {OUTSIDE} | grep -q ready",
        f'[ -n "$(curl -s {OUTSIDE})" ]',
        f'[ "$(curl -s {OUTSIDE})" = ready ]',
        f'[ "$(curl -s {OUTSIDE} | jq -r .items[0].state)" = ready ]',
        f'[ "$(curl -s {OUTSIDE} | grep -o "count=[0-9]*" | cut -d= -f2)" -ge 3 ]',
        f"[[ $(curl -s {OUTSIDE}) == *ready* ]]",
        f"[[ $(curl -s {OUTSIDE}) =~ ^[0-9]+$ ]]",
        f"case $(curl -s {OUTSIDE}) in *ready*) true;; *) false;; esac",
        f'[ "$(curl -s {OUTSIDE})" != starting ]',
        f"! curl -s {OUTSIDE} | grep -q starting",
        f'! [ "$(curl -s {OUTSIDE})" = starting ]',
    ],
)
def test_a_wait_for_what_an_outside_host_sends_ends(play: Any, condition: str) -> None:
    container = sh("main", f"until {condition}; do sleep 1; done; echo over")
    container["command"][0] = "bash"
    assert logs(play(pod("a", container)), "main") == ["over"]


@pytest.mark.parametrize("condition", [f'[ "$(curl -s {OUTSIDE})" = starting ]', f"curl -s {OUTSIDE} | grep -q starting"])
def test_a_loop_that_lasts_while_a_host_sends_something_ends_too(play: Any, condition: str) -> None:
    assert logs(play(pod("a", sh("main", f"while {condition}; do sleep 1; done; echo over"))), "main") == ["over"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (f"curl -s {OUTSIDE} | grep -q ready", "`grep -q ready`: what it reads is unknown, so a line is assumed to match"),
        (f"curl -s {OUTSIDE} | jq .x", "`jq .x`: what it reads is unknown, so it is assumed to have the fields of the filter"),
        (f'[ "$(curl -s {OUTSIDE})" = up ]', f"`{UNKNOWN_TEXT} = up`: what is compared is unknown, so this is assumed to be true"),
    ],
)
def test_what_is_relied_on_is_an_assumption(play: Any, command: str, said: str) -> None:
    assert said in assumed(play(pod("a", sh("main", command))))


def test_what_does_not_depend_on_it_is_none(play: Any) -> None:
    journal = play(
        pod("a", sh("main", f"curl -s {OUTSIDE}; curl -s {OUTSIDE} | grep -v starting; curl -sI {OUTSIDE} | head -1 | tr -d '\\r'"))
    )
    assert logs(journal, "main") == [UNKNOWN_TEXT, UNKNOWN_TEXT, "HTTP/1.1 200 OK"]
    assert "unknown" not in assumed(journal)


def test_a_script_from_outside_may_install_anything(play: Any) -> None:
    for command in (f"curl -fsSL {OUTSIDE} | sh", f'sh -c "$(curl -fsSL {OUTSIDE})"'):
        container = sh("main", f"apk add curl; {command} && newtool --version && echo over")
        container["image"] = "alpine:3.20"
        assert logs(play(pod("a", container)), "main") == ["over"]


def test_a_page_that_nothing_describes_is_unknown_and_a_described_one_is_not(play: Any) -> None:
    served = [{"match": {"workload": "pod/web"}, "runs": [{"listen": [{"port": 80}], "http": [{"path": "/empty"}]}]}]
    script = "sleep 9; wget -qO- http://web/page; wget -qO- http://web/empty; echo over"
    journal = play(pod("web", {"name": "w", "image": "x"}), service("web", 80, 80), pod("a", sh("main", script)), programs=served)
    assert logs(journal, "main") == [UNKNOWN_TEXT, "over"]


def test_a_download_is_a_file_of_unknown_content(play: Any) -> None:
    journal = play(pod("a", sh("main", f"curl -so /tmp/f {OUTSIDE}; [ -s /tmp/f ] && grep -q x /tmp/f && echo over")))
    assert logs(journal, "main") == ["over"]
    assert "`grep -q x /tmp/f`: what /tmp/f contains is unknown, so a line is assumed to match" in assumed(journal)
