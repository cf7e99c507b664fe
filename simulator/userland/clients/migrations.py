"""Migrations: steps of frameworks that podsim cannot run, but that fail without the database which their environment names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from simulator.process.effects import Call, Process, Program, Sleep, Write
from simulator.process.world import Connect, NetError
from simulator.units import SECOND
from simulator.userland.clients.attempts import attempt
from simulator.userland.clients.targets import DEFAULT_PORTS, Target, address

_MIGRATION = re.compile(
    r"""\b(?:db|dbal|doctrine|ecto|migrations?|database):(?!\d)[\w:-]+   # rake db:migrate, doctrine:migrations:migrate; not db:5432
    |(?:^|[\s/:._-])migrat(?:e|ions?|or)\b                          # manage.py migrate, bin/migrate-check, kong migrations up
    |\balembic\s+(?:-\S+\s+\S+\s+)*(?:upgrade|current|check|downgrade)\b
    |\bdb\s+(?:upgrade|init|check|check-migrations|push|update|migrate)\b   # airflow db check, flask db upgrade, prisma db push
    |\bmanage\.py\s+(?:wait_for_\w+|check\s.*--database|showmigrations|loaddata|createsuperuser|syncdb|createcachetable|(?:db)?shell)
    |\brails\s+(?:runner|dbconsole)\b
    |\b(?:superset\s+init|sentry\s+upgrade|ef\s+database\s+update|ecto\.\w+|aerich\s+upgrade)\b""",
    re.VERBOSE,
)
_OFFLINE = re.compile(r"\b(?:makemigrations|migrations?:(?:generate|create)|migrate:make|make:migration)\b|\b--(?:version|help)\b")
_WAITING = re.compile(r"\bwait_for_\w+|\bcheck-migrations\b")
_SCHEME = re.compile(r"(?:jdbc:)?(postgres|postgresql|pgsql|mysql2?|mariadb|cockroachdb|sqlserver|mongodb)(?:\+\w+)?://")
_HOST = re.compile(r"^(?P<stem>(?:.*_)?(?:DB|DATABASE|PG|PSQL|POSTGRES|POSTGRESQL|POSTGRESDB|MYSQL|MARIADB|SQL|RDS)_?)"
                   r"(?P<end>HOST|HOSTNAME|HOST_NAME|SERVER|ADDR|ADDRESS|ENDPOINT)$", re.IGNORECASE)  # fmt: skip
_KIND = re.compile(r"(?:^|_)(?:DB|DATABASE)_?(?:CONNECTION|ENGINE|TYPE|DRIVER|ADAPTER|CLIENT|DIALECT|VENDOR)$", re.IGNORECASE)
_AIRFLOW_PATIENCE = 60
"""Seconds that `airflow db check-migrations` waits without --migration-wait-timeout."""


def guess(call: Call) -> tuple[Program | None, str]:
    """What a migration needs, as a program and in words; None: it is no migration, or nothing names its database."""
    line = " ".join(call.argv)
    if not looks_like_one(line):
        return None, ""
    target = database(call.env)
    if target is None:
        return None, ""
    if _WAITING.search(line):
        return _waiter(target, _limit(line)), f"waits for {target}, the database that its environment names"
    return attempt(target), f"ends with 0 when {target} accepts connections, the database that its environment names"


def _limit(line: str) -> int | None:
    """How many seconds a command waits; None: without end."""
    if match := re.search(r"--(?:migration-wait-)?timeout[= ](\d+)", line):
        return int(match[1])
    return _AIRFLOW_PATIENCE if "check-migrations" in line else None


def looks_like_one(line: str) -> bool:
    """Whether a command line is that of a migration, or of another step that needs the database."""
    return _MIGRATION.search(line) is not None and _OFFLINE.search(line) is None


def database(env: Mapping[str, str]) -> Target | None:
    """The database that an environment names, by a URL or by its host; of several the first in alphabetical order of their names."""
    for _, value in sorted(env.items()):
        if match := _SCHEME.match(value):
            # Ruby, PHP and CockroachDB have names of their own for the same protocols.
            scheme = {"mysql2": "mysql", "pgsql": "postgres", "cockroachdb": "postgres"}.get(match[1], match[1])
            target = address(f"{scheme}://{value[match.end() :]}", DEFAULT_PORTS[scheme])
            return target if target.host and target.host != "localhost" else None
    for name, value in sorted(env.items()):
        match = _HOST.match(name)
        # Kubernetes' own variables for Services (DB_SERVICE_HOST) say nothing of what this program uses.
        if match and value and not name.endswith(("_SERVICE_HOST", "_TCP_ADDR")) and not value.startswith(("/", "localhost", "127.")):
            port = env.get(f"{match['stem']}PORT", "")
            return address(value, int(port) if port.isdigit() else _usual_port(match["stem"], env))
    return None


def _usual_port(stem: str, env: Mapping[str, str]) -> int:
    """The port of the kind of database that names and values suggest; PostgreSQL's when nothing does."""
    kinds = " ".join([stem, *(value for name, value in sorted(env.items()) if _KIND.search(name))]).lower()
    return 3306 if re.search("mysql|maria|wordpress", kinds) else 5432


def _waiter(target: Target, limit: int | None) -> Program:
    def command(call: Call) -> Process:
        """Try each second, for `limit` seconds (None: without end)."""
        waited = 0
        while isinstance((yield Connect(target.host, target.port, 5 * SECOND)), NetError):
            if limit is not None and waited >= limit:
                yield Write(2, f"{call.name}: {target} is not there after {waited} seconds\n")
                return 1
            yield Sleep(SECOND)
            waited += 1
        return 0

    return command
