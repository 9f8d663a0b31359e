"""Texts: from the report's own words, notes, opinions and courses of action, for one reader and language each."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from schakel.sharing.document import Text
from schakel.sharing.formats.stix.extension import carried
from schakel.sharing.formats.stix.limits import Json
from schakel.sharing.words import Reader


@dataclass(slots=True)
class _Draft:
    """One text while its parts are found."""

    title: str = ""
    summary: str = ""
    body: list[str] = field(default_factory=list)
    action: list[str] = field(default_factory=list)


def texts(head: Json, objects: list[Json], *, title: str) -> tuple[Text, ...]:
    """The texts of a document of that title; the first is that of its report or grouping, empty where it has none."""
    mine = carried(head)
    first = (str(mine.get("reader") or Reader.EXPERT), str(head.get("lang", "")))
    drafts = {first: _Draft(title=title)}
    _say(drafts[first], head.get("description", ""), str(mine.get("summary", "")))
    for one in objects:
        place = _place(one, first)
        if one["type"] == "course-of-action":
            drafts.setdefault(place, _Draft()).action.append(_action(one))
        elif one["type"] in {"note", "opinion"}:
            _add(drafts.setdefault(place, _Draft()), one)
    return tuple(_texts(drafts))


def _place(one: Json, first: tuple[str, str]) -> tuple[str, str]:
    """For which reader and language: as our extension says, else those of the whole."""
    reader = carried(one).get("reader")
    return (str(reader), str(one.get("lang", ""))) if reader else first


def _action(one: Json) -> str:
    description = str(one.get("description", ""))
    return description if carried(one).get("reader") or not one["name"] else _titled(one["name"], description)


def _add(draft: _Draft, one: Json) -> None:
    mine = carried(one)
    content = str(one.get("content") or one.get("explanation") or "")
    if mine.get("reader"):
        draft.title = str(one.get("abstract", ""))
        _say(draft, content, str(mine.get("summary", "")))
    elif content:
        draft.body.append(_titled(one.get("abstract", ""), content))


def _say(draft: _Draft, content: str, summary: str) -> None:
    """Others read summary and body as one; ours says where the summary ends."""
    if summary and content.startswith(summary):
        draft.summary, content = summary, content.removeprefix(summary).lstrip("\n")
    if content:
        draft.body.append(content)


def _titled(title: str, content: str) -> str:
    return f"**{title}**\n\n{content}" if title and content else title or content


def _texts(drafts: dict[tuple[str, str], _Draft]) -> Iterator[Text]:
    for (reader, language), draft in drafts.items():
        yield Text(
            reader=reader,
            language=language,
            title=draft.title,
            summary=draft.summary,
            body="\n\n".join(draft.body),
            action="\n\n".join(draft.action),
        )
