"""Is there a list on this page that puts partners in an order of size? Whoever takes part is valuable (section 3.4.5)."""

import json
import re
from html.parser import HTMLParser

NUMBER = re.compile(r"(?<![\w/.-])\d{1,3}(?:[.,\s]\d{3})+|(?<![\w/.-])\d+(?:[.,]\d+)?(?![\w/-])")
THOUSANDS = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+")
FEWEST = 3
"""Two rows stand in some order always; of three, chance explains little."""
ROWS = {"tr", "li", "dt", "option"}
LISTS = {"table", "ul", "ol", "dl", "tbody"}


class _Reader(HTMLParser):
    """The rows of each list of a page, by the list, with their cells' texts."""

    def __init__(self):
        super().__init__()
        self.lists, self._open_lists, self._open_rows = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag in LISTS:
            rows: list[list[str]] = []
            self.lists.append((tag, rows))
            self._open_lists.append(rows)
        elif tag in ROWS and self._open_lists:
            self._open_lists[-1].append([""])
            self._open_rows.append(self._open_lists[-1][-1])
        elif tag in {"td", "th", "dd", "span"} and self._open_rows:
            self._open_rows[-1].append("")
        if tag == "meter" and self._open_rows:
            self._open_rows[-1].append(dict(attrs).get("value", ""))

    def handle_endtag(self, tag):
        if tag in LISTS and self._open_lists:
            self._open_lists.pop()
        elif tag in ROWS and self._open_rows and tag != "dt":
            self._open_rows.pop()

    def handle_data(self, text):
        if self._open_rows:
            self._open_rows[-1][-1] += text


def rankings(page, names):
    """What is wrong on an HTML page or in a JSON answer: each list of partners, by `names`, in an order of size."""
    if page.lstrip().startswith(("{", "[")):
        return [
            flaw
            for rows in _lists_of(json.JSONDecoder().raw_decode(page.lstrip())[0])
            for flaw in _flaws(rows, names, is_numbered=False)
        ]
    reader = _Reader()
    reader.feed(page)
    return [flaw for tag, rows in reader.lists for flaw in _flaws(rows, names, is_numbered=tag == "ol")]


def _lists_of(value):
    """Each list of objects in a JSON answer, its objects as rows of cells."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _lists_of(part)
    if isinstance(value, list):
        if value and all(isinstance(one, dict) for one in value):
            yield [[str(cell) for name, cell in sorted(one.items()) if not _is_key(name)] for one in value]
        for part in value:
            yield from _lists_of(part)


def _is_key(name):
    """Whether a name in an answer means the key of a row: newest first is no rank."""
    return name == "id" or name.endswith("Id")


def _flaws(rows, names, *, is_numbered):
    """Partners in an order that is not their names', while numbers beside them rise or fall; or numbered places."""
    found = [(name, _numbers(row, name)) for row in rows for name in [_named(row, names)] if name]
    order = [name for name, _ in found]
    if len(set(order)) < FEWEST or order == sorted(order, key=str.casefold):
        return []
    flaws = [f"partners stand in numbered places: {order}"] if is_numbered else []
    columns = [numbers for _, numbers in found]
    for at in range(min(len(numbers) for numbers in columns)):
        values = [numbers[at] for numbers in columns]
        if len(set(values)) > 1 and values in (sorted(values), sorted(values, reverse=True)):
            flaws.append(f"partners stand in the order of a number: {list(zip(order, values, strict=True))}")
    return flaws


def _named(row, names):
    """The one partner that a row is about."""
    inside = {name for name in names if any(name in cell for cell in row)}
    return inside.pop() if len(inside) == 1 else None


def _numbers(row, name):
    return [_number(one) for one in NUMBER.findall(" ".join(row).replace(name, ""))]


def _number(text):
    """A number as Dutch or English writes it, thousands apart or not."""
    if THOUSANDS.fullmatch(text):
        return float(re.sub(r"[.,\s]", "", text))
    return float(text.replace(",", "."))
