"""Custom resources: discovery, Tables with the columns of their definition, and the same from `podsim get`."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.kubectl.print.listing import GetOptions
from simulator.kubectl.read.get import get
from simulator.kubectl.view import View
from simulator.serve.app import App
from tests.serve.talk import TABLE, Client, session

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
WIDGETS = "/apis/example.com/v1/namespaces/default/widgets"
SCHEMA = {
    "type": "object",
    "properties": {"spec": {"type": "object", "properties": {"size": {"type": "integer"}, "color": {"type": "string"}}}},
}
DEFINITION: dict[str, Any] = {
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets", "singular": "widget", "listKind": "WidgetList", "shortNames": ["wd"]},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": SCHEMA},
                "additionalPrinterColumns": [
                    {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
                    {"name": "Color", "type": "string", "jsonPath": ".spec.color", "priority": 1},
                    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
                ],
            }
        ],
    },
}


def test_columns_of_a_definition() -> None:
    async def body() -> None:
        world = session()
        ask = Client(App(world))
        assert (
            await ask.ask("POST", DEFINITIONS, {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", **DEFINITION})
        ).status == 201
        group = (await ask.get("/apis/example.com/v1")).json["resources"][0]
        assert (group["name"], group["shortNames"]) == ("widgets", ["wd"])
        made = await ask.ask(
            "POST", WIDGETS, {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w1"}, "spec": {"size": 3}}
        )
        assert made.status == 201, made.body
        table = (await ask.ask("GET", WIDGETS, headers=TABLE)).json
        columns = [(column["name"], column["type"], column["priority"]) for column in table["columnDefinitions"]]
        assert columns == [("Name", "string", 0), ("Size", "integer", 0), ("Color", "string", 1), ("Age", "date", 0)]
        assert [row["cells"] for row in table["rows"]] == [["w1", 3, "", "0s"]]
        printed = get(["wd"], GetOptions(), View(world.snapshot()))
        assert printed.out.splitlines() == ["NAME   SIZE   AGE", "w1     3      0s"]

    asyncio.run(body())
