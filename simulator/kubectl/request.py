"""What a verb that writes is asked to do, however that was said: on a command line, in a Scenario, from Python."""

from __future__ import annotations

from typing import NamedTuple

from simulator.errors import Problem
from simulator.manifest.files import Source
from simulator.objects.base import JSON


class Request(NamedTuple):
    """A verb (`setImage`), the objects it is about (`deployment/web`), and its options, by the names that Scenarios give them.

    `sources`: the files it names, as far as they were read already; a problem stands for one that cannot be read.
    `wait`: whether kubectl waits until the objects are gone.
    """

    verb: str
    target: str = ""
    options: JSON = {}
    sources: tuple[Source | Problem, ...] = ()
    wait: bool = False
