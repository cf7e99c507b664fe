"""`kubectl create configmap|secret`: values from literals and files."""

from __future__ import annotations

import base64
import json
import posixpath

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Refusal, Unsupported
from simulator.kubectl.flags import Words
from simulator.kubectl.verb import Verb
from simulator.kubectl.write.create import MADE, described, new
from simulator.manifest.validation.names import config_key
from simulator.objects.base import JSON
from simulator.objects.labels import SECRET_DOCKER_CONFIG_JSON, SECRET_TLS


def config_map(words: Words, name: str) -> JSON:
    """A ConfigMap. What is no text goes into binaryData."""
    data: dict[str, str] = {}
    binary: dict[str, str] = {}
    for key, value in _values(words, "env config file cannot be a directory"):
        if errors := config_key(key):
            raise Refusal(f'"{key}" is not a valid key name for a ConfigMap: {",".join(errors)}')
        for place, taken in (("Data", data), ("BinaryData", binary)):
            if key in taken:
                raise Refusal(f'cannot add key "{key}", another key by that name already exists in {place} for ConfigMap "{name}"')
        try:
            data[key] = value.decode()
        except UnicodeDecodeError:
            binary[key] = base64.b64encode(value).decode()
    return new("v1", "ConfigMap", name, **({"binaryData": binary} if binary else {}), **({"data": data} if data else {}))


def secret(words: Words, name: str) -> JSON:
    """A Secret."""
    data: dict[str, str] = {}
    for key, value in _values(words, "env secret file cannot be a directory", literals_first=True):
        if errors := config_key(key):
            raise Refusal(f'"{key}" is not valid key name for a Secret {";".join(errors)}')
        if key in data:
            raise Refusal(f"cannot add key {key}, another key by that name already exists")
        data[key] = base64.b64encode(value).decode()
    kind = {"type": words["type"]} if words["type"] else {}
    return new("v1", "Secret", name, **({"data": data} if data else {}), **kind)


def _values(words: Words, no_directory: str, *, literals_first: bool = False) -> list[tuple[str, bytes]]:
    """Keys and values of all --from flags. Raises Refusal."""
    if words["append-hash"]:
        raise Unsupported("podsim does not append hashes to names")
    if words["from-env-file"] and (words["from-file"] or words["from-literal"]):
        raise Refusal("from-env-file cannot be combined with from-file or from-literal")
    result: list[tuple[str, bytes]] = []
    for group in ("from-literal", "from-file") if literals_first else ("from-file", "from-literal"):
        for source in words[group]:
            result += file_values(words, source) if group == "from-file" else [_literal(source)]
    for name in words["from-env-file"]:
        result += _env_file(words, name, no_directory)
    return result


def _literal(source: str) -> tuple[str, bytes]:
    key, equals, value = source.partition("=")
    if not equals or not key:
        raise Refusal(f"invalid literal source {source}, expected key=value")
    return key, value.encode()


def file_values(words: Words, source: str) -> list[tuple[str, bytes]]:
    """A file under its own name or another one; of a directory, every file. Raises Refusal."""
    key, equals, name = source.rpartition("=")
    if source.count("=") > 1:
        raise Refusal("key names or file paths cannot contain '='")
    if equals and not key:
        raise Refusal(f"key name for file path {name} missing")
    if equals and not name:
        raise Refusal(f"file path for key name {key} missing")
    entries = words.files.entries(name)
    if entries is None:
        return [(key or posixpath.basename(name), _bytes(words, name))]
    if equals:
        raise Refusal("cannot give a key name for a directory path")
    return [(entry, _bytes(words, posixpath.join(name, entry))) for entry in entries]


def _bytes(words: Words, name: str) -> bytes:
    try:
        return words.files.read(name)
    except OSError as error:
        raise Refusal(f"error reading {name}: {(error.strerror or str(error)).lower()}") from error


def _env_file(words: Words, name: str, no_directory: str) -> list[tuple[str, bytes]]:
    if words.files.entries(name) is not None:
        raise Refusal(no_directory)
    lines = (line.lstrip() for line in _bytes(words, name).decode(errors="replace").splitlines())
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return [(key, value.encode()) for key, equals, value in pairs if equals]


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


FROM_FILE = (
    Flag("from-file", "array", metavar="[KEY=]FILE", help="Add a file, or all files of a directory. Repeatable."),
    Flag("from-literal", "array", metavar="KEY=VALUE", help="Add a key and its value. Repeatable."),
    Flag("from-env-file", "array", metavar="FILE", help="Add all KEY=VALUE lines of a file."),
    Flag("append-hash", "bool", help="Not supported."),
)


DRY = "[--dry-run=server|client|none]"


VERBS: tuple[Verb, ...] = (
    Verb(("create", "configmap"), "configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
         "Create a ConfigMap.", (*FROM_FILE, *MADE), described(config_map), ("create configmap settings --from-literal=mode=fast",),
         ("cm",)),
    Verb(("create", "secret", "generic"),
         "generic NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]",
         "Create a Secret.", (*FROM_FILE, Flag("type", metavar="TYPE", help="Type of the Secret."), *MADE), described(secret),
         ("create secret generic token --from-literal=key=abc",)),
    Verb(("create", "secret", "tls"), f"tls NAME --cert=path/to/cert/file --key=path/to/key/file {DRY}", "Create a TLS Secret.",
         (Flag("cert", metavar="FILE", help="Certificate file."), Flag("key", metavar="FILE", help="Private key file."), *MADE),
         described(certificate), ("create secret tls web --cert=tls.crt --key=tls.key",)),
    Verb(("create", "secret", "docker-registry"),
         "docker-registry NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] "
         f"[--from-file=[key=]source] {DRY}", "Create a Secret for an image registry.",
         (Flag("docker-username", metavar="NAME"), Flag("docker-password", metavar="PASSWORD"), Flag("docker-email", metavar="EMAIL"),
          Flag("docker-server", default="https://index.docker.io/v1/", metavar="URL"),
          Flag("from-file", "slice", metavar="[KEY=]FILE", help="Configuration file of a registry client."), *MADE),
         described(registry), ("create secret docker-registry hub --docker-username=ann --docker-password=secret",)),
)  # fmt: skip
