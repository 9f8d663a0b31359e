"""What the contact of a registry or a site reads when somebody claims what it answers for."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from schakel.registry.claims.links import DAYS, url_of
from schakel.registry.letters import Letter, joined
from schakel.registry.models import Claim


def of_claim(claim: Claim) -> Letter:
    """The mail that asks a contact to say yes or no."""
    mailed = int(claim.mailed_at.timestamp()) if claim.mailed_at else 0
    with override(claim.organisation.language):
        facts: dict[str, object] = {
            "platform": settings.PLATFORM_NAME,
            "organisation": claim.organisation.name,
            "kind": claim.get_kind_display(),
            "value": claim.value,
            "link": url_of(claim),
            "days": DAYS,
        }
        return Letter(
            key=f"claim:{claim.pk}:{mailed}",
            address=claim.mailed_to,
            language=claim.organisation.language,
            subject=_("Is %(value)s of %(organisation)s?") % facts,
            body=joined(_paragraphs(), facts),
        )


def _paragraphs() -> list[str]:
    return [
        _("Hello,"),
        _(
            "%(organisation)s says to %(platform)s that this is theirs: %(kind)s %(value)s. Your address stands in a "
            "public register or on a website as the contact for it. So we ask you: is that right?"
        ),
        _("Say yes or no here. The link works for %(days)d days:"),
        "%(link)s",
        _(
            "With your yes, warnings about weak spots in these systems go to %(organisation)s. Do you not know this "
            "organisation? Then say no. If you do nothing, nothing changes."
        ),
        _("%(platform)s warns organisations of weak spots in their systems. We never ask for a password."),
    ]
