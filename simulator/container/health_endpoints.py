"""Bodies of the health endpoints of well-known servers, for scripts that look for a word in the answer and not only for a 200. Pure."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import parse_qs, urlsplit

_CLUSTER_HEALTH = '{"cluster_name":"elasticsearch","status":"green","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1}'
_ANY = '{"status":"UP","message":"ok","healthy":true,"ready":true}'
_GREEN = "green\n"
_UP = '{"status":"UP"}'
_OK = '{"status":"ok"}'

_BODIES: tuple[tuple[str, str], ...] = (
    # Regular expressions of port and path; the first match counts. Sources: each project's documentation of its health endpoints.
    (r"\d+/_cluster/health.*", _CLUSTER_HEALTH),  # Elasticsearch, OpenSearch
    (r"\d+/_cat/health", "1735722000 09:00:00 elasticsearch green 1 1 0 0 0 0 0 0 - 100.0%\n"),
    (r"9200/", '{"cluster_name":"elasticsearch","version":{"number":"8.17.0"},"tagline":"You Know, for Search"}'),
    (r"5601/.*api/status", '{"status":{"overall":{"level":"available","state":"green"}}}'),  # Kibana
    (r"\d+/v1/sys/(health|seal-status|init)", '{"initialized":true,"sealed":false,"standby":false}'),  # Vault
    (r"\d+/v1/status/leader", '"10.244.0.2:8300"'),  # Consul
    (r"\d+/v1/status/peers", '["10.244.0.2:8300"]'),
    (r"\d+/api/(healthchecks/node|health/checks/.*|aliveness-test/.*)", _OK),  # RabbitMQ
    (r"3000/api/health", '{"database":"ok","version":"11.4.0"}'),  # Grafana
    (r"\d+/api/healthz", '{"status":"pass"}'),  # Gitea
    (r"\d+/.*api/system/status", _UP),  # SonarQube
    (r"\d+/api/v2\.0/health", '{"status":"healthy"}'),  # Harbor
    (r"\d+/-/(readiness|liveness)", '{"status":"ok","master_check":[{"status":"ok"}]}'),  # GitLab
    (r"\d+/-/health", "GitLab OK"),
    (r"\d+/-/ready", "Prometheus Server is Ready.\n"),
    (r"\d+/-/healthy", "Prometheus Server is Healthy.\n"),
    (r"2379/health", '{"health":"true","reason":""}'),  # etcd
    (r"8086/health", '{"name":"influxdb","message":"ready for queries and writes","status":"pass"}'),
    (r"8123/(ping)?", "Ok.\n"),  # ClickHouse
    (r"8793/health|8080/api/v2/monitor/health", '{"metadatabase":{"status":"healthy"},"scheduler":{"status":"healthy"}}'),  # Airflow
    (r"\d+/_up", _OK),  # CouchDB
    (r"\d+/v1/info", '{"starting":false}'),  # Trino
    (r"4444/(wd/hub/)?status", '{"value":{"ready":true,"message":"Selenium Grid ready."}}'),
    (r"\d+/(subjects|connectors)/?", "[]\n"),  # Kafka's schema registry and Connect
    (r"\d+/solr/admin/info/system", '{"responseHeader":{"status":0},"lucene":{}}'),
    (r"\d+/solr/.*/?admin/ping", '{"responseHeader":{"status":0},"status":"OK"}'),
    (r"\d+/admin/v\d/brokers/health|\d+/admin/v2/brokers/ready", "ok"),  # Pulsar
    (r"\d+/status/health", "true"),  # Druid
    (r"\d+/commands/ruok", '{"command":"ruok","error":null}'),  # ZooKeeper's admin server
    (r"11434/", "Ollama is running"),
    (r"\d+/.*actuator/(health|info)(/.*)?", _UP),  # Spring Boot
    (r"\d+/q/health(/.*)?", '{"status":"UP","checks":[]}'),  # Quarkus
    (r"\d+/minio/health/.*", ""),
    (r"(8080|9000)/.*health/(ready|live|started)", '{"status":"UP","checks":[]}'),  # MicroProfile, Keycloak
    (r"\d+/realms/[^/]+(/\.well-known/openid-configuration)?", '{"realm":"master","issuer":"http://keycloak/realms/master"}'),
    (r"\d+/(.*/)?(healthz|livez|readyz)(/.*)?", "ok"),
    (r"\d+/(.*/)?ping", "pong\n"),
    (r"\d+/(.*/)?ready", "ready\n"),
    (r"\d+/(.*/)?(health|healthcheck|health-check|health_check|status|up|live|liveness|readiness|alive)(/.*)?", _ANY),
)


_SPECIFIC = next(index for index, (_, body) in enumerate(_BODIES) if body == "ok" and "healthz" in _BODIES[index][0])
"""How many rows are about one project; the rest are usual names."""


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), body) for pattern, body in _BODIES)


def healthy_answer(port: int, url: str) -> str:
    """The body that a healthy server on `port` sends for `url`; empty for an unknown path."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    path = parts.path or "/"
    if path == "/_cat/health" and parse_qs(parts.query).get("h", [""])[0] in ("st", "status"):
        return _GREEN
    return next((body for pattern, body in _compiled() if pattern.fullmatch(f"{port}{path}")), "")


def is_known_endpoint(port: int, path: str) -> bool:
    """Whether a path is a health endpoint of a project that podsim knows, and not only one by its usual name."""
    return any(pattern.fullmatch(f"{port}{path}") for pattern, _ in _compiled()[:_SPECIFIC])
