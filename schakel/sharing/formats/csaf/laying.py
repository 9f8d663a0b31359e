"""Changes of ours laid over the CSAF document that an item came as; what we did not touch stays as it was written."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from schakel.sharing.document import Document, Text
from schakel.sharing.formats.csaf import fresh, marking, notes, products, tracking, weaknesses
from schakel.sharing.words import Reader

Json = dict[str, Any]


def lay(csaf: Json, *, document: Document, before: Document, version: str, strict_as_red: bool) -> None:
    """Change `csaf`, which says what `before` says, where `document` says otherwise. Raises Uncarried."""
    for fields, change in CHANGES:
        if any(getattr(document, name) != getattr(before, name) for name in fields):
            change(csaf, document, before, version)
    if document.marking != before.marking:
        _marking(csaf["document"], document, version, strict_as_red=strict_as_red)


def _marking(head: Json, document: Document, version: str, *, strict_as_red: bool) -> None:
    """Terms that are gone take their notes along; `text` holds those that stand nowhere else."""
    gone = [term for term in marking.terms_elsewhere(head) if term not in document.marking.terms]
    kept = [
        note for note in head.get("notes", ()) if note["category"] != "legal_disclaimer" or note["text"] not in gone
    ]
    _put(head, "notes", kept)
    if head.get("license_expression") in gone:
        del head["license_expression"]
    beside = marking.terms_elsewhere(head)
    made = marking.written(document.marking, version=version, strict_as_red=strict_as_red, beside=beside)
    kept_group = {name: one for name, one in head.get("distribution", {}).items() if name == "sharing_group"}
    _put(head, "distribution", made | kept_group)


def _title(csaf: Json, document: Document, _before: Document, _version: str) -> None:
    csaf["document"]["title"] = document.title


def _axes(csaf: Json, document: Document, _before: Document, _version: str) -> None:
    head = csaf["document"]
    others = [note for note in head.get("notes", ()) if notes.title(note) not in notes.AXES]
    head["notes"] = [*others, *notes.axes(document)]


def _withdrawal(csaf: Json, document: Document, _before: Document, _version: str) -> None:
    head = csaf["document"]
    others = [note for note in head.get("notes", ()) if notes.title(note) != notes.WITHDRAWAL.lower()]
    _put(head, "notes", [*others, fresh.withdrawal()] if document.is_withdrawn else others)


def _texts(csaf: Json, document: Document, before: Document, _version: str) -> None:
    old = {text.reader: text for text in before.texts}
    new = {text.reader: text for text in fresh.carried(document)}
    for reader in sorted(old.keys() | new.keys()):
        was, becomes = old.get(reader, Text(reader=reader)), new.get(reader, Text(reader=reader))
        if was.summary != becomes.summary or was.title != becomes.title:
            _summary(csaf["document"], becomes)
        if was.body != becomes.body:
            _parts(csaf, becomes.body, notes.sections(csaf, reader), partial(_sections, reader=reader))
        if was.action != becomes.action:
            _parts(csaf, becomes.action, notes.actions(csaf, reader), partial(_action, reader=reader))
    _put(csaf["document"], "lang", fresh.language(document))


def _summary(head: Json, text: Text) -> None:
    mine = (one for one in head.get("notes", ()) if one["category"] == "summary" and notes.reader(one) == text.reader)
    found = next(mine, None)
    words = text.summary or ("" if text.reader == Reader.EXPERT else text.title)
    made = notes.note("summary", "" if text.reader == Reader.EXPERT else text.title, words, text.reader)
    if found is None:
        _put(head, "notes", [*([made] if words else []), *head.get("notes", ())])
    elif words:
        found.update(made)
    else:
        head["notes"].remove(found)
        _put(head, "notes", head["notes"])


def _sections(words: str, reader: str) -> list[Json]:
    return [notes.note("description", heading, text, reader) for heading, text in notes.parts(words) if text]


def _action(words: str, reader: str) -> list[Json]:
    return [notes.note("general", notes.ACTION, words, reader)]


def _parts(csaf: Json, words: str, found: Iterable[tuple[str, str]], made: Callable[[str], list[Json]]) -> None:
    """Keep the parts that the new words still hold, drop the others, and add what is new in a note of its own."""
    dropped = []
    for place, part in sorted(found, key=lambda one: -len(one[1])):
        if part in words:
            words = words.replace(part, "", 1)
        else:
            dropped.append(place)
    _drop(csaf, dropped)
    _name_the_silent(csaf, dropped)
    if words.strip():
        head = csaf["document"]
        head["notes"] = [*head.get("notes", ()), *made(words.strip())]


def _drop(csaf: Json, places: Iterable[str]) -> None:
    """Take list items away by JSON pointer; a list that is left empty goes too, as the schema wants."""
    for place in sorted(places, key=lambda one: int(one.rpartition("/")[2]), reverse=True):
        holder: Any = csaf
        *way, name, number = place.strip("/").split("/")
        for step in way:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        del holder[name][int(number)]
        _put(holder, name, holder[name])


def _name_the_silent(csaf: Json, dropped: Iterable[str]) -> None:
    """A weakness that lost all its notes keeps one with its name, as most profiles ask for one (6.1.27.5)."""
    for number in {int(place.split("/")[2]) for place in dropped if place.startswith("/vulnerabilities/")}:
        weakness = csaf["vulnerabilities"][number]
        name = weakness.get("title") or notes.name_of(weakness, number)
        weakness.setdefault("notes", [notes.note("description", "", name)])


def _references(csaf: Json, document: Document, before: Document, _version: str) -> None:
    wanted = {one.url: one for one in document.references}
    known = {one.url for one in before.references}
    for holder in (csaf["document"], *csaf.get("vulnerabilities", ())):
        kept = [one for one in holder.get("references", ()) if one["url"] in wanted]
        for one in kept:
            one["summary"] = wanted[one["url"]].summary or one["url"]
        _put(holder, "references", kept)
    added = [fresh.reference(one) for url, one in wanted.items() if url not in known]
    _put(csaf["document"], "references", [*csaf["document"].get("references", ()), *added])


def _contributors(csaf: Json, document: Document, before: Document, _version: str) -> None:
    for holder in (csaf["document"], *csaf.get("vulnerabilities", ())):
        kept = [_thanks(one, set(document.contributors)) for one in holder.get("acknowledgments", ())]
        _put(holder, "acknowledgments", [one for one in kept if one])
    added = [{"organization": name} for name in document.contributors if name not in before.contributors]
    _put(csaf["document"], "acknowledgments", [*csaf["document"].get("acknowledgments", ()), *added])


def _thanks(one: Json, wanted: set[str]) -> Json:
    """One acknowledgement without the names that are gone; nothing where nobody is left."""
    found = dict(one)
    _put(found, "names", [name for name in one.get("names", ()) if name in wanted])
    if found.get("organization") not in wanted:
        found.pop("organization", None)
    return found if {"names", "organization"} & found.keys() or not {"names", "organization"} & one.keys() else {}


def _tracking(csaf: Json, document: Document, before: Document, _version: str) -> None:
    """New steps come behind the old ones, in the author's own way of counting; dates and name as given."""
    trace = csaf["document"]["tracking"]
    trace["id"] = document.key.strip() or trace["id"]
    for name, at in (("initial_release_date", document.published_at), ("current_release_date", document.revised_at)):
        old = {"initial_release_date": before.published_at, "current_release_date": before.revised_at}[name]
        trace[name] = tracking.text_of(at) if at and at != old else trace[name]
    for step in document.revisions[len(before.revisions) :]:
        number = tracking.following(trace["version"])
        made = tracking.history([step], otherwise=document.revised_at or before.revised_at)[0]  # type: ignore[arg-type]
        trace["revision_history"].append({name: made[name] for name in ("date", "summary")} | {"number": number})
        trace["version"] = number
        trace["current_release_date"] = max(trace["current_release_date"], made["date"])


def _weaknesses(csaf: Json, document: Document, before: Document, version: str) -> None:
    """A weakness is told by its CVE, or its name without one: it changes, comes or goes as a whole."""
    found = csaf.get("vulnerabilities", [])
    places = {one.cve or one.name: number for number, one in enumerate(before.weaknesses)}
    made = []
    for number, weakness in enumerate(document.weaknesses):
        at = places.get(weakness.cve or weakness.name)
        if at is None:
            made.append(fresh.vulnerability(document, number, version=version))
        else:
            made.append(_weakness(found[at], weakness, before.weaknesses[at], version))
    _put(csaf, "vulnerabilities", made)


def _weakness(found: Json, new: Any, old: Any, version: str) -> Json:
    if new.name != old.name:
        _put(found, "title", new.name)
    if new.cwe != old.cwe:
        found.pop("cwe", None)
        found.pop("cwes", None)
        found.update(weaknesses.kind(new.cwe, version=version))
    if new.scores != old.scores:
        found.pop("scores", None)
        found.pop("metrics", None)
        ids = dict.fromkeys(one for every in found.get("product_status", {}).values() for one in every)
        found.update(weaknesses.scores(new, list(ids), version=version))
    return found


def _products(csaf: Json, document: Document, before: Document, version: str) -> None:
    """What is said of products changes product by product; a product that is new joins the tree, none leaves it."""
    known = {product.key for product in before.products}
    for key, product in dict(products.keyed(document)).items():
        if key not in known:
            products.plant(csaf.setdefault("product_tree", {}), key, product, version=version)
    for number, weakness in enumerate(csaf.get("vulnerabilities", ())):
        name = notes.name_of(weakness, number)
        products.restate(weakness, new=products.claims(document, name), old=products.claims(before, name))


def _put(holder: Json, name: str, value: Any) -> None:
    """Set it, or take it away where nothing is left: CSAF knows no empty lists and words."""
    if value:
        holder[name] = value
    else:
        holder.pop(name, None)


CHANGES: tuple[tuple[tuple[str, ...], Callable[[Json, Document, Document, str], None]], ...] = (
    (("weaknesses",), _weaknesses),
    (("products",), _products),
    (("texts",), _texts),
    (("title",), _title),
    (("probability", "damage"), _axes),
    (("is_withdrawn",), _withdrawal),
    (("references",), _references),
    (("contributors",), _contributors),
    (("key", "published_at", "revised_at", "revisions"), _tracking),
)
