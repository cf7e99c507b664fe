"""Migrations that podsim cannot run still need the database that their environment names."""

from __future__ import annotations

import pytest

from simulator.userland.clients.migrations import database, looks_like_one
from tests.fake_container import World, sh

MIGRATIONS = (
    "python manage.py migrate --noinput", "python manage.py wait_for_db", "bundle exec rake db:migrate", "bin/rails db:prepare",
    "alembic upgrade head", "alembic -c conf/alembic.ini upgrade head", "flask db upgrade", "php artisan migrate --force",
    "bin/console doctrine:migrations:migrate", "npx prisma migrate deploy", "npm run migration:run", "yarn db:migrate",
    "knex migrate:latest", "airflow db check", "superset db upgrade", "sentry upgrade --noinput", "hydra migrate sql -e",
    "kong migrations bootstrap", "dotnet ef database update", "mix ecto.migrate", "/app/bin/migrate", "bin/migrate-check",
    "gitea migrate", "rails runner x", "python manage.py shell -c x", "php bin/console dbal:run-sql x", "wp db check", "./migrator up",
)  # fmt: skip
OTHERS = (
    "python manage.py collectstatic", "python manage.py makemigrations", "php artisan make:migration x", "npm run build",
    "alembic --help", "node server.js", "echo done", "cp -r immigration /x",
)  # fmt: skip


def test_migrations_are_known_by_their_words() -> None:
    assert [line for line in MIGRATIONS if not looks_like_one(line)] == []
    assert [line for line in OTHERS if looks_like_one(line)] == []


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"DATABASE_URL": "postgres://u:p@db/app"}, "db:5432"),
        ({"DATABASE_URL": "postgresql+asyncpg://u:p@db:6432/app"}, "db:6432"),
        ({"SPRING_DATASOURCE_URL": "jdbc:mysql://db:3307/app"}, "db:3307"),
        ({"URL": "mysql2://u:p@db/app"}, "db:3306"),
        ({"WORDPRESS_DB_HOST": "db:3306"}, "db:3306"),
        ({"WORDPRESS_DB_HOST": "db"}, "db:3306"),
        ({"DB_HOST": "db", "DB_CONNECTION": "mysql"}, "db:3306"),
        ({"DB_HOST": "db", "DB_PORT": "6000"}, "db:6000"),
        ({"PGHOST": "db"}, "db:5432"),
        ({"MYSQL_SERVER": "db"}, "db:3306"),
        ({"DB_SERVICE_HOST": "10.96.0.7", "DB_PORT_5432_TCP_ADDR": "10.96.0.7"}, None),
        ({"DB_HOST": "/cloudsql/x"}, None),
        ({"REDIS_HOST": "redis", "GITHUB_SERVER": "x"}, None),
    ],
)
def test_the_environment_says_where_the_database_is(env: dict[str, str], expected: str | None) -> None:
    target = database(env)
    assert (None if target is None else f"{target.host}:{target.port}") == expected


def test_one_without_a_database_is_a_command_that_nobody_knows() -> None:
    world = World()
    sh("alembic upgrade head", world=world)
    assert (world.unknown_commands, world.notes) == ([("alembic", "upgrade", "head")], [])


def test_airflow_gives_up_after_its_time() -> None:
    env = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://u:p@db/airflow"}
    container = sh("airflow db check-migrations --migration-wait-timeout=20", env=env)
    assert (container.main.status, container.at) == (1, 20)


def test_an_address_that_makes_no_sense_is_not_read() -> None:
    world = World()
    env = {"DSN": "postgres://u:p@$(HOST):$(PORT)/app"}
    assert sh("hydra migrate sql -e; until frobnicate 'postgres://$(x):$(y)/z'; do sleep 1; done", env=env, world=world).main.status == 0
    assert [argv[0] for argv in world.unknown_commands] == ["hydra", "frobnicate"]
