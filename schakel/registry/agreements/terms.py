"""The standard terms per role: read, shown in parts, and published in versions that never change."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.criteria import criteria
from schakel.registry.models import AgreementRole, AgreementTemplate

TEXT_LIMIT = 40_000


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text: a heading, a paragraph, or a list of items."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()


def blocks(text: str) -> list[Block]:
    """A text in its parts: `## ` opens a heading, `- ` an item, an empty line ends a part."""
    found: list[Block] = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        if lines:
            found.append(_block(lines))
    return found


def text_of(template: AgreementTemplate, language: str) -> str:
    """The terms in a language; Dutch where we have no other."""
    return template.text_en if language == "en" else template.text_nl


def origin_of(template: AgreementTemplate, language: str) -> str:
    """On what the terms build, in a language."""
    return template.origin_en if language == "en" else template.origin_nl


def current(role: str) -> AgreementTemplate | None:
    """The newest terms for a role."""
    return AgreementTemplate.objects.filter(role=role).order_by("-version").first()


@transaction.atomic
def publish(
    *,
    role: str,
    text_nl: str,
    text_en: str,
    change_nl: str,
    change_en: str,
    origin_nl: str,
    origin_en: str,
    by: Actor,
    at: datetime,
) -> AgreementTemplate:
    """Publish a new version of the terms for a role; agreements that are signed keep the version they were made of.

    Raises NotPermitted, and Invalid for an unknown role, a text that is empty or lacks a heading for a condition of
    the common list, or a change or an origin without words.
    """
    permit(by.may(Permission.AGREEMENT_MANAGE))
    if role not in AgreementRole.values:
        raise Invalid(_("choose a role."))
    for language, text in (("nl", text_nl), ("en", text_en)):
        _check(text, language)
    words = {"change_nl": change_nl, "change_en": change_en, "origin_nl": origin_nl, "origin_en": origin_en}
    if not all(one.strip() for one in words.values()):
        raise Invalid(_("say in both languages what changed, and on what the text builds."))
    last = AgreementTemplate.objects.filter(role=role).aggregate(last=Max("version"))["last"] or 0
    template = AgreementTemplate.objects.create(
        role=role, version=last + 1, text_nl=text_nl.strip(), text_en=text_en.strip(), published_at=at, **words
    )
    record("registry.terms.published", by=by, at=at, on=template, role=role, version=template.version)
    return template


def _block(lines: list[str]) -> Block:
    if lines[0].startswith("## "):
        return Block("heading", " ".join([lines[0].removeprefix("## "), *lines[1:]]))
    if all(line.startswith("- ") for line in lines):
        return Block("items", items=tuple(line.removeprefix("- ") for line in lines))
    return Block("paragraph", " ".join(lines))


def _check(text: str, language: str) -> None:
    if not text.strip() or len(text) > TEXT_LIMIT:
        raise Invalid(_("the text must not be empty, and have no more than 40,000 characters."), f"({language})")
    headings = {block.text.casefold() for block in blocks(text) if block.kind == "heading"}
    lacking = [one.name[language] for one in criteria() if one.name[language].casefold() not in headings]
    if lacking:
        raise Invalid(_("the text lacks a heading for:"), ", ".join(lacking), f"({language})")
