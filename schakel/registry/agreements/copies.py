"""What another signing service made of a signature: its name, its reference and the file as signed, kept as evidence.

Our own signature is what binds; a copy stands beside it for who has to show the other one.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy.access import Actor, Permission
from schakel.registry.documents import digest_of
from schakel.registry.models import Agreement, AgreementState, Signature, SignatureSide, SignedCopy
from schakel.registry.partners.words_given import line

LINK = Actor(name="link")
"""Whoever holds the signed link of an offer: the link itself is the permission to sign for the partner."""
LARGEST = 10 * 2**20
"""Bytes of a signed file: a scan of some tens of pages."""
FIRST, LAST, LAST_WITHIN = b"%PDF-", b"%%EOF", 1024
"""How a PDF begins, and what stands in its last bytes (ISO 32000-1, 7.5.2 and 7.5.5; 1024 as readers allow)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What is known of a signature set with another service."""

    provider: str = ""
    reference: str = ""
    content: bytes = b""


@transaction.atomic
def keep(*, signature: Signature, elsewhere: Elsewhere, by: Actor, at: datetime) -> SignedCopy:
    """Keep what another service made of a signature of one's own side, once.

    Raises NotPermitted, WrongState where there is one or the agreement has ended, and Invalid without the service's
    name, without either a reference or a file, and for a file that is empty, too large or no PDF.
    """
    permit_side(signature.agreement, SignatureSide(signature.side), by)
    agreement = Agreement.objects.select_for_update().get(pk=signature.agreement_id)
    if agreement.state == AgreementState.ENDED or SignedCopy.objects.filter(signature=signature).exists():
        raise WrongState
    provider, reference = line(elsewhere.provider), line(elsewhere.reference)
    _check(provider, reference, elsewhere.content)
    digest = digest_of(elsewhere.content) if elsewhere.content else ""
    copy = SignedCopy.objects.create(
        signature=signature, provider=provider, reference=reference, content=elsewhere.content or None, digest=digest,
        kept_at=at,
    )  # fmt: skip
    record("registry.signature.copied", by=by, at=at, on=agreement, side=signature.side, digest=digest)
    return copy


def permit_side(agreement: Agreement, side: SignatureSide, by: Actor) -> None:
    """Let each side act for itself alone. Raises NotPermitted."""
    if side == SignatureSide.NETWORK:
        permit(by.may(Permission.AGREEMENT_MANAGE))
    else:
        # The coordinator may do all that a partner may, but not sign for the other side too.
        permit(by is LINK or agreement.partner_id in by.reach(Permission.AGREEMENT_SIGN).partner_ids)


def _check(provider: str, reference: str, content: bytes) -> None:
    if not provider:
        raise Invalid(_("say with which signing service it was signed."))
    if not (reference or content):
        raise Invalid(_("give the service's reference, or the signed file."))
    if len(content) > LARGEST:
        raise Invalid(_("the file is larger than 10 MB."))
    if content and not (content.startswith(FIRST) and LAST in content[-LAST_WITHIN:]):
        raise Invalid(_("the file is no whole PDF."))
