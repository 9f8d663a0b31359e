"""The project's own modules, parsed once, for the rules of the house."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOORS = ("web", "api", "jobs", "commands")


@dataclass(frozen=True, slots=True)
class Module:
    """One file: where it is (from the project's folder, with slashes), its lines and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def folder(self) -> str:
        """The app or door that it belongs to."""
        return self.path.split("/")[1]

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    def classes(self) -> Iterator[ast.ClassDef]:
        """Every class."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    def calls(self) -> Iterator[ast.Call]:
        """Every call."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


def module(path: str, text: str) -> Module:
    """A module of that text: a file's, or a sample's."""
    return Module(path, text, ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """All modules of the package but its migrations, which a tool writes."""
    files = sorted((ROOT / "schakel").rglob("*.py"))
    ours = (file for file in files if "migrations" not in file.parts)
    return tuple(module(file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")) for file in ours)


@cache
def floors() -> dict[str, int]:
    """Each folder's floor, from 0 at the bottom: the order that the import contract in pyproject.toml keeps."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["name"] == "Floors")
    return {name.strip(): floor for floor, layer in enumerate(reversed(layers)) for name in layer.split("|")}
