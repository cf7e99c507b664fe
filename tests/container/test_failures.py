"""The well-known failures of well-known images: a missing variable of the environment."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from simulator.container.failures import missing_environment
from simulator.objects.container import Container


def container(image: str, env: dict[str, str], **more: Any) -> Container:
    variables = [{"name": name, "value": value} for name, value in env.items()]
    return msgspec.convert({"name": "c", "image": image, "env": variables, **more}, Container)


@pytest.mark.parametrize(
    ("image", "env", "line"),
    [
        ("postgres:16", {}, "Error: Database is uninitialized and superuser password is not specified."),
        ("postgres:16", {"POSTGRES_PASSWORD": ""}, "Error: Database is uninitialized and superuser password is not specified."),
        (
            "docker.io/library/mysql:8",
            {"MYSQL_DATABASE": "x"},
            "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified",
        ),
        ("mariadb:11", {}, "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified"),
        ("mongo:7", {"MONGO_INITDB_ROOT_USERNAME": "root"}, "error: missing 'MONGO_INITDB_ROOT_USERNAME' or 'MONGO_INITDB_ROOT_PASSWORD'"),
    ],
)
def test_an_entrypoint_that_misses_a_variable_ends_with_1(image: str, env: dict[str, str], line: str) -> None:
    failure = missing_environment(container(image, env))
    assert failure is not None
    assert (failure.run.exit_code, failure.run.log[0].line) == (1, line)
    assert failure.run.exit_after is not None


@pytest.mark.parametrize(
    ("image", "env", "more"),
    [
        ("postgres:16", {"POSTGRES_HOST_AUTH_METHOD": "trust"}, {}),
        ("postgres:16", {}, {"command": ["sleep", "1"]}),
        ("postgres:16", {}, {"envFrom": [{"secretRef": {"name": "db"}}]}),
        ("mysql:8", {"MYSQL_ALLOW_EMPTY_PASSWORD": "yes"}, {}),
        ("mariadb:11", {"MYSQL_ROOT_PASSWORD": "x"}, {}),
        ("mongo:7", {}, {}),
        ("example.com/my-postgres:1", {}, {}),
    ],
)
def test_others_start(image: str, env: dict[str, str], more: dict[str, Any]) -> None:
    assert missing_environment(container(image, env, **more)) is None
