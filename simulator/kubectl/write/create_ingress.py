"""`create ingress` (kubectl/pkg/cmd/create): `host/path=service:port[,tls[=secret]]`. Kept; nothing comes in through it here."""

from __future__ import annotations

import re
from typing import Any

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.verb import Verb
from simulator.kubectl.write.create import MADE, described
from simulator.objects.base import JSON

RULE = re.compile(r"[\w*.-]*/.*=[\w-]+:[\w-]+", re.ASCII)
"""How a rule begins; what stands behind is not looked at."""
NOTHING = (
    "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) "
    "or a list of rules (which catch specific paths)"
)


def ingress(words: Words, name: str) -> JSON:
    """An Ingress. Raises Refusal."""
    rules, backend = words["rule"], words["default-backend"]
    if not backend and not rules:
        raise Refusal(NOTHING)
    for rule in rules:
        if RULE.match(rule) is None:
            raise Refusal(f"rule {rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]")
    for text in words["annotation"]:
        if "=" not in text:
            raise Refusal(f"annotation {text} is invalid and should be in format key=[value]")
    if backend and backend.count(":") != 1:
        raise Refusal("default-backend should be in format servicename:serviceport")
    notes = dict(text.split("=", 1) for text in words["annotation"])
    spec: JSON = {**({"ingressClassName": words["class"]} if words["class"] else {})}
    spec |= {"defaultBackend": _backend(backend)} if backend else {}
    spec |= {"rules": _rules(rules)} if rules else {}
    spec |= {"tls": tls} if (tls := _secrets(rules)) else {}
    metadata: JSON = {"name": name, **({"annotations": notes} if notes else {})}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": spec, "status": {"loadBalancer": {}}}


def _rules(texts: list[str]) -> list[JSON]:
    """The paths, those of one host together."""
    hosts: dict[str, list[JSON]] = {}
    for text in texts:
        host, _, rest = text.partition(",")[0].partition("/")
        path, service = f"/{rest.split('=')[0]}", rest.split("=")[1]
        kind = "Prefix" if path.endswith("*") else "Exact"
        hosts.setdefault(host, []).append({"backend": _backend(service), "path": path.removesuffix("*"), "pathType": kind})
    return [{**({"host": host} if host else {}), "http": {"paths": paths}} for host, paths in hosts.items()]


def _backend(text: str) -> JSON:
    service, port = text.split(":")[:2]
    number: dict[str, Any] = {"number": int(port)} if re.fullmatch(r"[-+]?[0-9]+", port) else {"name": port}
    return {"service": {"name": service, "port": number}}


def _secrets(texts: list[str]) -> list[JSON]:
    """Which hosts are served with which certificate; each host once."""
    secrets: dict[str, list[str]] = {}
    for text in texts:
        route, comma, tls = text.partition(",")
        host = route.partition("/")[0]
        if comma and not any(host in hosts for hosts in secrets.values()):
            secrets.setdefault(tls.partition("=")[2], []).extend([host] if host else [])
    result = [{**({"hosts": hosts} if hosts else {}), **({"secretName": secret} if secret else {})} for secret, hosts in secrets.items()]
    return [item for item in result if item]


VERBS: tuple[Verb, ...] = (
    Verb(("create", "ingress"), "ingress NAME --rule=host/path=service:port[,tls[=secret]]",
         "Create an Ingress (stored, not simulated).",
         (Flag("rule", "array", metavar="RULE", help="host/path=service:port[,tls[=secret]]; a path ending in * is a prefix."),
          Flag("class", metavar="CLASS", help="Ingress class."),
          Flag("default-backend", metavar="SERVICE:PORT", help="Backend for all other requests."),
          Flag("annotation", "array", metavar="KEY=VALUE"), *MADE), described(ingress),
         ("create ingress web --rule='example.com/*=web:80'",), ("ing",)),
)  # fmt: skip
