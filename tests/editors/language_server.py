"""The yaml-language-server as an editor uses it: it gets the text of a file and answers with diagnostics."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from tests.conftest import ROOT

SERVER = ROOT / "tests" / "npm" / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
NODE = shutil.which("node")


class Diagnostic(NamedTuple):
    """A mistake that the editor underlines: its first line (from 1) and the message."""

    line: int
    message: str


class LanguageServer:
    """One server; `schemas` has glob -> file of the schema."""

    def __init__(self, folder: Path, schemas: dict[str, Path]) -> None:
        assert NODE is not None
        self._folder = folder
        self._process = subprocess.Popen([NODE, str(SERVER), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)
        self._last = 0
        self._settings = {
            "yaml": {
                "validate": True,
                "completion": True,
                "hover": True,
                "schemaStore": {"enable": False},
                "schemas": {file.as_uri(): pattern for pattern, file in schemas.items()},
            }
        }
        root = folder.as_uri()
        capabilities = {"workspace": {"configuration": True}, "textDocument": {"publishDiagnostics": {}}}
        settings = {"processId": None, "rootUri": root, "capabilities": capabilities, "workspaceFolders": [{"uri": root, "name": "tests"}]}
        self._request("initialize", settings)
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": self._settings}})

    def diagnostics(self, texts: dict[str, str]) -> dict[str, list[Diagnostic]]:
        """What the server finds in files, by name. All are opened at once: the server waits a moment before it looks at a file."""
        names = {self._open(name, text): name for name, text in texts.items()}
        found: dict[str, list[Diagnostic]] = {}
        while len(found) < len(names):
            message = self._receive()
            if message.get("method") == "textDocument/publishDiagnostics" and (name := names.get(message["params"]["uri"])):
                lines = message["params"]["diagnostics"]
                found[name] = [Diagnostic(one["range"]["start"]["line"] + 1, one["message"]) for one in lines]
        return found

    def hover(self, name: str, text: str, line: int, column: int) -> str:
        """What the editor shows for the word at a place (from 1)."""
        place = {"textDocument": {"uri": self._open(name, text)}, "position": {"line": line - 1, "character": column - 1}}
        answer = self._request("textDocument/hover", place)
        return str(answer["contents"]["value"]) if answer else ""

    def completions(self, name: str, text: str, line: int, column: int) -> list[str]:
        """What the editor offers at a place (from 1)."""
        place = {"textDocument": {"uri": self._open(name, text)}, "position": {"line": line - 1, "character": column - 1}}
        return [item["label"] for item in self._request("textDocument/completion", place)["items"]]

    def close(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait()

    def _open(self, name: str, text: str) -> str:
        uri = (self._folder / name).as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return uri

    def _request(self, method: str, params: dict[str, Any]) -> Any:
        self._last += 1
        number = self._last
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == number and "method" not in message:
                return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        """The next message. Questions of the server are answered on the way."""
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
        assert length, "the server has ended"
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        if "method" in message and "id" in message:
            items = message.get("params", {}).get("items", []) if message["method"] == "workspace/configuration" else []
            result = [self._settings.get(item.get("section", "").partition(".")[0]) for item in items] or None
            self._send({"id": message["id"], "result": result})
        return message
