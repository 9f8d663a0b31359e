"""An application on its way: handed in, asked about, judged on the common list, accepted or kindly refused."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schakel.journal.actions import record
from schakel.kit import queue
from schakel.kit.refusals import Invalid, WrongState, permit
from schakel.kit.states import move
from schakel.policy.access import Actor, Permission
from schakel.registry.agreements import appraising, terms
from schakel.registry.agreements.appraising import Verdicts
from schakel.registry.joining import onboarding
from schakel.registry.joining.answers import Given, checked, needed
from schakel.registry.models import (
    APPLICATION_MOVES,
    Application,
    ApplicationMessage,
    ApplicationState,
    Contact,
    Organisation,
    Partner,
    PartnerStanding,
    Prospect,
    Verdict,
)
from schakel.registry.partners.prospects import free_key
from schakel.registry.partners.words_given import text

APPLICANT = Actor(name="applicant")
"""Whoever applies, or holds the signed link of an application: the link itself is the permission."""
MAIL_JOB = "joining.tell_applicant"
DESK_JOB = "joining.tell_desk"


@transaction.atomic
def apply(*, given: Given, by: Actor, at: datetime) -> Application:
    """Hand in an application; the applicant gets a link to its own page by mail, and the desk is told.

    Raises NotPermitted, and Invalid where an answer is missing or cannot be used. How others are made resilient must
    be said: that is what makes a partner (build plan, section 3.1).
    """
    permit(by is APPLICANT or by.may(Permission.APPLICATION_MANAGE))
    application = Application.objects.create(**checked(given), terms=terms.current(given.role), received_at=at)
    _tell(application, "received")
    _tell_desk(application, "received")
    record("registry.application.received", by=by, at=at, on=application, type=application.type)
    return application


@transaction.atomic
def ask(*, application: Application, words: str, by: Actor, at: datetime) -> None:
    """Ask the applicant for more. Raises NotPermitted, WrongState once decided, Invalid without a question."""
    permit(by.may(Permission.APPLICATION_MANAGE))
    words = needed(text(words), _("write the question."))
    move(application, ApplicationState.ASKED, moves=APPLICATION_MOVES)
    message = ApplicationMessage.objects.create(
        application=application, is_from_applicant=False, words=words, at=at, by=by.name
    )
    _tell(application, "asked", key=f"asked:{message.pk}")
    record("registry.application.asked", by=by, at=at, on=application)


@transaction.atomic
def add(*, application: Application, words: str, by: Actor, at: datetime) -> None:
    """Answer a question, or add something, as the applicant; the desk is told.

    Raises NotPermitted, WrongState, Invalid.
    """
    permit(by is APPLICANT)
    words = needed(text(words), _("write your answer."))
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if locked.decided_at is not None:
        raise WrongState
    message = ApplicationMessage.objects.create(
        application=locked, is_from_applicant=True, words=words, at=at, by=by.name
    )
    if locked.state == ApplicationState.ASKED:
        move(locked, ApplicationState.RECEIVED, moves=APPLICATION_MOVES)
    _tell_desk(locked, "answered", key=f"answered:{message.pk}")
    record("registry.application.answered", by=by, at=at, on=locked)


@transaction.atomic
def appraise(*, application: Application, verdicts: Verdicts, by: Actor, at: datetime) -> None:
    """Judge the application on conditions of the common list: per condition a verdict and words.

    A condition can be judged again. Raises NotPermitted, WrongState once decided, Invalid for what is not on the list
    or for a verdict that is not plainly good and has no words.
    """
    permit(by.may(Permission.APPLICATION_MANAGE))
    if Application.objects.select_for_update().get(pk=application.pk).decided_at is not None:
        raise WrongState
    appraising.judge(application, verdicts, by=by, at=at)
    record("registry.application.appraised", by=by, at=at, on=application, verdicts=len(verdicts))


@transaction.atomic
def accept(
    *,
    application: Application,
    words: str,
    by: Actor,
    at: datetime,
    prospect: Prospect | None = None,
    is_organisation: bool = False,
) -> Partner:
    """Let the applicant join: it becomes a partner that is joining, with the first steps laid out.

    A prospect that is the same keeps its row. With `is_organisation` it is the organisation that `same_number` found:
    the number was only typed by the applicant, so a person says so. Raises NotPermitted, WrongState, and Invalid while
    a condition was not judged or is not met.
    """
    permit(by.may(Permission.APPLICATION_MANAGE))
    _check_judged(application)
    organisation = same_number(application) if is_organisation else None
    partner = _partner(application, prospect, organisation, at)
    decided = {"decided_at": at, "decided_by": by.name, "decision": text(words), "partner": partner}
    move(application, ApplicationState.ACCEPTED, moves=APPLICATION_MOVES, **decided)
    Contact.objects.get_or_create(
        partner=partner, address=application.contact_mail, defaults={"language": application.language}
    )
    onboarding.begin(partner=partner, by=by, at=at)
    _tell(application, "accepted")
    record("registry.application.accepted", by=by, at=at, on=application, partner=partner.pk)
    return partner


@transaction.atomic
def refuse(
    *, application: Application, words: str, by: Actor, at: datetime, referred_to: list[Partner] | None = None
) -> None:
    """Refuse an application in words, and name partners that can serve the applicant.

    Raises NotPermitted, WrongState, Invalid without words, or for a partner that does not want to be named in public.
    """
    permit(by.may(Permission.APPLICATION_MANAGE))
    words = needed(text(words), _("say why, in words that help the applicant on."))
    named = referred_to or []
    if any(not one.is_public or one.standing != PartnerStanding.PARTNER for one in named):
        raise Invalid(_("refer to partners that agreed to be named in public."))
    move(
        application,
        ApplicationState.REFUSED,
        moves=APPLICATION_MOVES,
        decided_at=at,
        decided_by=by.name,
        decision=words,
    )
    application.referred_to.set(named)
    _tell(application, "refused")
    record("registry.application.refused", by=by, at=at, on=application, referred=[one.pk for one in named])


@transaction.atomic
def withdraw(*, application: Application, by: Actor, at: datetime) -> None:
    """Take an application back, as the applicant. Raises NotPermitted, WrongState once decided."""
    permit(by is APPLICANT)
    decided = {"decided_at": at, "decided_by": by.name}
    move(application, ApplicationState.WITHDRAWN, moves=APPLICATION_MOVES, **decided)
    _tell(application, "withdrawn")
    record("registry.application.withdrawn", by=by, at=at, on=application)


@transaction.atomic
def send_link(*, mail: str, by: Actor, at: datetime) -> None:
    """Send whoever applied with this address a new link; the old one opens nothing any more.

    Where nobody did, nothing happens, and nobody can tell the difference. Raises NotPermitted.
    """
    permit(by is APPLICANT or by.may(Permission.APPLICATION_MANAGE))
    found = Application.objects.waiting().filter(contact_mail__iexact=mail.strip()).order_by("-pk")[:3]
    for application in found:
        Application.objects.filter(pk=application.pk).update(link_number=F("link_number") + 1)
        application.refresh_from_db()
        _tell(application, "link", key=f"link:{application.link_number}")
        record("registry.application.link_renewed", by=by, at=at, on=application)


def likely_prospects(application: Application) -> list[Prospect]:
    """Prospects that may be the applicant: of the same name, or with that name inside theirs."""
    words = [word for word in application.name.split() if len(word) > 3]  # noqa: PLR2004 - shorter ones say little
    if not words:
        return []
    rows = Prospect.objects.filter(name__icontains=max(words, key=len)).order_by("name")
    return list(rows[:10])


def same_number(application: Application) -> Organisation | None:
    """The organisation with the KVK number that the applicant gave."""
    return Organisation.objects.filter(kvk=application.kvk).first() if application.kvk else None


def _check_judged(application: Application) -> None:
    verdicts = dict(application.appraisals.values_list("criterion", "verdict"))
    appraising.check_all_judged(verdicts)
    if Verdict.NOT_MET in verdicts.values():
        raise Invalid(_("a condition is not met, so this cannot be accepted."))


def _partner(
    application: Application, prospect: Prospect | None, organisation: Organisation | None, at: datetime
) -> Partner:
    fields = {
        "name": application.name,
        "type": application.type,
        "standing": PartnerStanding.JOINING,
        "functions": application.functions,
        "sectors": application.sectors,
        "regions": application.regions,
        "website": application.website,
        "about": application.how,
        "language": application.language,
        "organisation": organisation,
        "contacted_on": timezone.localdate(at),
    }
    if prospect is None:
        return Partner.objects.create(key=free_key(application.name), origin="application", **fields)
    if not Prospect.objects.filter(pk=prospect.pk).update(**fields):
        raise WrongState
    return Partner.objects.get(pk=prospect.pk)


def _tell(application: Application, occasion: str, *, key: str = "") -> None:
    queue.later(MAIL_JOB, queue="outgoing", application_id=application.pk, occasion=occasion, key=key or occasion)


def _tell_desk(application: Application, occasion: str, *, key: str = "") -> None:
    queue.later(DESK_JOB, queue="outgoing", application_id=application.pk, occasion=occasion, key=key or occasion)
