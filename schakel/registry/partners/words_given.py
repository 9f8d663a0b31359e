"""Words that people fill in about partners: tidied, and refused with the place and the reason."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from schakel.kit.markup import UNPRINTABLE
from schakel.kit.refusals import Invalid, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.files.lists import slugs
from schakel.registry.models import Partner, PartnerStanding

NAME_LIMIT = 200
LINE_LIMIT = 300
TEXT_LIMIT = 4000


def permit_edit(partner: Partner, by: Actor) -> None:
    """Go on where the actor may change what is said of this partner or prospect. Raises NotPermitted."""
    if partner.standing == PartnerStanding.PROSPECT:
        permit(by.may(Permission.PROSPECT_MANAGE))
    else:
        permit(by.may(Permission.PARTNER_EDIT, partner_id=partner.pk))


def permit_manage(partner: Partner, by: Actor) -> None:
    """Go on where the actor keeps the register of partners, or of prospects. Raises NotPermitted."""
    is_prospect = partner.standing == PartnerStanding.PROSPECT
    permit(by.may(Permission.PROSPECT_MANAGE if is_prospect else Permission.PARTNER_MANAGE))


def line(words: str, *, limit: int = LINE_LIMIT) -> str:
    """One line, without blanks to spare."""
    return " ".join(UNPRINTABLE.sub("", words).split())[:limit]


def text(words: str) -> str:
    """Some lines."""
    return UNPRINTABLE.sub("", words).strip()[:TEXT_LIMIT]


def web_address(url: str) -> str:
    """An address of the web, or nothing. Raises Invalid."""
    url = url.strip()
    try:
        if url:
            URLValidator(schemes=["https", "http"])(url)
    except ValidationError:
        raise Invalid(_("the website must be a web address, such as https://www.example.org.")) from None
    return url


def known(given: Iterable[str], *, among: str) -> list[str]:
    """Each of `given` once, in the order of the list `among` (functions, sectors, regions). Raises Invalid."""
    wanted, options = set(given), slugs(among)
    if strangers := sorted(wanted - set(options)):
        raise Invalid(_("not on the list:"), ", ".join(strangers))
    return [option for option in options if option in wanted]


def one_known(given: str, *, among: str) -> str:
    """`given` where it is on the list `among`. Raises Invalid."""
    return known([given], among=among)[0]


def runs_forward(from_on: date, until_on: date | None) -> None:
    """Go on where a span ends after it begins. Raises Invalid."""
    if until_on is not None and until_on <= from_on:
        raise Invalid(_("the end must be after the beginning."))
