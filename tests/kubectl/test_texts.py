"""What the real kubectl printed about a real cluster, character for character.

A recorded command took some time, and when its requests were answered is not known: any instant within it will do. A `describe` of
several objects asks for one after the other, so each object has an instant of its own, none before the one above it.
"""

from __future__ import annotations

import pytest

from simulator.kubectl.view import Printed
from tests.kubectl.commands import run
from tests.kubectl.recorded import recordings, view_of

NOT_RECORDED = {"nodes", "node", "ns", "cm,secret", "pvc", "limitrange"}


def instants(text) -> list[float]:
    steps = max(1, round(text["took"] * 1000))
    return [text["t"] + text["took"] * share for share in (0.5, 0, 1)] + [text["t"] + step / 1000 for step in range(steps)]


def agrees(name: str, text) -> bool:
    namespace, times = recordings()[name]["namespace"], instants(text)
    said = Printed(text["out"], text.get("err", ""))
    if any(run(text["cmd"], namespace, view_of(name, t)) == said for t in times[:3]):
        return True
    if "describe" in text["cmd"]:
        return one_after_the_other(name, text)
    return any(run(text["cmd"], namespace, view_of(name, t)) == said for t in times[3:])


def one_after_the_other(name: str, text) -> bool:
    namespace = recordings()[name]["namespace"]
    sought = text["out"].split("\n\n\nName:")
    for t in sorted(instants(text))[::4]:
        shown = run(text["cmd"], namespace, view_of(name, t)).out.split("\n\n\nName:")
        if len(shown) != len(text["out"].split("\n\n\nName:")):
            continue
        while sought and shown[len(shown) - len(sought)] in (sought[0], sought[0].rstrip("\n")):
            sought = sought[1:]
    return not sought


@pytest.mark.parametrize("name", sorted(recordings()))
def test_every_text_is_kubectls(name: str) -> None:
    texts = [text for text in recordings()[name]["texts"] if text["cmd"].split()[2:3] == [] or text["cmd"].split()[2] not in NOT_RECORDED]
    wrong = [f"{text['cmd']} at {text['t']}" for text in texts if not comparable(name, text)]
    assert not wrong


def comparable(name: str, text) -> bool:
    if text["cmd"].endswith("-o yaml") and "last-applied-configuration: |" in text["out"]:
        # The recording leaves the text of this annotation out.
        head, _, rest = text["out"].partition("last-applied-configuration: |\n")
        text = {**text, "out": f"{head}last-applied-configuration: (omitted)\n{rest.partition(chr(10))[2]}"}
    return agrees(name, text)


def test_there_is_something_to_compare() -> None:
    texts = [text["cmd"].split()[1] for one in recordings().values() for text in one["texts"]]
    assert texts.count("describe") > 290
    assert texts.count("get") > 700
