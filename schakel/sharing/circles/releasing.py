"""Release out of a circle: a sanitised version becomes an item outside, on a ground, with a second member's yes.

What is outside points back to nothing; members see where it came from. Only a source widens its label (TLP 2.0,
section 4).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter

from schakel.journal.actions import record
from schakel.kit.refusals import Invalid, Refused, WrongState, permit
from schakel.people.models import User, actor_of
from schakel.policy.access import Actor, Permission
from schakel.policy.sharing import is_wider, label
from schakel.registry.models import Partner
from schakel.sharing.circles import log, together
from schakel.sharing.circles.rules import memberships, moderating
from schakel.sharing.document import Document
from schakel.sharing.items import publishing
from schakel.sharing.items.drafting import begin, may_edit
from schakel.sharing.items.rules import check_terms
from schakel.sharing.items.terms import SharingTerms, from_json
from schakel.sharing.models import Circle, Release, SharedItem
from schakel.sharing.words import ItemState, ReleaseState

_DOCUMENT = TypeAdapter(Document)


class NeedsSource(Refused):
    """Only the source of what is released may give it a wider label."""

    wording = _("This label is wider than that of the item. Only those who wrote the item can propose or allow that.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is to go out, and why it may: the sanitised version, its label and addressees, the ground, what is left out.

    `names_origin`: whether the circle may be named outside.
    """

    document: Document
    terms: SharingTerms
    ground: str
    left_out: str
    names_origin: bool = False


@transaction.atomic
def propose(*, item: SharedItem, proposal: Proposal, owner: Partner | None, by: Actor, at: datetime) -> Release:
    """Ask to release an item out of its circle, in the name of `owner` (None: the desk).

    Raises NotPermitted, Invalid without a ground, a word on what is left out or a fitting label, WrongState for what is
    not published.
    """
    circle = _circle_of(item)
    permit(memberships(by, circle).exists() and SharedItem.objects.visible_to(by).filter(pk=item.pk).exists())
    permit(by.user_id is not None and by.may(Permission.ITEM_PUBLISH, partner_id=owner.pk if owner else None))
    if item.state != ItemState.PUBLISHED:
        raise WrongState
    _check(proposal, item)
    release = Release(item=item, owner=owner, asked_by=User.objects.get(pk=by.user_id or 0), asked_at=at)
    release.keep(_values(proposal, circle, owner))
    release.save()
    log.note(circle, log.EntryKind.ASKED, by=by, at=at, item=str(item.uid))
    record("sharing.circle.asked_to_release", by=by, at=at, on=circle)
    return release


@transaction.atomic
def approve(*, release: Release, by: Actor, at: datetime) -> SharedItem:
    """Say yes as a moderator who did not ask for it: the sanitised version is published outside the circle.

    Raises NotPermitted, NeedsSource for a label that neither of the two may widen, Invalid, NoAgreement, WrongState.
    """
    circle = _circle_of(release.item)
    permit(_may_decide(release, by))
    asker = actor_of(release.asked_by)
    permit(memberships(asker, circle).exists())
    proposal = proposal_of(release)
    is_widened = is_wider(proposal.terms.tlp, than=label(release.item.tlp))
    if is_widened and not (may_edit(release.item, by) or may_edit(release.item, asker)):
        raise NeedsSource
    _decide(release, ReleaseState.RELEASED, by=by, at=at)
    made = SharedItem(owner=release.owner, made_at=at, source_tlp="", author=None)
    begin(made, proposal.document, proposal.terms, made_by="release", at=at)
    SharedItem.objects.filter(pk=made.pk).update(reviewed_by=by.user_id, reviewed_at=at, reviewed_version=1)
    publishing.put_out(made, at=at)
    Release.objects.filter(pk=release.pk).update(made=made)
    release.made = made
    together.note_release(release, asker=asker, by=by, at=at)
    log.note(circle, log.EntryKind.RELEASED, by=by, at=at, item=str(release.item.uid))
    record("sharing.circle.released", by=by, at=at, on=circle)
    record("sharing.item.published", by=by, at=at, on=made, version=1)
    return made


@transaction.atomic
def refuse(*, release: Release, reason: str, by: Actor, at: datetime) -> None:
    """Say no as a moderator, with the reason. Raises NotPermitted, Invalid without one, WrongState."""
    circle = _circle_of(release.item)
    permit(_may_decide(release, by))
    if not reason.strip():
        raise Invalid(_("say why not: who asked will want to know."))
    values = {**release.said, "refusal": reason.strip()}
    _decide(release, ReleaseState.REFUSED, by=by, at=at)
    release.keep(values)
    release.save(update_fields=["told", "sealed"])
    log.note(circle, log.EntryKind.REFUSED, by=by, at=at, item=str(release.item.uid))
    record("sharing.circle.kept_in", by=by, at=at, on=circle)


def proposal_of(release: Release) -> Proposal:
    """What is, or was, to go out. Whoever asks has made sure that its reader is in the circle. Raises Unsealable."""
    said = release.said
    return Proposal(
        document=_DOCUMENT.validate_python(said["document"]),
        terms=from_json(said["terms"]),
        ground=said["ground"],
        left_out=said["left_out"],
        names_origin=said["names_origin"],
    )


def sanitised(document: Document, *, circle: Circle, owner: Partner | None, names_origin: bool) -> Document:
    """The document as it may stand outside: in its owner's name, with no key, history or original that leads back."""
    return replace(
        document,
        publisher=owner.name if owner else "",
        contributors=(circle.words.name,) if names_origin else (),
        key="",
        version="",
        original=None,
        revisions=(),
        published_at=None,
        revised_at=None,
        marking=replace(document.marking, terms=()),
        indicators=tuple(replace(one, key="") for one in document.indicators),
    )


def _circle_of(item: SharedItem) -> Circle:
    if item.circle is None:
        raise WrongState
    return item.circle


def _may_decide(release: Release, by: Actor) -> bool:
    is_another = by.user_id is not None and by.user_id != release.asked_by_id
    sees = Release.objects.visible_to(by).filter(pk=release.pk).exists()
    return is_another and sees and moderating(by, _circle_of(release.item))


def _check(proposal: Proposal, item: SharedItem) -> None:
    if not proposal.ground.strip():
        raise Invalid(_("say on what ground this may leave the circle."))
    if not proposal.left_out.strip():
        raise Invalid(_("say what was left out, or that nothing had to be."))
    check_terms(proposal.terms, circle=None, source_tlp=item.source_tlp)


def _values(proposal: Proposal, circle: Circle, owner: Partner | None) -> dict[str, Any]:
    told = sanitised(proposal.document, circle=circle, owner=owner, names_origin=proposal.names_origin)
    return {
        "document": _DOCUMENT.dump_python(told, mode="json"),
        "terms": proposal.terms.as_json(),
        "ground": proposal.ground.strip(),
        "left_out": proposal.left_out.strip(),
        "names_origin": proposal.names_origin,
    }


def _decide(release: Release, state: ReleaseState, *, by: Actor, at: datetime) -> None:
    rows = Release.objects.filter(pk=release.pk, state=ReleaseState.ASKED)
    if not rows.update(state=state, decided_by=by.user_id, decided_at=at):
        raise WrongState
    release.refresh_from_db()
