"""What kubectl prints when the API server refuses a request."""

from __future__ import annotations

import pytest

from simulator.api import ApiError
from simulator.api.admission_refusal import Invalid, as_kubectl
from simulator.dialect import Dialect
from simulator.manifest.validation.errors import required


@pytest.mark.parametrize(
    ("kind", "name", "fields", "text"),
    [
        ("Pod", "web", ["spec.a"], 'The Pod "web" is invalid: spec.a: Required value'),
        ("Deployment.apps", "web", ["spec.a"], 'The Deployment "web" is invalid: spec.a: Required value'),
        ("", "web", ["spec.a"], 'The  "web" is invalid: spec.a: Required value'),
        ("Pod", "", ["spec.a"], 'The Pod "" is invalid: spec.a: Required value'),
        ("", "", ["spec.a"], "The request is invalid: spec.a: Required value"),
        ("Pod", "web", ["spec.a", "spec.b"], 'The Pod "web" is invalid: \n* spec.a: Required value\n* spec.b: Required value'),
        ("Pod", "web", ["spec.a", "spec.a"], 'The Pod "web" is invalid: spec.a: Required value'),
    ],
)
def test_an_invalid_object(kind: str, name: str, fields: list[str], text: str) -> None:
    error = Invalid(kind, name, [required(field) for field in fields], Dialect())
    assert as_kubectl(error, "creating", "pod.yaml") == f"{text}\n"


@pytest.mark.parametrize(
    ("reason", "verb", "source", "text"),
    [
        ("NotFound", "", "", "Error from server (NotFound): no such pod"),
        ("NotFound", "creating", "a.yaml", 'Error from server (NotFound): error when creating "a.yaml": no such pod'),
        ("", "", "", "Error from server: no such pod"),
        ("Invalid", "creating", "a.yaml", "The request is invalid: no such pod"),
    ],
)
def test_other_errors(reason: str, verb: str, source: str, text: str) -> None:
    assert as_kubectl(ApiError(reason, "no such pod"), verb, source) == f"{text}\n"
