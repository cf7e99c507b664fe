"""Whatever stands in a manifest: podsim answers as an API server would, and never falls over."""

import contextlib
import copy
import io
import json
import os
import sys
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.cli import main
from tests.cli.test_api_errors import ROWS
from tests.conftest import Result

MANIFESTS = [row[name] for row in ROWS for name in ("manifest", "first") if isinstance(row.get(name), dict)]
TEXTS = ("", "x", "A_b!", "1Gi", "é", "a" * 300, "\n", "0x10", "50%")
JUNK = st.sampled_from([None, *TEXTS, -1, 0, 1.5, 10**20, True, [], {}, [1], [None], [{}], {"a": "b"}, {"a": None}, {"a": {}}])


def places(value, path=()):
    """The paths of everything inside a value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from places(inner, (*path, key))


@st.composite
def damaged(draw, manifests):
    """A manifest, and the same with some of its values replaced."""
    sound = draw(st.sampled_from(manifests))
    value = copy.deepcopy(sound)
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(list(places(value))))
        target = value
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = copy.deepcopy(draw(JUNK))
    return sound, value


@settings(max_examples=200, deadline=None)
@given(damaged(MANIFESTS), st.sampled_from(["strict", "warn", "ignore"]), st.sampled_from(["1.29", "1.33", "1.34", "1.36"]))
def test_is_answered(manifests, validate, release):
    result = answer([f"--validate={validate}", "--kubernetes", release], manifests[1])
    assert (result.code, bool(result.out)) in ((0, True), (1, False))
    assert result.code == 0 or result.err


@settings(max_examples=200, deadline=None)
@given(damaged([row["first"] for row in ROWS if "first" in row]), st.sampled_from(["strict", "ignore"]))
def test_is_answered_where_a_sound_one_is_already(manifests, validate):
    assert " created\n" in answer([f"--validate={validate}"], *manifests).out


def answer(options, *manifests):
    text = "\n---\n".join(json.dumps(manifest) for manifest in manifests)
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        patch.object(sys, "stdin", io.StringIO(text)),
        patch.dict(os.environ, {"PODSIM_LAST_RUN": "", "PODSIM_TRACEBACK": "1"}),
    ):
        code = main(["apply", "--dry-run=server", "-n", "a", *options, "-f", "-"])
    return Result(code, out.getvalue(), err.getvalue())
