from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from schakel.collaboration import contributions, expectations, survey
from schakel.collaboration.models import Contribution, Expectation, Recognition, ValueAnswer
from schakel.registry.models import Partner
from tests.cast import DESK, member_of
from tests.journeys.crawler import plain
from tests.web.notices.test_respond import every_row

LIST = "/network/balance"


@pytest.fixture
def page(country):
    return f"{LIST}/{country.harbour_circle.pk}"


def give(partner, what="meelezen", **given):
    given = {"kind": "hours", "amount": Decimal(8), "unit": "hour", "year": timezone.localdate().year, **given}
    return contributions.contribute(partner=partner, what=what, by=DESK, at=timezone.now(), **given)


def expect(partner, *, by=DESK, words="tien uur"):
    soon = timezone.localdate() + timedelta(days=30)
    return expectations.expect(partner=partner, side="brings", words=words, review_on=soon, by=by, at=timezone.now())


def text(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def posted(client, page, act, given):
    return client.post(f"{page}/{act}", {f"{act}-{name}": value for name, value in given.items()})


CONTRIBUTION = {"kind": "hours", "amount": "7,5", "unit": "hour", "what": "Meelezen <b>", "year": "2026"}


def test_a_partner_states_sees_and_takes_back_what_it_brings(owner, page, country):
    given = CONTRIBUTION | {"amount": "7.5", "year": str(timezone.localdate().year)}
    assert posted(owner, page, "contributions", given).url == page
    row = Contribution.objects.get()
    shown = text(owner, page)
    assert "Meelezen &lt;b&gt;" in shown
    assert "7.50 hours" in shown
    assert owner.get(LIST).url == page
    assert owner.post(f"/network/balance/contributions/{row.pk}/withdraw").url == page
    assert "taken back" in text(owner, page)
    assert owner.post(f"/network/balance/contributions/{row.pk}/withdraw").status_code == 409


def test_what_cannot_be_comes_back_with_its_words_and_reason(owner, page):
    answer = posted(owner, page, "contributions", CONTRIBUTION | {"amount": "veel"})
    assert (answer.status_code, "Enter a number" in answer.content.decode()) == (400, True)
    answer = posted(owner, page, "contributions", CONTRIBUTION | {"amount": "7", "unit": "euro"})
    assert "this unit does not fit" in answer.content.decode()
    assert "Meelezen &lt;b&gt;" in answer.content.decode()
    assert not Contribution.objects.exists()


def test_owner_neighbour_stranger_and_steward(owner, neighbour, member, page, country):
    stranger = Client(headers={"accept-language": "en"})
    row, asked = give(country.harbour_circle, "een geheim"), expect(country.harbour_circle, words="nog een geheim")
    steward, auditor = member("steward"), member("auditor")
    before = every_row()
    paths = [page, f"{page}.csv"]
    acts = [
        f"{page}/contributions", f"{page}/expectations", f"{page}/recognitions", f"{page}/value",
        f"/network/balance/contributions/{row.pk}/withdraw", f"/network/balance/expectations/{asked.pk}/agree",
        f"/network/balance/expectations/{asked.pk}/review", f"/network/balance/expectations/{asked.pk}/end",
    ]  # fmt: skip
    for path in (*paths, *acts):
        assert stranger.post(path).status_code in {302, 405}
    for path in paths:
        assert neighbour.get(path).status_code == 404
        nobodys = path.replace(f"/{country.harbour_circle.pk}", "/99999")
        assert plain(text(neighbour, path, 404), path) == plain(text(neighbour, nobodys, 404), nobodys)
        assert steward.get(path).status_code == auditor.get(path).status_code == 403
        assert stranger.get(path).url.startswith("/account/login")
    for path in acts:
        assert neighbour.post(path, {"reason": "x"}).status_code == 404
        assert steward.post(path).status_code == 403
    assert every_row() == before
    assert "een geheim" in text(owner, page)
    figures = text(steward, "/network/figures")
    assert "geheim" not in figures
    assert "Havenkring" not in figures
    assert neighbour.get(LIST).url == f"{LIST}/{country.care_csirt.pk}"


def test_the_desk_sees_all_by_name_and_what_it_may_have_to_do(desk, country):
    give(country.harbour_circle)
    contributions.recognise(partner=country.harbour_circle, form="award", by=DESK, at=timezone.now())
    shown = text(desk, LIST)
    assert shown.index("Havenkring") < shown.index("Zorg-CSIRT")
    for asked, names in (("forgotten", ["Zorg-CSIRT"]), ("nothing", ["Zorg-CSIRT"]),
                         ("statement", ["Havenkring", "Zorg-CSIRT"]), ("review", []), ("rank", ["Havenkring", "Zorg-CSIRT"])):  # fmt: skip
        found = text(desk, f"{LIST}?show={asked}")
        assert [name for name in ("Havenkring", "Zorg-CSIRT") if name in found] == names


def test_expectations_are_agreed_reviewed_and_dropped_by_both(owner, desk, page, country):
    soon = (timezone.localdate() + timedelta(days=60)).isoformat()
    assert (
        posted(desk, page, "expectations", {"side": "takes", "words": "Duiding", "review_on": soon}).status_code == 302
    )
    row = Expectation.objects.get()
    assert "Agree" in text(owner, page)
    assert ">Agree<" not in text(desk, page)
    assert owner.post(f"/network/balance/expectations/{row.pk}/agree").url == page
    given = {"review-verdict": "met", "review-words": "goed", "review-next_review_on": soon}
    assert "Duiding" in text(owner, f"/network/balance/expectations/{row.pk}/review")
    assert (
        owner.post(f"/network/balance/expectations/{row.pk}/review", given | {"review-verdict": ""}).status_code == 400
    )
    past = given | {"review-next_review_on": "2020-01-01"}
    assert "after today" in owner.post(f"/network/balance/expectations/{row.pk}/review", past).content.decode()
    assert owner.post(f"/network/balance/expectations/{row.pk}/review", given).url == page
    assert "goed" in text(desk, page)
    path = f"/network/balance/expectations/{row.pk}/end"
    assert "give a reason" in owner.post(path, {"reason": ""}, follow=True).content.decode()
    assert "has ended" in owner.post(path, {"reason": "klaar"}, follow=True).content.decode()


def test_only_the_desk_thanks_and_only_the_partner_answers(owner, desk, page):
    thanks = {"form": "interview", "given_on": timezone.localdate().isoformat(), "words": "mooi werk"}
    assert posted(owner, page, "recognitions", thanks).status_code == 403
    assert posted(desk, page, "recognitions", thanks).status_code == 302
    assert "mooi werk" in text(owner, page)
    assert Recognition.objects.get().form == "interview"
    value = {"score": "4", "values": ["visibility"], "words": "meer duiding"}
    assert posted(desk, page, "value", value).status_code == 403
    assert posted(owner, page, "value", value | {"score": "9"}).status_code == 400
    assert posted(owner, page, "value", value).status_code == 302
    assert "Taking part brings us 4 of 5." in text(owner, page)
    hidden = text(desk, page)
    assert "brings us" not in hidden
    assert "meer duiding" not in hidden + text(desk, LIST)
    assert ValueAnswer.objects.get().values == ["visibility"]


def test_a_trend_of_too_few_is_not_shown(owner, member, page, country):
    survey.answer(partner=country.harbour_circle, score=2, by=country.member, at=timezone.now())
    assert "in which at least five did" in text(owner, page)
    for number in range(4):
        partner = Partner.objects.create(key=f"p{number}", name=f"P{number}", type="isac")
        survey.answer(partner=partner, score=5, by=member_of(partner), at=timezone.now())
    assert ">4.4<" in text(owner, page)
    assert ">4.4<" in text(member("steward"), "/network/figures")


def test_another_year_is_asked_in_the_address(owner, page, country):
    give(country.harbour_circle, "vorig jaar", year=2025)
    assert "vorig jaar" not in text(owner, page)
    assert "vorig jaar" in text(owner, f"{page}?year=2025")
    for wrong in ("1800", "9999", "x", "%C2%B2", ""):
        assert owner.get(f"{page}?year={wrong}").status_code == 200


def test_all_that_was_stated_leaves_as_csv(owner, page, country):
    give(country.harbour_circle, "+hulp")
    answer = owner.get(f"{page}.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert ",'+hulp," in answer.content.decode()


def test_somebody_of_two_partners_chooses(member, country):
    from schakel.people.models import UserGrant

    client = member("partner", country.harbour_circle)
    UserGrant.objects.create(user=client.user, role="partner", partner=country.care_csirt)
    shown = text(client, LIST)
    assert "Havenkring" in shown
    assert "Zorg-CSIRT" in shown


def test_looking_changes_nothing(desk, page, country):
    asked = expect(country.harbour_circle)
    before = every_row()
    for path in (LIST, page, f"{page}/value", f"/network/balance/expectations/{asked.pk}/review", "/network/figures"):
        desk.get(path)
    assert every_row() == before


def test_more_rows_cost_no_more_queries(desk, page, country, django_assert_num_queries):
    paths = (LIST, page, "/network/figures", "/network/interests")

    def some_more(tag):
        for number in range(4):
            partner = Partner.objects.create(key=f"{tag}{number}", name=f"Partner {tag}{number}", type="isac")
            give(partner)
            give(country.harbour_circle)
            asked = expect(country.harbour_circle)
            expectations.agree(expectation=asked, by=country.member, at=timezone.now())
            soon = timezone.localdate() + timedelta(days=9)
            expectations.review(
                expectation=asked, verdict="met", words="", next_review_on=soon, by=DESK, at=timezone.now()
            )
            contributions.recognise(partner=country.harbour_circle, form="award", by=DESK, at=timezone.now())

    some_more("a")
    counts = []
    for path in paths:
        with CaptureQueriesContext(connection) as few:
            desk.get(path)
        counts.append(len(few))
    some_more("b")
    for path, count in zip(paths, counts, strict=True):
        with django_assert_num_queries(count):
            desk.get(path)
