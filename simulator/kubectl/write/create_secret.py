"""`create secret tls|docker-registry` (kubectl/pkg/cmd/create)."""

from __future__ import annotations

import base64
import json

from simulator.kubectl.errors import Refusal
from simulator.kubectl.flags import Flag, Words
from simulator.kubectl.verb import Verb
from simulator.kubectl.write.create_objects import file_values
from simulator.kubectl.write.creating import MADE, made
from simulator.objects.base import JSON
from simulator.objects.labels import SECRET_DOCKER_CONFIG_JSON, SECRET_TLS


def _secret(name: str, kind: str, values: dict[str, bytes]) -> JSON:
    data = {key: base64.b64encode(value).decode() for key, value in values.items()}
    return {"apiVersion": "v1", "data": data, "kind": "Secret", "metadata": {"name": name}, "type": kind}


def certificate(words: Words, name: str) -> JSON:
    """A Secret with a key and its certificate; only their outer form is looked at. Raises Refusal."""
    if not words["key"] or not words["cert"]:
        raise Refusal("key and cert must be specified")
    values = {"tls.crt": _read(words, words["cert"]), "tls.key": _read(words, words["key"])}
    for key, what in (("tls.crt", "certificate"), ("tls.key", "key")):
        if b"-----BEGIN " not in values[key]:
            raise Refusal(f"tls: failed to find any PEM data in {what} input")
    return _secret(name, SECRET_TLS, values)


def _read(words: Words, name: str) -> bytes:
    try:
        return words.files.read(name)
    except OSError as error:
        raise Refusal(f"Cannot read file {name}, open {name}: {(error.strerror or str(error)).lower()}") from error


def registry(words: Words, name: str) -> JSON:
    """A Secret with what one needs to get at a registry. Raises Refusal."""
    user, password, server = (words[f"docker-{part}"] for part in ("username", "password", "server"))
    kind = SECRET_DOCKER_CONFIG_JSON
    if words["from-file"]:
        return _secret(name, kind, dict(pair for source in words["from-file"] for pair in file_values(words, source)))
    if not (user and password and server):
        needed = "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required"
        raise Refusal(needed)
    entry = {"username": user, "password": password, **({"email": words["docker-email"]} if words["docker-email"] else {})}
    entry["auth"] = base64.b64encode(f"{user}:{password}".encode()).decode()
    text = json.dumps({"auths": {server: entry}}, separators=(",", ":"))
    return _secret(name, kind, {".dockerconfigjson": text.encode()})


DRY = "[--dry-run=server|client|none]"
VERBS: tuple[Verb, ...] = (
    Verb(("create", "secret", "tls"), f"tls NAME --cert=path/to/cert/file --key=path/to/key/file {DRY}", "A Secret for TLS.",
         (Flag("cert", metavar="FILE", help="The certificate."), Flag("key", metavar="FILE", help="Its key."), *MADE),
         made(certificate), ("create secret tls web --cert=tls.crt --key=tls.key",)),
    Verb(("create", "secret", "docker-registry"),
         "docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] "
         f"[--from-file=[key=]source] {DRY}", "A Secret for a registry.",
         (Flag("docker-username", metavar="NAME"), Flag("docker-password", metavar="PASSWORD"), Flag("docker-email", metavar="EMAIL"),
          Flag("docker-server", default="https://index.docker.io/v1/", metavar="URL"),
          Flag("from-file", "slice", metavar="[KEY=]FILE", help="A file of the registry's client."), *MADE),
         made(registry), ("create secret docker-registry hub --docker-username=ann --docker-password=secret",)),
)  # fmt: skip
