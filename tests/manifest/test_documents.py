"""YAML as Kubernetes reads it, and where everything stood."""

import pytest

from simulator.manifest.documents import Broken, Document, documents
from simulator.manifest.nodes import PLAIN, QUOTED
from simulator.manifest.scalars import resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("Off", False),
        ("y", True),
        ("NO", False),
        ("yEs", "yEs"),
        ("~", None),
        ("", None),
        ("null", None),
        ("0644", 0o644),
        ("0o17", 0o17),
        ("0x1F", 31),
        ("0b101", 5),
        ("1_000", 1000),
        ("-12", -12),
        ("+5", 5),
        ("08", 8),
        ("1.0", 1),
        ("1.5", 1.5),
        ("1e3", 1000),
        (".5", 0.5),
        ("12:30:45", "12:30:45"),
        ("2024-11-14", "2024-11-14"),
        ("2024-11-14T21:06:39Z", "2024-11-14T21:06:39Z"),
        ("1.2.3", "1.2.3"),
        ("nginx", "nginx"),
        ("100m", "100m"),
        ("-", "-"),
        ("18446744073709551616", 18446744073709551616.0),
        ("0x10000000000000000", "0x10000000000000000"),
        ("9" * 400, "9" * 400),
        ("9" * 5000, "9" * 5000),
        ("1e400", "1e400"),
    ],
)
def test_plain_scalars(text, value):
    found = resolve(PLAIN, text)
    assert found == value
    assert isinstance(found, type(value))


def test_quotes_and_tags_decide():
    assert resolve(QUOTED, "yes") == "yes"
    assert resolve("tag:yaml.org,2002:str", "5") == "5"
    assert resolve("tag:yaml.org,2002:int", "5") == 5
    assert resolve("tag:yaml.org,2002:binary", "aGk=") == "hi"
    assert resolve("!Ref", "5") == "5"
    with pytest.raises(ValueError, match="cannot decode !!str `x` as a !!int"):
        resolve("tag:yaml.org,2002:int", "x")


def values(text):
    return [part.value for part in documents(text) if isinstance(part, Document)]


def test_streams():
    assert values("a: 1\n---\n# nothing\n---\nb: 2\n--- # comment\nc: 3\n") == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert values("---\na: 1\n---") == [{"a": 1}]
    assert values("") == values("# only a comment\n") == values("---\n---\n") == []
    assert values("\ufeffa: 1\n") == [{"a": 1}]


def test_json():
    assert values('{"a": 1}\n{"b": "\\ud83d\\ude00"}') == [{"a": 1}, {"b": "😀"}]
    assert values('{"a": 1,}\n') == [{"a": 1}]


def test_anchors_and_merges():
    assert values("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n") == [{"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}]
    assert values("a: &x {b: 1}\nc: &y {b: 2}\nd: {<<: [*x, *y]}\n")[0]["d"] == {"b": 1}


def test_keys_become_text():
    assert values("1: a\ntrue: b\nyes2: c\n") == [{"1": "a", "true": "b", "yes2": "c"}]


def test_a_repeated_key_is_told_and_the_last_one_counts():
    (document,) = documents("a: 1\nb: 2\na: 3\n")
    assert document.value == {"a": 3, "b": 2}
    assert document.repeated == [("a", 3, 1)]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a:\n\tb: 2\n", 2, "found character that cannot start any token"),
        ("a:\n  b: 1\n c: 2\n", 3, "did not find expected key"),
        ("x: 1\n---\na: {{ b }}\n", 3, "invalid map key: map[interface {}]interface {}"),
        ("x: 1\n---\n\n\na: *b\n", 5, "unknown anchor 'b' referenced"),
        ("a: &a [*a]\n", 1, "anchor value contains itself"),
        ("a: 1\n--- b\n", 2, "invalid Yaml document separator: b"),
        ("a: .inf\n", 1, "json: unsupported value: +Inf"),
        ("a: !!int x\n", 1, "cannot decode !!str `x` as a !!int"),
        ("a: \x07\n", 1, "control characters are not allowed"),
        ("a: " + "[" * 3000 + "]" * 3000, 1, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_says_where(text, line, message):
    broken = list(documents(text))[-1]
    assert isinstance(broken, Broken)
    assert broken.line == line
    assert message in broken.message


def test_aliases_are_no_bomb():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (broken,) = documents("\n".join(lines))
    assert broken.message == "document contains excessive aliasing"


def test_places():
    text = "# first\nkind: A\nspec:\n  containers:\n  - name: a\n    image: b\n  - name: c\n---\ndata:\n  a.b: x\n"
    first, second = documents(text)
    assert first.places() == (2, 1)
    assert first.places("spec.containers[1].name") == (7, 5)
    assert first.places("spec.containers[0].image") == (6, 5)
    assert first.places("spec.containers[0].ports[2].name") == (5, 5)
    assert second.places("data[a.b]") == (10, 3)
