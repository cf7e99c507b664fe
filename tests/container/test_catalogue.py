"""The catalogue of images: every row is whole and says where its figures come from, and image names find their row."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest

from simulator.container.catalogue import ASSUMED, FILE, UNKNOWN_SIZE, Entry, entries, is_certain, known, process_of, server, size_of
from simulator.images.reference import reference
from simulator.units import MINUTE, SECOND, parse_duration
from tests.container.test_processes import assumed, exits, logs, play, pod, sh, status

__all__ = ["play"]

GB = 1_000_000_000
WANTED = (
    "nginx", "redis", "postgres", "mysql", "mariadb", "mongo", "rabbitmq", "apache/kafka", "confluentinc/cp-kafka", "bitnami/kafka",
    "strimzi/kafka", "zookeeper", "elasticsearch", "opensearchproject/opensearch", "memcached", "etcd", "consul", "vault", "busybox",
    "alpine", "debian", "ubuntu", "python", "node", "golang", "openjdk", "eclipse-temurin", "tomcat", "httpd", "traefik",
    "envoyproxy/envoy", "haproxy", "caddy", "prom/prometheus", "grafana/grafana", "prom/alertmanager", "prom/node-exporter",
    "minio/minio", "nats", "jaegertracing/all-in-one", "cassandra", "influxdb", "wordpress", "ghost", "drupal", "keycloak/keycloak",
    "nextcloud", "jenkins/jenkins", "sonarqube", "gitea/gitea", "registry", "registry.k8s.io/pause", "curlimages/curl",
    "bitnami/kubectl", "jetstack/cert-manager-controller", "argoproj/argocd", "fluxcd/source-controller", "coredns/coredns",
    "metrics-server/metrics-server", "ingress-nginx/controller", "kubernetesui/dashboard", "mailhog/mailhog", "adminer", "phpmyadmin",
    "dpage/pgadmin4", "mongo-express", "rediscommander/redis-commander", "google-samples/gb-frontend", "weaveworksdemos/front-end",
    "gcr.io/google-samples/microservices-demo/frontend", "istio/proxyv2",
)  # fmt: skip


def test_there_are_many_rows_and_no_name_twice() -> None:
    names = Counter(name for entry in entries() for name in entry.names)
    assert len(entries()) >= 80
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for name, count in Counter(entry.name for entry in entries()).items() if count > 1] == []


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_every_figure_of_a_row_has_its_source_and_makes_sense(entry: Entry) -> None:
    figures = {"does", "size"}
    figures |= {"ports"} if entry.ports else set()
    figures |= {"listens"} if entry.listens else set()
    figures |= {"pages"} if entry.pages is not None else set()
    figures |= {"term"} if entry.term is not None else set()
    assert set(entry.sources) == figures
    for source in entry.sources.values():
        assert source == ASSUMED or source.startswith(("http://", "https://")) or "(7)" in source, source
    assert list(entry.sizes)[-1] == "*", "the last glob is for every other tag"
    assert all(1_000 <= size <= 10 * GB for size in entry.sizes.values())
    assert all(1 <= port <= 65535 for port in entry.ports)
    assert entry.process
    assert entry.names
    if entry.does == "serves":
        assert entry.ports
        assert 0 < parse_duration(entry.listens) <= 2 * MINUTE
    if entry.does in ("serves", "runs", "shell"):
        assert entry.term is not None
        assert entry.stop.delay.median() <= 30 * SECOND
        assert entry.stop.ignore or entry.stop.exit_code in (0, 1, 2, 143)
    if entry.does != "ends":
        assert entry.exit_code == 0


@pytest.mark.parametrize("image", WANTED)
def test_widely_used_images_are_known(image: str) -> None:
    assert known(image) is not None


@pytest.mark.parametrize(
    ("image", "repository", "tag"),
    [
        ("nginx", "nginx", "latest"),
        ("nginx:1.27-alpine", "nginx", "1.27-alpine"),
        ("docker.io/library/redis@sha256:abc", "redis", "latest"),
        ("localhost:5000/redis:7", "redis", "7"),
        ("public.ecr.aws/docker/library/redis:7-alpine", "redis", "7-alpine"),
        ("registry.example.com:443/proxy/library/postgres:16@sha256:0", "postgres", "16"),
        ("bitnami/redis", "bitnami/redis", "latest"),
        ("docker.io/bitnami/redis:7", "bitnami/redis", "7"),
        ("my-library/redis", "my-library/redis", "latest"),
        ("quay.io/prometheus/prometheus:v3", "prometheus/prometheus", "v3"),
    ],
)
def test_the_parts_of_a_name(image: str, repository: str, tag: str) -> None:
    assert reference(image) == (repository, tag)


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("redis:7", "redis"),
        ("registry.k8s.io/redis:e2e", "redis"),
        ("docker.io/bitnami/redis:7", "bitnami-redis"),
        ("quay.io/calico/node:v3", "calico-node"),
        ("ghcr.io/somebody/nginx:1", "nginx"),
        ("php:8.3-apache", "php-apache"),
        ("php:8.3-fpm-alpine", "php-fpm"),
        ("php:8.3", "php"),
        ("lrakai/microservices:server-v1", None),
        ("mynginx", None),
    ],
)
def test_which_row_an_image_has(image: str, name: str | None) -> None:
    entry = known(image)
    assert (entry and entry.name) == name


def test_sizes_go_by_tag() -> None:
    assert size_of("nginx:1.27-alpine") < size_of("nginx:1.27")
    assert size_of("redis") == size_of("docker.io/library/redis:8") == 55_474_442
    assert size_of("unheard-of/app") == UNKNOWN_SIZE


def test_processes() -> None:
    assert process_of("mysql:8") == "mysqld"
    assert process_of("example.com/team/my-app:1@sha256:0") == "my-app"
    entry = server("redis-server")
    assert entry is not None
    assert entry.ports == (6379,)


@pytest.mark.parametrize(
    ("image", "command", "args", "same"),
    [
        ("redis", [], [], True),
        ("redis", [], ["--appendonly", "yes"], True),
        ("redis", ["redis-server"], ["/etc/redis.conf"], True),
        ("redis", ["docker-entrypoint.sh"], ["redis-server"], True),
        ("redis", ["docker-entrypoint.sh"], ["my-script"], False),
        ("redis", ["/start.sh"], [], False),
        ("redis", [], ["my-script"], False),
        ("minio/minio", [], ["server", "/data"], True),
        ("minio/minio", [], ["update"], False),
    ],
)
def test_a_command_line_may_make_another_thing_of_an_image(image: str, command: list[str], args: list[str], same: bool) -> None:
    entry = known(image)
    assert entry is not None
    assert entry.starts_with(command, args) is same


def test_reading_it_takes_no_time_worth_mentioning() -> None:
    begun = time.process_time()
    assert entries.__wrapped__()  # not the rows that others have by now
    assert time.process_time() - begun < 0.05
    assert FILE.stat().st_size < 200_000


PROBE = {"readinessProbe": {"httpGet": {"port": 80, "path": "/healthz"}, "periodSeconds": 1}}


def test_a_page_that_the_own_site_of_an_image_lacks_is_404(play: Any) -> None:
    journal = play(pod("a", {"name": "c", "image": "nginx:1.27", **PROBE}))
    assert not status(journal, "a", "c").ready
    assert "answers /healthz with 404" in assumed(journal)
    assert status(play(pod("a", {"name": "c", "image": "traefik/whoami", **PROBE})), "a", "c").ready


@pytest.mark.parametrize(
    ("command", "source", "ready"),
    [
        ("echo up > /html/healthz", {"emptyDir": {}}, True),
        ("true", {"emptyDir": {}}, False),
        ("true", {"hostPath": {"path": "/var"}}, True),
    ],
)
def test_the_document_root_in_a_volume_has_the_files_of_the_volume(play: Any, command: str, source: dict[str, Any], ready: bool) -> None:
    mount = {"volumeMounts": [{"name": "html", "mountPath": "/usr/share/nginx/html"}]}
    init = sh("i", command, volumeMounts=[{"name": "html", "mountPath": "/html"}])
    spec = {"initContainers": [init], "volumes": [{"name": "html", **source}]}
    assert status(play(pod("a", {"name": "c", "image": "nginx:1.27", **mount, **PROBE}, **spec)), "a", "c").ready is ready


def test_nginx_refuses_a_directory_without_an_index_and_httpd_lists_it(play: Any) -> None:
    for image, root, ready in (("nginx:1.27", "/usr/share/nginx/html", False), ("httpd:2.4", "/usr/local/apache2/htdocs", True)):
        probe = {"readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 1}}
        container = {"name": "c", "image": image, "volumeMounts": [{"name": "html", "mountPath": root}], **probe}
        assert status(play(pod("a", container, volumes=[{"name": "html", "emptyDir": {}}])), "a", "c").ready is ready


def test_an_image_of_a_private_registry_is_only_taken_for_the_one_of_its_name() -> None:
    entry = known("nginx")
    assert entry is not None
    images = ("nginx", "docker.io/library/nginx:1", "mirror.gcr.io/nginx", "registry.example.com/nginx", "team/nginx")
    assert [is_certain(image, entry) for image in images] == [True, True, True, False, False]


def test_another_verb_of_a_server_is_a_step(play: Any) -> None:
    container = {**sh("c", "TOKEN=$(gitea generate secret TOKEN); echo made; exec gitea web"), "image": "gitea/gitea:1.22"}
    journal = play(pod("a", container))
    assert logs(journal, "c") == ["made"]
    assert not exits(journal, "c")
