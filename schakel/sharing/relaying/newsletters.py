"""Newsletters: cleared items in an order of one's own, with an introduction, to a constituency or to the partners."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy, override

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.policy import channels
from schakel.policy.access import Actor, Permission
from schakel.policy.audience import Meant
from schakel.policy.sharing import strictest
from schakel.post import copies
from schakel.post.copies import Copy
from schakel.post.models import Content
from schakel.registry.agreements import in_force
from schakel.registry.models import ChannelKind, Constituency, NetworkFunction, Partner
from schakel.sharing.items import content
from schakel.sharing.ledger import letters, stopping
from schakel.sharing.ledger.labels import effective, load_of
from schakel.sharing.ledger.ways import Party, Way, ways_of
from schakel.sharing.models import ItemVersion, MailStop, Newsletter, SharedItem
from schakel.sharing.models.passing import labels_of
from schakel.sharing.words import ItemState, Reader

JOB = "sharing.send_newsletter"
MOST = 50
BATCH = 2000


def cleared(*, partner: Partner | None, by: Actor) -> QuerySet[SharedItem]:
    """What may stand in a newsletter, newest first: what the sender reads, and what a label lets the community read."""
    rows = SharedItem.objects.visible_to(by).filter(
        state=ItemState.PUBLISHED, circle=None, tlp__in=labels_of(Meant.COMMUNITY), holds_personal_data=False
    )
    reach = Q(audience__addresses__contains=["everyone:"]) | Q(owner=partner)
    return rows.filter(reach).order_by("-published_at", "-pk")


@transaction.atomic
def compose(
    *,
    partner: Partner | None,
    title: str,
    intro: str,
    items: Sequence[int],
    by: Actor,
    at: datetime,
    language: str = "nl",
    issue: Newsletter | None = None,
) -> Newsletter:
    """Make an issue, or write one anew that has not been sent. `items` stand in the given order.

    Raises NotPermitted, Invalid for an item that is not cleared, WrongState when it was sent already.
    """
    permit(may_send(partner, by))
    wanted = list(dict.fromkeys(items))[:MOST]
    known = set(cleared(partner=partner, by=by).filter(pk__in=wanted).values_list("pk", flat=True))
    if not title.strip() or not wanted:
        raise Invalid(gettext_lazy("give it a title and choose at least one item."))
    if set(wanted) - known:
        raise Invalid(gettext_lazy("one of the items may not stand in a newsletter."))
    said = {"title": title.strip(), "intro": intro.strip(), "language": language, "item_ids": wanted}
    if issue is None:
        issue = Newsletter.objects.create(partner=partner, made_at=at, made_by=by.name, **said)
    elif not Newsletter.objects.filter(pk=issue.pk, sent_at=None).update(**said):
        raise WrongState
    issue.refresh_from_db()
    record("sharing.newsletter.composed", on=issue, by=by, at=at, items=len(wanted))
    return issue


@transaction.atomic
def send(*, issue: Newsletter, by: Actor, at: datetime) -> None:
    """Send an issue, once. Raises NotPermitted, WrongState."""
    permit(may_send(issue.partner, by))
    if not Newsletter.objects.filter(pk=issue.pk, sent_at=None).update(sent_at=at):
        raise WrongState
    queue.later(JOB, queue="outgoing", newsletter_id=issue.pk)
    record("sharing.newsletter.sent", on=issue, by=by, at=at)


def may_send(partner: Partner | None, by: Actor) -> bool:
    """Whether the actor may send in the name of the partner; of the network, where there is none."""
    return by.may(Permission.ITEM_RELAY, partner_id=partner.pk if partner else None)


def items_of(issue: Newsletter) -> list[SharedItem]:
    """What the issue holds now, in its order: what was retracted or closed since is left out. One query."""
    rows = SharedItem.objects.filter(
        pk__in=issue.item_ids, state=ItemState.PUBLISHED, circle=None, tlp__in=labels_of(Meant.COMMUNITY)
    ).select_related("circle")
    found = {row.pk: row for row in rows}
    return [found[pk] for pk in issue.item_ids if pk in found]


def written(issue: Newsletter) -> letters.Letter:
    """The issue as it is sent, label in the subject, before and after the text."""
    items = items_of(issue)
    mark = strictest(effective(one) for one in items) if items else None
    with override(issue.language):
        entries = [_entry(one, issue.language) for one in items]
        label = mark.marking if mark else ""
        end = f"{label}\n{letters.meaning(mark)}" if mark else ""
        parts = [label, issue.title, issue.intro, *entries, end]
    return letters.Letter(f"[{label}] {issue.title}", "\n\n".join(filter(None, parts)) + "\n")


def deliver(*, issue: Newsletter, by: Actor, at: datetime) -> dict[str, int]:
    """Hand an issue that was sent to every mailbox that may have it and did not stop it. Once. Raises NotPermitted."""
    permit(by.may(Permission.NOTICE_SEND))
    items = items_of(issue)
    if issue.sent_at is None or issue.sent_count or issue.refused_count or not items:
        return {}
    parties = _parties(issue, at)
    with transaction.atomic():
        letter = written(issue)
        told = copies.content(key=f"newsletter:{issue.pk}", subject=letter.subject, body=letter.body, at=at)
        going = _mailboxes(issue, parties, items)
        copies.hand_over([_copy(issue, told, way) for way in going], by=by, at=at)
        sent = len(going)
        Newsletter.objects.filter(pk=issue.pk).update(sent_count=sent, refused_count=len(parties) - sent)
        record("sharing.newsletter.delivered", on=issue, by=by, at=at, sent=sent, refused=len(parties) - sent)
    return {"sent": sent, "refused": len(parties) - sent}


def _entry(item: SharedItem, language: str) -> str:
    version = ItemVersion.objects.select_related("item__circle").get(item=item, number=item.published_version or 0)
    document = content.document_of(version)
    text = letters.text_for(document, reader=Reader.SMALL, language=language)
    lines = [f"* {effective(item).marking} {text.title or item.title}", text.summary, text.action, letters.url_of(item)]
    return "\n".join(filter(None, lines))


def _parties(issue: Newsletter, at: datetime) -> list[Party]:
    """A partner's constituency without those that objected; the desk's go to the partners that take part."""
    if issue.partner is None:
        refusals = in_force.refusals_of([NetworkFunction.SHARING], day=at.date())[NetworkFunction.SHARING]
        return [Party(partner=pk) for pk, refusal in sorted(refusals.items()) if refusal is None]
    day = at.date()
    ties = Constituency.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gt=day),
        partner=issue.partner, organisation__has_objected=False,
    )  # fmt: skip
    numbers = ties.order_by("organisation").values_list("organisation", flat=True).distinct()
    return [Party(organisation=pk) for pk in numbers]


def _stops(issue: Newsletter) -> set[int]:
    rows = MailStop.objects.filter(Q(partner=issue.partner) | Q(partner=None), what="newsletters")
    return set(rows.values_list("contact", flat=True))


def _mailboxes(issue: Newsletter, parties: list[Party], items: Sequence[SharedItem]) -> list[Way]:
    """One mailbox of each that has one for it; each mailbox once, whoever shares it. Six queries for 2,000."""
    stops, found = _stops(issue), dict[int | None, Way]()
    for start in range(0, len(parties), BATCH):
        for ways in ways_of(parties[start : start + BATCH]).values():
            way = _mailbox(ways, items, stops)
            if way is not None:
                found[way.contact] = way
    return list(found.values())


def _mailbox(ways: list[Way], items: Sequence[SharedItem], stops: set[int]) -> Way | None:
    """The first mailbox that may carry all of it."""
    for way in ways:
        is_ours = way.channel == ChannelKind.MAIL and way.user is None and way.contact not in stops
        if is_ours and all(channels.stop(load_of(one), channel=way.carries) is None for one in items):
            return way
    return None


def _copy(issue: Newsletter, told: Content, way: Way) -> Copy:
    tail, headers = stopping.footer(way, what="newsletters", partner=issue.partner_id)
    return Copy(
        key=f"newsletter:{issue.pk}:{way.contact}",
        address=way.address,
        content=told,
        language=way.language,
        tail=tail,
        headers=headers,
        openpgp_key=way.openpgp_key,
    )
