"""Two people who do the same thing in the same instant: it happens once, and who came second is told."""

import threading
from collections import Counter
from typing import Any

from django.db import connections
from django.utils import timezone

from schakel.kit.refusals import Refused
from schakel.notices import actions as notices
from schakel.notices.models import Notice, NoticeState
from schakel.notices.steps.hand_over import hand_over
from schakel.people import delegating
from schakel.people.models import User
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.agreements import agreeing
from schakel.registry.claims import actions as claims
from schakel.registry.constituents import uploading
from schakel.registry.models import Agreement, Asset, Claim, Partner, SignatureSide, Upload, UploadKind
from tests import joining
from tests.cast import DESK, NOON, member_of, working_at
from tests.telling import finding_of, report_of, tell

ROUNDS = 3


def at_once(*acts):
    """Each act in a thread and a session of its own, all from one instant; what came of each, sorted."""
    gate, ended = threading.Barrier(len(acts)), []

    def run(act):
        try:
            gate.wait(timeout=30)
            act()
            ended.append("done")
        except Refused as refused:
            ended.append(type(refused).__name__)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test tells of it
            ended.append(repr(fault))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(ended)


def signing(agreement, side):
    fresh = Agreement.objects.select_related("partner", "document").get(pk=agreement.pk)
    return lambda: joining.sign(fresh, side)


def test_both_sides_sign_at_once_and_the_agreement_binds(real_commits, country):
    for _round in range(ROUNDS):
        joining.joining(country.harbour_circle)
        agreement = joining.offered(country.harbour_circle)
        assert at_once(*(signing(agreement, side) for side in SignatureSide)) == {"done": 2}
        agreement.refresh_from_db()
        assert (agreement.state, agreement.signatures.count()) == ("signed", 2)
        assert Partner.objects.get(pk=country.harbour_circle.pk).standing == "partner"
        agreement.signatures.all().delete()


def test_one_side_signs_once(real_commits, country):
    agreement = joining.offered(_freed(country.harbour_circle))
    assert at_once(*(signing(agreement, SignatureSide.PARTNER) for _ in range(3))) == {"done": 1, "WrongState": 2}
    assert agreement.signatures.count() == 1


def test_an_offer_that_is_taken_back_is_not_signed_too(real_commits, country):
    for _round in range(ROUNDS):
        agreement = joining.offered(_freed(country.harbour_circle))
        fresh = Agreement.objects.get(pk=agreement.pk)
        ended = at_once(
            signing(agreement, SignatureSide.PARTNER),
            lambda fresh=fresh: agreeing.take_back(agreement=fresh, by=DESK, at=NOON),
        )
        agreement.refresh_from_db()
        assert ended in ({"done": 2}, {"done": 1, "WrongState": 1}), ended
        assert (agreement.state, agreement.signatures.count()) == ("draft", 0)


def test_an_invitation_makes_one_account(real_commits, country):
    given: dict[str, Any] = {"by": DESK, "at": timezone.now()}
    invitation = delegating.invite(holder=country.harbour_circle, mail="a@haven.example", level="member", **given)
    names = [f"anke{number}" for number in range(3)]
    accepted: dict[str, Any] = {"invitation": invitation, "password": "een-lange-zin-van-mij", "by": delegating.LINK}
    acts = [lambda name=name: delegating.accept(name=name, at=timezone.now(), **accepted) for name in names]
    assert at_once(*acts) == {"done": 1, "WrongState": 2}
    assert User.objects.filter(username__in=names).count() == 1


def test_a_claim_is_approved_or_withdrawn_and_not_both(real_commits, country):
    own, partner = working_at(country.harbour), member_of(country.harbour_circle)
    for number in range(ROUNDS):
        value: dict[str, Any] = {"kind": "domain", "value": f"nieuw{number}.example", "proof": "approval"}
        claim = claims.make(organisation=country.harbour, by=own, at=NOON, **value)
        fresh = Claim.objects.select_related("organisation", "asset").get(pk=claim.pk)
        ended = at_once(
            lambda claim=claim: claims.approve(claim=claim, reason="Klopt", by=partner, at=NOON),
            lambda fresh=fresh: claims.withdraw(claim=fresh, by=own, at=NOON),
        )
        claim.refresh_from_db()
        holds = Asset.objects.filter(value=value["value"], valid_until=None).exists()
        assert ended in ({"done": 2}, {"done": 1, "WrongState": 1}), ended
        assert (claim.state == "withdrawn") != holds, (ended, claim.state)


def test_a_table_counts_once(real_commits, country, tmp_path):
    path, by = tmp_path / "table.csv", working_at(country.harbour)
    path.write_text("kind,value\ndomain,a.example\ndomain,b.example\n")
    upload = uploading.read(path=path, name="t", kind=UploadKind.CLAIMS, holder=country.harbour, by=by, at=NOON)
    fresh = [Upload.objects.get(pk=upload.pk) for _ in range(3)]
    assert at_once(*(lambda one=one: uploading.confirm(upload=one, by=by, at=NOON) for one in fresh)) == {
        "done": 1, "WrongState": 2,
    }  # fmt: skip
    assert Claim.objects.count() == 2


def test_a_notice_is_withdrawn_or_handed_over_and_not_both(real_commits, country):
    for number in range(ROUNDS):
        report = report_of(f"{number}.csv", at=timezone.now())
        finding_of(report, country.harbour, f"192.0.2.{number + 1} 3389/tcp")
        notice = tell(report, country.harbour, partner=country.harbour_circle, state=NoticeState.READY)
        before, fresh = Delivery.objects.count(), Notice.objects.get(pk=notice.pk)
        ended = at_once(
            lambda: list(hand_over(by=SYSTEM, at=timezone.now())),
            lambda fresh=fresh: notices.withdraw(notice=fresh, by=DESK, at=timezone.now(), reason="Vergissing"),
        )
        notice.refresh_from_db()
        handed_over = Delivery.objects.count() - before
        assert (notice.state, handed_over, ended["done"]) in {("sent", 1, 1), ("withdrawn", 0, 2)}, ended


def _freed(partner):
    joining.free(partner)
    return partner
