"""An agreement in the cast: drafted, offered, signed."""

from datetime import date, timedelta
from typing import Any

from schakel.registry.agreements import agreeing, terms
from schakel.registry.agreements.agreeing import Draft
from schakel.registry.models import AgreementTemplate, PartnerStanding, SignatureSide
from tests.cast import DESK, NOON, head_of

TODAY = NOON.date()
VERDICTS = {"trust": ("met", ""), "reciprocity": ("met", ""), "maturity": ("met", "ISO 27001 gezien")}
"""A judgement on every condition of the list."""


def terms_for_all() -> None:
    """The terms that a new database has; a test that commits may have emptied it."""
    for role in ("informer", "contributor", "lead"):
        if terms.current(role) is None:
            text = {one: (terms_folder() / f"{role}.{one}.md").read_text() for one in ("nl", "en")}
            AgreementTemplate.objects.create(
                role=role, version=1, text_nl=text["nl"], text_en=text["en"], origin_nl="Eigen", origin_en="Own",
                published_at=NOON,
            )  # fmt: skip


def terms_folder():
    from schakel.registry.files.lists import FOLDER

    return FOLDER / "terms"


def draft_of(**changes) -> Draft:
    usual: dict[str, Any] = {
        "role": "contributor", "functions": ["notification"], "from_on": TODAY, "until_on": date(2027, 11, 2),
        "effort": "Twee dagen per maand", "activities": "Meldingen doorgeven", "signatory": "A. de Wit",
        "signatory_mail": "directie@haven.example",
    }  # fmt: skip
    return Draft(**(usual | changes))


def free(partner) -> None:
    """Without the agreement that the cast gave it."""
    partner.agreements.all().delete()


def joining(partner) -> None:
    """As it is before its first agreement."""
    free(partner)
    partner.standing = PartnerStanding.JOINING
    partner.save(update_fields=["standing"])


def offered(partner, *, at=NOON, **changes):
    """An agreement that waits for signatures."""
    terms_for_all()
    agreement = agreeing.draft(partner=partner, draft=draft_of(**changes), by=DESK, at=at)
    agreeing.offer(agreement=agreement, by=DESK, at=at)
    agreement.refresh_from_db()
    return agreement


def sign(agreement, side=SignatureSide.PARTNER, by=None, *, at=NOON, **changes):
    given: dict[str, Any] = {
        "name": "A. de Wit",
        "position": "directeur",
        "digest": agreement.document.digest,
    } | changes
    by = by or (DESK if side == SignatureSide.NETWORK else head_of(agreement.partner))
    return agreeing.sign(agreement=agreement, side=side, by=by, at=at, **given)


def signed(partner, *, at=NOON, **changes):
    """An agreement that both sides signed."""
    agreement = offered(partner, at=at, **changes)
    sign(agreement, at=at)
    sign(agreement, SignatureSide.NETWORK, at=at + timedelta(minutes=1))
    agreement.refresh_from_db()
    return agreement
