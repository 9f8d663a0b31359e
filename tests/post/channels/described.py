"""A server on this machine that takes only what a published description of an API (OpenAPI 3) says it takes."""

import http.server
import json
import re
import threading
from typing import Any

import jsonschema_rs
import yaml


class Described:
    """Answers each request that the description knows and whose body it allows; what it does not is kept in `wrong`.

    `answers`: {(method, path as described): [(status, body), …]}, used up one by one; after that a plain yes.
    """

    def __init__(self, description: Any) -> None:
        self.document: dict[str, Any] = yaml.load(description.read_text(), Loader=yaml.CSafeLoader)
        self.answers: dict[tuple[str, str], list[tuple[int, bytes]]] = {}
        self.asked: list[tuple[str, str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.wrong: list[str] = []
        outer = self

        class Door(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _take(self) -> None:
                content = self.rfile.read(int(self.headers.get("content-length") or 0))
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                status, body = outer.take(self.command, self.path, content)
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_DELETE = _take

            def log_message(self, *words: Any) -> None:
                return

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def take(self, method: str, path: str, content: bytes) -> tuple[int, bytes]:
        found = next((known for known in self.document["paths"] if _pattern(known).fullmatch(path)), None)
        if found is None or method.lower() not in self.document["paths"][found]:
            self.wrong.append(f"{method} {path} is not described")
            return 405, b"{}"
        body = json.loads(content) if content else None
        self._check(self.document["paths"][found][method.lower()], body, f"{method} {path}")
        self.asked.append((method, path, body))
        left = self.answers.get((method, found))
        return left.pop(0) if left else (200, b"{}")

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _check(self, operation: dict[str, Any], body: Any, what: str) -> None:
        asked = operation.get("requestBody")
        if asked is None:
            if body is not None:
                self.wrong.append(f"{what} takes no body")
            return
        asked = self._resolved(asked)
        schema = _plain(asked["content"]["application/json"]["schema"])
        validator = jsonschema_rs.Draft4Validator({**schema, "components": _plain(self.document["components"])})
        self.wrong += [f"{what}: {flaw.instance_path} {flaw.message}" for flaw in validator.iter_errors(body)]

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in node:
            return node
        found: dict[str, Any] = self.document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return found


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)))


def _plain(node: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema lists another type; its examples and discriminators mean nothing."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {
        name: _plain(value) for name, value in node.items() if name not in {"nullable", "discriminator", "example"}
    }
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        plain["type"] = [node["type"], "null"]
    return plain
