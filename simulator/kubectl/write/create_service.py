"""`kubectl create service`."""

from __future__ import annotations

import re
from typing import Any

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Refusal
from simulator.kubectl.flags import Words
from simulator.kubectl.verb import Verb
from simulator.kubectl.write.create import MADE, Build, described, new
from simulator.manifest.validation.names import port_name, port_number
from simulator.objects.base import JSON


def service(type_: str) -> Build:
    """A Service of that type for the pods with the label app=NAME."""

    def build(words: Words, name: str) -> JSON:
        address = words.flags.get("clusterip") or ""
        if type_ != "ExternalName" and address != "None" and not words["tcp"]:
            raise Refusal("at least one tcp port specifier must be provided")
        node_port = {"nodePort": words["node-port"]} if words.flags.get("node-port") else {}
        ports = [{**_port(text), **node_port} for text in words["tcp"]]
        spec: JSON = {**({"clusterIP": address} if address else {})}
        if type_ == "ExternalName":
            spec["externalName"] = words["external-name"]
        spec |= {**({"ports": ports} if ports else {}), "selector": {"app": name}, "type": type_}
        return {
            **new("v1", "Service", name, spec=spec, status={"loadBalancer": {}}),
            "metadata": {"name": name, "labels": {"app": name}},
        }

    return build


def _port(text: str) -> JSON:
    """`80`, `80:8080` or `80:http`. Raises Refusal."""
    first, *rest = text.split(":")
    if not re.fullmatch(r"\+?[0-9]+", first):
        raise Refusal(f'strconv.ParseUint: parsing "{first}": invalid syntax')
    if int(first) > 2**16 - 1:
        raise Refusal(f'strconv.ParseUint: parsing "{first}": value out of range')
    where: Any = int(first)
    if rest and re.fullmatch(r"[-+]?[0-9]+", rest[0]):
        where = int(rest[0])
        if errors := port_number(where):
            raise Refusal(",".join(errors))
    elif rest:
        where = rest[0]
        if errors := port_name(where):
            raise Refusal(",".join(errors))
    return {"name": text.replace(":", "-"), "port": int(first), "protocol": "TCP", "targetPort": where}


TCP = Flag("tcp", "slice", metavar="PORT[:TARGET]", help="Port to expose.")


SERVICE_USE = "NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]"


SERVICES = {
    "clusterip": ("ClusterIP", "shop --tcp=80:8080", (TCP, Flag("clusterip", metavar="IP", help="Cluster IP, or None."))),
    "nodeport": (
        "NodePort", "shop-outside --tcp=80:8080", (TCP, Flag("node-port", "int", default=0, metavar="PORT", help="Port on the nodes.")),
    ),
    "loadbalancer": ("LoadBalancer", "shop-public --tcp=80:8080", (TCP,)),
    "externalname": (
        "ExternalName", "mail --external-name=mail.example.com",
        (TCP, Flag("external-name", required=True, metavar="NAME", help="External DNS name.")),
    ),
}  # fmt: skip
"""Name -> the type of Service, an example behind the name, flags."""


VERBS: tuple[Verb, ...] = (
    *(Verb(("create", "service", name), f"{name} {SERVICE_USE}", f"Create a Service of type {type_}.", (*flags, *MADE),
    described(service(type_)),
           (f"create service {name} {example}",))
      for name, (type_, example, flags) in SERVICES.items()),
)  # fmt: skip
