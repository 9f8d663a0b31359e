"""What must hold before an item is kept or goes out: the policy's reasons as words for people."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from schakel.kit.refusals import Invalid, Refused
from schakel.policy.audience import Unaddressable, needs_review, unaddressable
from schakel.policy.sharing import Refusal, basis_refusal, is_wider, label
from schakel.registry.agreements import in_force
from schakel.registry.law import basis_of
from schakel.registry.models import NetworkFunction
from schakel.sharing.document import Document
from schakel.sharing.items.terms import SharingTerms
from schakel.sharing.models import Circle, ItemVersion, SharedItem
from schakel.sharing.words import ItemKind

UNADDRESSABLE = {
    Unaddressable.UNKNOWN_LABEL: _("the label is not one of TLP 2.0."),
    Unaddressable.UNKNOWN_ADDRESS: _("one of the addressees is not known."),
    Unaddressable.NOBODY: _("choose at least one addressee."),
    Unaddressable.ONLY_PEOPLE: _("under TLP:RED name the people, one by one."),
    Unaddressable.NO_NEED_TO_KNOW: _("this label asks for a need to know: choose who needs it, not everyone."),
    Unaddressable.LEAVES_CIRCLE: _("what is in a circle stays there: choose the circle, or members of it."),
}
NO_BASIS = {
    Refusal.NO_LEGAL_BASIS: _("state the ground on which personal data may be shared."),
    Refusal.BASIS_NOT_BEGUN: _("this ground is not in force yet."),
    Refusal.BASIS_ENDED: _("this ground is no longer in force."),
    Refusal.BASIS_WITHOUT_PERSONAL_DATA: _("this ground does not allow personal data."),
}


class NotReviewed(Refused):
    """A second person has to say yes first."""

    wording = _("Under this label a second person reads it before it goes out. Ask a colleague to review it.")


class NoAgreement(Refused):
    """The owner's agreement does not let it share now."""

    wording = _("The agreement of your organisation does not cover information sharing today.")


def check_terms(terms: SharingTerms, *, circle: Circle | None, source_tlp: str = "") -> None:
    """See that the label, the addresses and the source's own label go together. Raises Invalid."""
    if reason := unaddressable(terms.tlp, terms.addresses, circle=circle.pk if circle else None):
        raise Invalid(UNADDRESSABLE[reason])
    if source_tlp and is_wider(terms.tlp, than=label(source_tlp)):
        raise Invalid(_("only its source may give it a wider label than the one that it came with."))


def check_ready(item: SharedItem, version: ItemVersion, document: Document, terms: SharingTerms, at: datetime) -> None:
    """See that a version may go out. Raises Invalid, NotReviewed, NoAgreement."""
    check_terms(terms, circle=item.circle, source_tlp=item.source_tlp)
    _check_content(item, document, terms)
    _check_basis(terms, at)
    if item.owner_id is not None:
        _check_agreement(item.owner_id, at)
    if needs_review(terms.tlp, above=settings.REVIEW_ABOVE) and item.reviewed_version != version.number:
        raise NotReviewed


def _check_content(item: SharedItem, document: Document, terms: SharingTerms) -> None:
    if not document.title.strip():
        raise Invalid(_("give it a title."))
    advises = any(text.action.strip() for text in document.texts)
    if item.kind != ItemKind.REQUEST and not advises and not terms.no_action_reason.strip():
        raise Invalid(_("say what the reader can do, or why there is nothing to do."))


def _check_basis(terms: SharingTerms, at: datetime) -> None:
    if not terms.holds_personal_data and not terms.legal_basis:
        return
    basis = basis_of(terms.legal_basis) if terms.legal_basis else None
    if reason := basis_refusal(basis, day=at.date(), holds_personal_data=terms.holds_personal_data):
        raise Invalid(NO_BASIS[reason])


def _check_agreement(owner_id: int, at: datetime) -> None:
    found = in_force.refusals_of([NetworkFunction.SHARING], day=at.date(), only=[owner_id])
    if found[NetworkFunction.SHARING].get(owner_id, Refusal.NO_AGREEMENT):
        raise NoAgreement
