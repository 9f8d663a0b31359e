"""Signed links for those without an account: one application, or one offer to sign, and nothing else.

Each ends by time, and can be revoked: its number is sealed in it, and a row has one valid number.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing

from schakel.registry.models import Agreement, AgreementState, Application

APPLICATION = "schakel.registry.joining.application"
AGREEMENT = "schakel.registry.joining.agreement"
LONGEST_DAYS = 366  # An application that nobody decides: its link too ends some day.


def application_url(application: Application) -> str:
    """The address of an applicant's own page."""
    return f"{settings.BASE_URL}/join/status/{application_token(application)}"


def application_token(application: Application) -> str:
    """The token of an applicant's page: the same each time, until it is revoked."""
    return _seal(APPLICATION, application.pk, application.link_number)


def application_of(token: str, *, at: datetime) -> Application | None:
    """The application that a token opens, or None: wrong, expired, revoked and unknown look the same."""
    if (opened := _unseal(APPLICATION, token)) is None:
        return None
    application = Application.objects.filter(pk=opened[0], link_number=opened[1]).first()
    if application is None or at > application.received_at + timedelta(days=LONGEST_DAYS):
        return None
    decided_at = application.decided_at
    is_over = decided_at is not None and at > decided_at + timedelta(days=settings.LINK_DAYS)
    return None if is_over else application


def desk_url(application: Application | None = None) -> str:
    """Where the coordinator reads an application, or all that wait; whoever opens it has to log in."""
    return f"{settings.BASE_URL}/network/applications" + (f"/{application.pk}" if application else "")


def agreement_url(agreement: Agreement) -> str:
    """The address at which an offer can be read and signed."""
    return f"{settings.BASE_URL}/join/agreement/{agreement_token(agreement)}"


def agreement_token(agreement: Agreement) -> str:
    """The token of an offer's page: another one for each offer."""
    return _seal(AGREEMENT, agreement.pk, agreement.link_number)


def agreement_of(token: str, *, at: datetime) -> Agreement | None:
    """The offer that a token opens, signed or not, or None: wrong, expired, taken back and unknown look the same."""
    if (opened := _unseal(AGREEMENT, token)) is None:
        return None
    shown = [AgreementState.OFFERED, AgreementState.SIGNED]
    oldest = at - timedelta(days=settings.LINK_DAYS)
    rows = Agreement.objects.filter(pk=opened[0], link_number=opened[1], state__in=shown, offered_at__gt=oldest)
    return rows.select_related("partner", "template", "amends", "document").first()


def _seal(salt: str, key: int, number: int) -> str:
    return signing.Signer(salt=salt).sign_object([key, number], compress=False)


def _unseal(salt: str, token: str) -> tuple[int, int] | None:
    try:
        key, number = signing.Signer(salt=salt).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (key, number) if isinstance(key, int) and isinstance(number, int) else None
