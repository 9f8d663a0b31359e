"""Composing, handing over, reminding."""

from datetime import timedelta

import pytest

from schakel.intake.models import Source
from schakel.journal.models import Event
from schakel.notices import actions, letter
from schakel.notices.models import Answer, Campaign, Finding, NetworkPhase, Notice, NoticeState, Route
from schakel.notices.queries import explain
from schakel.notices.reading import rows_as_csv
from schakel.notices.steps import hand_over as hand_over_module
from schakel.notices.steps.compose import close_all_windows, close_windows
from schakel.notices.steps.hand_over import hand_over
from schakel.notices.steps.remind import remind
from schakel.notices.unreached import unreached
from schakel.policy.access import SYSTEM
from schakel.post.models import Delivery
from schakel.registry.models import Asset, Constituency, Contact
from tests.cast import DESK, NOON
from tests.reports import moved_to, taken

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def handed(at=NOON):
    return sum(hand_over(by=SYSTEM, at=at))


def test_one_recipient_hears_of_one_kind_once(country):
    Constituency.objects.create(partner=country.harbour_circle, organisation=country.hospital)
    Constituency.objects.filter(partner=country.care_csirt).delete()
    report = taken("192.0.2.10", "192.0.2.11", "198.51.100.4")
    notice = Notice.objects.get()
    assert (notice.partner, notice.findings_count, notice.organisations_count) == (country.harbour_circle, 3, 2)
    assert set(notice.findings().values_list("organisation__key", flat=True)) == {"harbour", "hospital"}
    assert report.figures["notices"] == 1


def test_what_is_grave_is_ready_at_once_and_the_rest_gathers(country):
    taken("192.0.2.10")
    taken("192.0.2.10", type="scan_ftp")
    grave, light = Notice.objects.order_by("-severity")
    Notice.objects.filter(pk=light.pk).update(severity=2, state="gathering", window_until=NOON + DAY)
    assert grave.state == NoticeState.READY
    assert close_windows(at=NOON) == 0
    assert close_windows(at=NOON + DAY) == 1


def test_a_second_report_joins_a_gathering_notice(country):
    rows = "192.0.2.10", "192.0.2.11"
    for index, row in enumerate(rows):
        report = taken(row, source="volunteer", name=f"lijst{index}.csv", type="")
        assert report.state == "composed"
    notices = Notice.objects.filter(kind=Finding.objects.first().kind)
    gathering = notices.filter(state="gathering").count()
    assert (gathering, notices.count()) in {(1, 1), (0, 2)}  # By how grave the kind is.


def test_in_the_warm_phase_windows_shrink(country):
    from schakel.notices import urgency
    from schakel.notices.models import Phase

    NetworkPhase.objects.create(phase="warm", from_at=NOON - DAY)
    assert urgency.window(2, Phase.WARM) * 4 == urgency.window(2, Phase.COLD)
    assert urgency.patience(4, Phase.LUKEWARM) * 2 == urgency.patience(4, Phase.COLD)


def test_a_ready_notice_is_handed_over_once(country):
    taken("192.0.2.10")
    assert (handed(), handed()) == (1, 0)
    notice = Notice.objects.get()
    assert (notice.state, notice.sent_at, Delivery.objects.count()) == (NoticeState.SENT, NOON, 1)
    assert notice.delivery.address == "meldingen@harbour-circle.example"
    assert notice.text_version
    assert Event.objects.filter(tag="notices.notices.sent").count() == 1


def test_above_green_an_open_mail_names_no_system(country):
    taken("192.0.2.10,443,,cve-2024-3400")
    handed()
    delivery = Delivery.objects.get()
    assert Notice.objects.get().is_bare
    for text in (delivery.body, delivery.body_html, delivery.subject):
        assert "192.0.2.10" not in text
        assert "CVE-2024-3400" not in text.upper()
    assert bytes(delivery.attachment) == b""
    assert "/n/" in delivery.body


def test_to_an_encrypted_way_all_is_told_with_a_table(country):
    Contact.objects.filter(partner=country.harbour_circle).update(openpgp_key="-----BEGIN PGP PUBLIC KEY BLOCK-----")
    taken("192.0.2.10,443,=cmd.haven.example,cve-2024-3400")
    handed()
    delivery = Delivery.objects.get()
    assert "192.0.2.10 443/tcp" in delivery.body
    assert "CVE-2024-3400" in delivery.body
    lines = bytes(delivery.attachment).decode().splitlines()
    assert lines[0].startswith("organisation,asset,kind,weakness,severity")
    assert lines[1].startswith("Haven van Zoutwijk,192.0.2.10 443/tcp,")


@pytest.mark.parametrize(("language", "word"), [("nl", "Aan:"), ("en", "To:"), ("pap", "To:")])
def test_a_message_speaks_its_recipients_language(country, language, word):
    Contact.objects.filter(partner=country.harbour_circle).update(language=language)
    taken("192.0.2.10")
    handed()
    assert word in Delivery.objects.get().body


def test_a_notice_of_which_all_is_solved_is_not_sent(country):
    taken("192.0.2.10")
    moved_to("fixed", NOON)
    handed()
    assert Notice.objects.get().state == NoticeState.WITHDRAWN
    assert not Delivery.objects.exists()


def test_a_notice_whose_contact_has_gone_waits_for_a_person(country):
    taken("192.0.2.10")
    Contact.objects.all().delete()
    assert handed() == 0
    assert Notice.objects.get().state == NoticeState.WITHDRAWN
    assert unreached(to=DESK).get().steps[0]["refusal"] == "no-channel"


def test_the_queries_of_handing_over_do_not_grow_with_the_batch(country, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for day, rows in enumerate([["192.0.2.10"], ["192.0.2.20", "192.0.2.200", "198.51.100.7"]]):
        taken(*rows, day=NOON + day * DAY)
        with CaptureQueriesContext(connection) as queries:
            handed(NOON + day * DAY)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def silence(days, at=NOON):
    return remind(by=SYSTEM, at=at + days * DAY)


def test_silence_brings_a_reminder_and_then_the_next_way(country):
    taken("192.0.2.10")
    handed()
    assert silence(1) == {"reminded": 0, "escalated": 0, "lapsed": 0}
    assert silence(4) == {"reminded": 1, "escalated": 0, "lapsed": 0}
    handed(NOON + 4 * DAY)
    assert silence(8)["escalated"] == 1
    handed(NOON + 8 * DAY)
    told = Route.objects.filter(organisation=country.harbour).order_by("round")
    assert [(route.round, route.occasion, route.via) for route in told] == [
        (0, "first", "guardian"),
        (1, "reminder", "guardian"),
        (2, "escalation", "contact"),
    ]
    assert told[2].steps[0]["refusal"] == "told-already"
    assert Delivery.objects.count() == 3
    assert "Herinnering" in Delivery.objects.order_by("id")[1].subject


def test_when_no_way_is_left_it_is_shown_as_unreachable(country):
    taken("198.51.100.4")
    for days in (0, 4, 8, 12, 16):
        silence(days)
        handed(NOON + days * DAY)
    last = Route.objects.order_by("round").last()
    assert (last.via, last.state) == ("unreachable", "ended")
    assert silence(60) == {"reminded": 0, "escalated": 0, "lapsed": 0}


def test_an_answer_ends_the_reminders(country):
    taken("192.0.2.10")
    handed()
    actions.answer(notice=Notice.objects.get(), answer=Answer.NEED_HELP, by=actions.LINK, at=NOON)
    assert silence(60) == {"reminded": 0, "escalated": 0, "lapsed": 0}


def test_what_is_solved_is_not_reminded_of(country):
    taken("192.0.2.10")
    handed()
    moved_to("presumed-fixed", NOON)
    assert silence(10)["reminded"] == 0


def test_a_promise_whose_day_has_passed_counts_as_silence(country):
    taken("192.0.2.10")
    handed()
    due_on = (NOON + 5 * DAY).date()
    actions.answer(notice=Notice.objects.get(), answer=Answer.WILL_FIX, due_on=due_on, by=actions.LINK, at=NOON)
    assert silence(5) == {"reminded": 0, "escalated": 0, "lapsed": 0}
    assert silence(6) == {"reminded": 1, "escalated": 0, "lapsed": 1}
    assert Finding.objects.get().state == "open"


def test_a_campaign_follows_its_findings(country):
    taken("192.0.2.10,443,,cve-2024-3400", "192.0.2.11")
    campaign = Campaign.objects.create(
        slug="pan", title="PAN-OS", weakness="CVE-2024-3400", tlp="amber", started_at=NOON
    )
    assert campaign.findings().count() == 1


def test_windows_can_be_closed_by_hand(country):
    taken("192.0.2.10")
    Notice.objects.update(state="gathering", window_until=NOON + 30 * DAY)
    assert handed() == 0
    assert close_all_windows() == 1
    assert handed() == 1


def test_a_webhook_carries_the_findings_themselves(country):
    Contact.objects.filter(partner=country.harbour_circle).update(channel="webhook", address="https://haven.example/in")
    taken("192.0.2.10,443,,cve-2024-3400")
    handed()
    payload = Delivery.objects.get().payload
    assert payload["data"]["findings"][0]["asset"] == "192.0.2.10 443/tcp"
    assert payload["data"]["findings"][0]["severity"] == payload["data"]["severity"]


@pytest.mark.parametrize(("severity", "can_be_stopped"), [(1, True), (2, False), (4, False)])
def test_only_what_can_wait_can_be_stopped(country, severity, can_be_stopped):
    taken("192.0.2.200")
    Notice.objects.update(severity=severity)
    handed()
    assert ("List-Unsubscribe" in Delivery.objects.get().headers) == can_be_stopped


@pytest.fixture
def by_operator(country):
    """The registrar runs the network around the harbour and the bakery, whom nobody else can tell."""
    Asset.objects.filter(organisation=country.registrar).update(role="operator")
    Asset.objects.create(organisation=country.bakery, kind="network", value="192.0.2.64/28", revision=1)
    Contact.objects.filter(organisation__in=[country.harbour, country.bakery]).delete()
    Constituency.objects.all().delete()
    Source.objects.filter(slug="shadowserver").update(tlp="green")
    return country.registrar


def test_an_operator_is_asked_to_pass_it_on_and_learns_no_name(country, by_operator):
    taken("192.0.2.10,443,mail.haven.example,haven.example")
    handed()
    delivery, notice = Delivery.objects.get(), Notice.objects.get()
    assert notice.recipient == country.registrar.name
    assert f"Aan: {country.registrar.name}" in delivery.body
    assert "Deze systemen staan in uw netwerk, maar iemand anders gebruikt ze" in delivery.body
    assert "192.0.2.10" in delivery.body
    told = delivery.body + delivery.body_html + bytes(delivery.attachment).decode() + str(delivery.payload)
    told += rows_as_csv(notice).decode()
    assert country.harbour.name not in told
    assert "haven.example" not in told


def test_an_operator_is_told_once_of_all_in_its_network(country, by_operator):
    taken("192.0.2.10", "192.0.2.65")
    handed()
    notice = Notice.objects.get()
    assert (notice.organisation, notice.organisations_count, notice.findings_count) == (country.registrar, 2, 2)
    assert {route.organisation for route in notice.routes.all()} == {country.harbour, country.bakery}
    body = Delivery.objects.get().body
    assert "192.0.2.10" in body
    assert "192.0.2.65" in body


def test_an_operator_hears_of_nothing_outside_its_network(country, by_operator):
    Asset.objects.create(organisation=country.harbour, kind="network", value="203.0.113.0/24", revision=2)
    taken("192.0.2.10", "203.0.113.7")
    handed()
    notice, delivery = Notice.objects.get(), Delivery.objects.get()
    assert notice.findings_count == 1
    told = delivery.body + bytes(delivery.attachment).decode() + rows_as_csv(notice).decode()
    assert "192.0.2.10" in told
    assert "203.0.113.7" not in told
    inside, outside = Finding.objects.order_by("asset")
    assert list(Notice.objects.telling(inside)) == [notice]
    assert not Notice.objects.telling(outside).exists()
    (leg,) = explain(notice, to=DESK).legs
    assert [finding.id for finding in leg.findings] == [inside.pk]
    actions.answer(notice=notice, answer=Answer.FIXED, by=actions.LINK, at=NOON + DAY)
    assert dict(Finding.objects.values_list("asset", "state")) == {
        "192.0.2.10 443/tcp": "fixed", "203.0.113.7 443/tcp": "open",
    }  # fmt: skip


def test_what_is_known_by_its_name_only_is_not_for_an_operator(country, by_operator):
    Asset.objects.filter(organisation=country.harbour, kind="network").delete()
    taken("192.0.2.200,443,mail.haven.example")
    assert Finding.objects.get(organisation=country.harbour).operator is None
    assert Route.objects.get(organisation=country.harbour).via == "unreachable"


@pytest.mark.parametrize("answer", [Answer.NOT_OURS, Answer.FALSE_ALARM])
def test_an_operator_cannot_deny_what_is_of_its_users(country, by_operator, answer):
    taken("192.0.2.10", "192.0.2.65")
    handed()
    given = actions.answer(notice=Notice.objects.get(), answer=answer, by=actions.LINK, at=NOON + DAY)
    assert given.findings_count == 0
    assert set(Finding.objects.values_list("state", flat=True)) == {"open"}
    assert remind(by=SYSTEM, at=NOON + DAY)["escalated"] == 2
    assert set(Route.objects.filter(round=1).values_list("via", flat=True)) == {"unreachable"}


def test_what_a_partner_says_is_not_its_own_goes_to_the_next(country):
    taken("192.0.2.10")
    handed()
    assert Notice.objects.get().partner == country.harbour_circle
    actions.answer(notice=Notice.objects.get(), answer=Answer.NOT_OURS, by=actions.LINK, at=NOON + DAY)
    assert Finding.objects.get().state == "open"
    assert remind(by=SYSTEM, at=NOON + DAY) == {"reminded": 0, "escalated": 1, "lapsed": 0}
    assert Route.objects.get(round=1).via == "contact"
    assert remind(by=SYSTEM, at=NOON + DAY)["escalated"] == 0


def test_what_is_too_much_to_attach_is_all_behind_the_link(country, by_operator, monkeypatch):
    for module, name in ((letter, "SHOWN"), (letter, "ATTACHED"), (hand_over_module, "ATTACHED")):
        monkeypatch.setattr(module, name, 1)
    taken("192.0.2.10", "192.0.2.65", "192.0.2.66")
    handed()
    delivery = Delivery.objects.get()
    assert "En nog 2: de ernstigste 1 staan in de bijgevoegde tabel" in " ".join(delivery.body.split())
    assert bytes(delivery.attachment).decode().count("192.0.2.") == 1
    assert rows_as_csv(Notice.objects.get()).decode().count("192.0.2.") == 3


def test_a_name_with_a_stop_ends_a_sentence_with_one(country):
    type(country.harbour_circle).objects.update(name="Havenkring N.V.")
    taken("192.0.2.10")
    handed()
    assert "de weg naar Havenkring N.V.\n" in Delivery.objects.get().body


def test_a_partner_is_told_whose_systems_they_are(country):
    Source.objects.filter(slug="shadowserver").update(tlp="green")
    taken("192.0.2.10")
    handed()
    body = Delivery.objects.get().body
    assert "Deze systemen zijn van organisaties waarvoor u optreedt." in body
    assert country.harbour.name in body


def test_who_runs_the_systems_is_told_nothing_of_others(country):
    Constituency.objects.all().delete()
    taken("192.0.2.10")
    handed()
    body = Delivery.objects.get().body
    assert "waarvoor u optreedt" not in body
    assert "iemand anders gebruikt ze" not in body
