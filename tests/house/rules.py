"""The rules of the house that no linter knows. Each takes one module and returns what is wrong in it, line by line."""

import ast
from collections.abc import Iterator

from schakel.policy.sharing import Tlp
from tests.house.sources import DOORS, Module

LONGEST_FUNCTION = 60
LONGEST_FILE = 500
WRITES = frozenset(
    {
        "save", "create", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
        "asave", "acreate", "adelete", "abulk_create", "aget_or_create", "aupdate_or_create",
    }
)  # fmt: skip
MAY_WRITE = {
    "cache": "a cache holds no truth",
    "session": "a session is the visitor's own",
    "index": "the matching index is a folder of files, not a row",
    "router": "a route says what a program may ask, and writes nothing itself",
}
MAY_WRITE_IN = {
    ("schakel/commands/accounts.py", "delete"): "the demonstration's second factor is a row of allauth, not of ours",
}
EMPTY_NAMES = frozenset({"process", "data", "info", "utils", "util", "helpers", "helper", "misc", "common"})
EMPTY_ENDINGS = ("Service", "Manager", "Handler", "Helper", "Utils")
NEEDS_NO_ACTOR = {
    "schakel/notices/actions.py": {"mark_opened": "whoever opens a page is always the holder of its link"},
}


def doors_write_nothing(module: Module) -> Iterator[str]:
    """A door reads the request and makes one call: rows are written by actions and steps."""
    if module.folder not in DOORS:
        return
    for call in module.calls():
        if not isinstance(call.func, ast.Attribute) or (module.path, call.func.attr) in MAY_WRITE_IN:
            continue
        if _is_write(call.func):
            yield f"{module.path}:{call.lineno} writes with .{call.func.attr}(): call an action"


def _is_write(function: ast.Attribute) -> bool:
    receiver = ast.unparse(function.value)
    if receiver.rpartition(".")[2] in MAY_WRITE:
        return False
    is_queryset = isinstance(function.value, ast.Call) or "objects" in receiver.split(".")
    return function.attr in WRITES or (function.attr in {"update", "aupdate"} and is_queryset)


def actions_say_who_and_when(module: Module) -> Iterator[str]:
    """Whoever acts is named, and the clock is read at the door: `*, by, at`."""
    if not module.path.endswith("/actions.py"):
        return
    excepted = NEEDS_NO_ACTOR.get(module.path, {})
    for function in module.tree.body:
        if not isinstance(function, ast.FunctionDef) or function.name.startswith("_") or function.name in excepted:
            continue
        named = {argument.arg for argument in function.args.kwonlyargs}
        if _acts(function) and not {"by", "at"} <= named:
            yield f"{module.path}:{function.lineno} {function.name} writes, but takes no keywords by and at"


def _acts(function: ast.FunctionDef) -> bool:
    """Whether a function writes rows: a transaction around it, or a write inside."""
    is_atomic = any("atomic" in ast.unparse(decorator) for decorator in function.decorator_list)
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return is_atomic or any(isinstance(called, ast.Attribute) and _is_write(called) for called in calls)


def only_policy_judges_labels(module: Module) -> Iterator[str]:
    """What a TLP label allows is written in `policy` alone; elsewhere a label is only carried."""
    if module.folder == "policy":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Compare) and any(_names_label(part) for part in (node.left, *node.comparators)):
            yield f"{module.path}:{node.lineno} compares a TLP label: ask policy.sharing"
        if isinstance(node, ast.Match) and any(_names_label(case.pattern) for case in node.cases):
            yield f"{module.path}:{node.lineno} chooses by a TLP label: ask policy.sharing"
        if isinstance(node, ast.Call) and any(_filters_by_label(keyword) for keyword in node.keywords):
            yield f"{module.path}:{node.lineno} filters by a TLP label: ask policy.sharing for the labels"


def _names_label(part: ast.AST) -> bool:
    labels = {label.value for label in Tlp if label != Tlp.CLEAR} - {"green", "red"} | {label.marking for label in Tlp}
    for node in ast.walk(part):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).rpartition(".")[2] == "Tlp":
            return True
        if isinstance(node, ast.Constant) and node.value in labels:
            return True
    return False


def _filters_by_label(keyword: ast.keyword) -> bool:
    name = keyword.arg or ""
    is_lookup = name in {"tlp__in", "tlp__lt", "tlp__gt", "tlp__lte", "tlp__gte"}
    return is_lookup and (_names_label(keyword.value) or any(isinstance(n, ast.Constant) for n in ast.walk(keyword)))


def former_status_decides_nothing(module: Module) -> Iterator[str]:
    """What a partner was before the Cbw (OKTT, sectoral CSIRT) is kept and shown; nothing that shares reads it."""
    if module.folder in {"registry", *DOORS}:
        return
    for node in ast.walk(module.tree):
        names = [getattr(node, name, "") for name in ("attr", "arg", "value", "id")]
        told = [name for name in names if isinstance(name, str) and name != "legacy_version"]  # A word of CSAF.
        if any(name.startswith(("legacy", "partner__legacy")) for name in told):
            yield f"{module.path}:{node.lineno} reads a former status: it lets nothing pass"


def sizes_hold(module: Module) -> Iterator[str]:
    """A function of 60 lines and a file of 500 are too long for anybody to hold in mind."""
    length = module.text.count("\n")
    if length > LONGEST_FILE:
        yield f"{module.path} has {length} lines, more than {LONGEST_FILE}"
    for function in module.functions():
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LONGEST_FUNCTION:
            yield f"{module.path}:{function.lineno} {function.name} has {lines} lines, more than {LONGEST_FUNCTION}"


def names_say_something(module: Module) -> Iterator[str]:
    """Names that fit everything say nothing."""
    if module.path.rpartition("/")[2].removesuffix(".py") in EMPTY_NAMES:
        yield f"{module.path}: a file name that says nothing"
    for node in (*module.functions(), *module.classes()):
        is_empty = node.name in EMPTY_NAMES or node.name.startswith("do_")
        if is_empty or (isinstance(node, ast.ClassDef) and node.name.endswith(EMPTY_ENDINGS)):
            yield f"{module.path}:{node.lineno} {node.name}: a name that says nothing"


def imports_name_the_whole_way(module: Module) -> Iterator[str]:
    """An import is found by searching for the module's full name."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"{module.path}:{node.lineno} imports from {'.' * node.level}{node.module or ''}: write the full name"


def modules_say_why(module: Module) -> Iterator[str]:
    """A module begins with why it exists; only an empty one need not."""
    if module.tree.body and not ast.get_docstring(module.tree):
        yield f"{module.path}: no docstring that says why it exists"


def tags_are_written_out(module: Module) -> Iterator[str]:
    """A journal tag is plain text of the form app.noun.participle, so that a search finds where it is made."""
    for call in module.calls():
        if not _is_record(call) or module.path == "schakel/journal/actions.py":
            continue
        texts = tags_of(call)
        if not texts:
            yield f"{module.path}:{call.lineno} makes its tag: write it out"
        for tag in texts:
            if tag.count(".") != 2 or tag != tag.lower():
                yield f"{module.path}:{call.lineno} {tag}: a tag reads app.noun.participle"


def _is_record(call: ast.Call) -> bool:
    return ast.unparse(call.func) in {"record", "journal.record", "journal_actions.record", "actions.record"}


def tags_of(call: ast.Call) -> list[str]:
    """The tags that a call of `record` may write: one text, or a choice of two."""
    first = call.args[0] if call.args else ast.Constant(None)
    choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
    texts = [choice.value for choice in choices if isinstance(choice, ast.Constant) and isinstance(choice.value, str)]
    return texts if len(texts) == len(choices) else []


def recorded(module: Module) -> Iterator[tuple[str, int]]:
    """Each journal tag that a module writes, with its line."""
    for call in module.calls():
        if _is_record(call) and module.path != "schakel/journal/actions.py":
            yield from ((tag, call.lineno) for tag in tags_of(call))
