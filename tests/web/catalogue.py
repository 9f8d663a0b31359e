"""Every text of the source that is to be translated: from templates as Django reads them, from modules by their calls."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

from schakel.web.messages import CONTEXT, LOCALE, PLURAL, read

SCHAKEL = Path(__file__).parents[2] / "schakel"
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


def texts() -> dict[str, str]:
    """Each text's key and one place where it stands."""
    found: dict[str, str] = {}
    for file in sorted(SCHAKEL.rglob("*.py")):
        found |= {key: f"{file.relative_to(SCHAKEL.parent)}:{line}" for key, line in of_module(file.read_text())}
    for file in sorted(SCHAKEL.rglob("templates/**/*.*")):
        if file.suffix in {".html", ".txt"}:
            found |= {key: str(file.relative_to(SCHAKEL.parent)) for key in of_template(file.read_text())}
    return found


def of_module(text: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in CALLS:
            yield _key(ast.unparse(node.func).rpartition(".")[2], node), node.lineno


def of_template(text: str) -> Iterator[str]:
    """Django turns a template into something with calls of gettext; each stands on its own and parses alone."""
    turned = templatize(text)
    for match in re.finditer(r"\b(n?p?gettext)\(", turned):
        call = _call(turned[match.start() :])
        if call is not None:
            yield _key(match[1], call)


def _call(text: str) -> ast.Call | None:
    """The call with which `text` begins."""
    for end in (at + 1 for at, sign in enumerate(text) if sign == ")"):
        try:
            parsed = ast.parse(text[:end], mode="eval").body
        except SyntaxError:
            continue
        return parsed if isinstance(parsed, ast.Call) else None
    return None


def _key(name: str, call: ast.Call) -> str:
    words = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    strings = [word for word in words if isinstance(word, str)]
    if name.startswith("p"):
        return CONTEXT.join(strings[:2])
    return PLURAL.join(strings[:2]) if name.startswith("n") else "".join(strings[:1])


def translations(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")):
        found |= read(file.read_text(), name=file.name)
    return found
