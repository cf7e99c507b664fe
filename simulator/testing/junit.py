"""Results as JUnit XML, which CI systems read: a suite for each test file, a case for each expectation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from simulator.expectations.verdict import Verdict
from simulator.testing.task import Result

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(results: Sequence[Result]) -> str:
    """The document. Times are real seconds: a case has its own check and an equal share of the runs that all cases of its file need."""
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    root = Xml.Element("testsuites", name="podsim")
    for result in results:
        suite = Xml.SubElement(root, "testsuite", name=_clean(result.path))
        own = {
            "tests": len(result.verdicts) + bool(result.error),
            "failures": len(result.failures),
            "errors": int(bool(result.error)),
            "skipped": 0,
        }
        _set(suite, own, result.took)
        counts = {name: counts[name] + own[name] for name in counts}
        for verdict, took in zip(result.verdicts, result.times, strict=True):
            _case(suite, result, verdict, took)
        if result.error:
            case = Xml.SubElement(suite, "testcase", classname=_class(result), name=_clean(result.name), time=f"{result.took:.3f}")
            Xml.SubElement(case, "error", message=_clean(result.error.splitlines()[0]), type="podsim").text = _clean(result.error)
    _set(root, counts, sum(result.took for result in results))
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _set(element: Xml.Element, counts: dict[str, int], took: float) -> None:
    for name, count in counts.items():
        element.set(name, str(count))
    element.set("time", f"{took:.3f}")


def _case(suite: Xml.Element, result: Result, verdict: Verdict, took: float) -> None:
    case = Xml.SubElement(suite, "testcase", classname=_class(result), name=_clean(verdict.text), time=f"{took:.3f}")
    case.set("file", _clean(verdict.file or result.path))
    if verdict.line:
        case.set("line", str(verdict.line))
    if verdict.rests_on:
        properties = Xml.SubElement(case, "properties")
        for text in verdict.rests_on:
            Xml.SubElement(properties, "property", name="assumption", value=_clean(text))
    if not verdict.holds:
        message = _clean(verdict.happened[0] if verdict.happened else verdict.expected)
        Xml.SubElement(case, "failure", message=message, type="expectation").text = _clean("\n".join(verdict.lines()))


def _class(result: Result) -> str:
    """The file as a dotted name, by which CI systems group."""
    return _clean(result.path.strip("./").replace("/", "."))


def _clean(text: str) -> str:
    """Without characters that XML cannot contain: containers may print anything."""
    return _NOT_XML.sub("�", text)
