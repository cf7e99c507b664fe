"""kubectl's commands, run in this process."""

from __future__ import annotations

import shlex

from simulator.kubectl.print.listing import GetOptions
from simulator.kubectl.read.describe import DescribeOptions, describe
from simulator.kubectl.read.events import EventOptions, events
from simulator.kubectl.read.get import get
from simulator.kubectl.view import Printed, View


def run(command: str, namespace: str, view: View) -> Printed:
    """`kubectl get|describe|events …` as recorded."""
    verb, *words = shlex.split(command.removeprefix("kubectl "))
    args = [word for word in words if not word.startswith("-") and word not in ("wide", "yaml")]
    if verb == "events":
        return events(EventOptions(namespace=namespace), view)
    if verb == "describe":
        return describe(args, DescribeOptions(namespace=namespace, show_events=True), view)
    output = words[words.index("-o") + 1] if "-o" in words else ""
    sort_by = next((word.removeprefix("--sort-by=") for word in words if word.startswith("--sort-by=")), "")
    return get(args, GetOptions(namespace=namespace, output=output, sort_by=sort_by), view)
