"""Seventh step: ready notices become deliveries. The message is made here, from what the notice then holds."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from schakel.journal.actions import record
from schakel.notices import links, revisions, urgency
from schakel.notices.letter import ATTACHED, Letter, Line, letter
from schakel.notices.models import Notice, NoticeState, Route, Severity, phase_at
from schakel.notices.steps.compose import close_windows
from schakel.notices.steps.divert import divert, refused_partners
from schakel.policy.access import Actor
from schakel.post import actions as post
from schakel.post.messages import Message
from schakel.registry.models import ChannelKind, Contact, ContactStanding

BATCH = 200
LINES = """
SELECT notice_id, name, asset, weakness, severity, first_seen_at, seen_at, detail FROM (
    SELECT r.notice_id, o.name, f.asset, f.weakness, f.severity, f.first_seen_at,
           CASE WHEN f.missed_count = 0 AND s.is_complete THEN s.latest_at ELSE f.last_seen_at END AS seen_at, f.detail,
           row_number() OVER (PARTITION BY r.notice_id ORDER BY f.severity DESC, f.asset, f.id) AS place
    FROM notices_route r
    JOIN notices_notice n ON n.id = r.notice_id
    JOIN notices_finding f ON (f.organisation_id, f.kind, f.opened_in_id) = (r.organisation_id, r.kind, r.report_id)
    JOIN registry_organisation o ON o.id = f.organisation_id
    JOIN intake_series s ON s.id = f.series_id
    WHERE r.notice_id = ANY (%s) AND f.state IN ('open', 'promised')
      AND (n.via <> 'operator' OR f.operator_id = n.organisation_id)
) line WHERE place <= %s ORDER BY notice_id, place
"""


def hand_over(*, by: Actor, at: datetime) -> Iterator[int]:
    """Close the windows that are due and hand every ready notice to its channel, once. Yields batch sizes.

    What waits for a recipient that may no longer be told takes the next way first.
    """
    close_windows(at=at)
    divert(by=by, at=at)
    while batch := _claim_and_send(by, at):
        yield batch


@transaction.atomic
def _claim_and_send(by: Actor, at: datetime) -> int:
    """One batch: rows locked, deliveries made, notices moved, in one transaction."""
    # A partner may leave between diverting and this moment: what waits for it then waits for the next run.
    gone = refused_partners(timezone.localdate(at))
    ready = Notice.objects.filter(state=NoticeState.READY).exclude(partner_id__in=gone)
    ready = ready.exclude(contact__standing=ContactStanding.SUSPENDED).order_by("-severity", "id")
    if losers := revisions.losers(at=at):  # Stored rows are about to be matched again: it may not be theirs any more.
        ready = ready.exclude(routes__organisation__in=losers)
    locked = ready.select_for_update(no_key=True, skip_locked=True, of=("self",))
    notices = list(locked.with_recipient().select_related("contact")[:BATCH])
    if not notices:
        return 0
    lines, sources = _lines(notices), _sources(notices)
    letters = {one.pk: letter(one, lines=lines[one.pk], source=sources[one.pk]) for one in notices}
    told = [one for one in notices if one.contact is not None and lines[one.pk]]
    deliveries = post.hand_over(
        [_message(one, one.contact, letters[one.pk]) for one in told if one.contact], by=by, at=at
    )
    phase = phase_at(at)
    for notice, delivery in zip(told, deliveries, strict=True):
        notice.delivery, notice.state, notice.sent_at = delivery, NoticeState.SENT, at
        notice.text_version = letters[notice.pk].text_version
        notice.remind_at = urgency.remind_at(notice.severity, phase, sent_at=at)
    for notice in notices:
        if notice.state == NoticeState.READY:  # Its contact has gone from the registry, or nothing is open any more.
            notice.state = NoticeState.WITHDRAWN
    Notice.objects.bulk_update(notices, ["delivery", "state", "sent_at", "text_version", "remind_at"])
    record("notices.notices.sent", by=by, at=at, notices=len(told), withdrawn=len(notices) - len(told))
    return len(notices)


def _message(notice: Notice, contact: Contact, written: Letter) -> Message:
    return Message(
        key=f"notice:{notice.pk}",
        channel=contact.channel,
        address=contact.address,
        language=notice.language,
        subject=written.subject,
        body=written.plain,
        body_html=written.html,
        attachment_name=f"notice-{notice.pk}.csv" if written.attachment else "",
        attachment=written.attachment,
        headers=_headers(notice),
        payload=written.payload if contact.channel == ChannelKind.WEBHOOK else None,
        openpgp_key=contact.openpgp_key,
        webhook_secret=contact.webhook_secret,
    )


def _headers(notice: Notice) -> dict[str, str]:
    """What mail programs use. What can wait comes as a digest, and a digest can be stopped (RFC 8058)."""
    headers = {"X-Schakel-Notice": str(notice.pk)}
    if notice.organisation_id and notice.severity <= Severity.LOW:
        headers["List-Unsubscribe"] = f"<{links.url_of(notice)}/stop>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _lines(notices: Sequence[Notice]) -> dict[int, list[Line]]:
    """The unsolved findings of each notice, gravest first; one query for all."""
    lines: dict[int, list[Line]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(LINES, [[notice.pk for notice in notices], ATTACHED])
        for notice, *cells in cursor.fetchall():
            lines[notice].append(Line(*cells))
    return lines


def _sources(notices: Sequence[Notice]) -> dict[int, str]:
    """Who reported, per notice."""
    rows = Route.objects.filter(notice__in=notices).values_list("notice_id", "report__series__source__name").distinct()
    names: dict[int, list[str]] = defaultdict(list)
    for notice, name in rows:
        names[notice].append(name)
    return {notice: ", ".join(sorted(found)) for notice, found in names.items()}
