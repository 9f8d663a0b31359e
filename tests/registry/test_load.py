"""What an import makes of the rows of each kind of file."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from schakel.journal.models import Event
from schakel.kit.refusals import NotPermitted
from schakel.registry import actions
from schakel.registry.actions import Unreadable
from schakel.registry.load import PLANS
from schakel.registry.models import Agreement, Asset, Commitment, Constituency, Contact, Organisation, Partner
from tests.cast import AUDITOR, DESK, NOON, STEWARD, STRANGER

ORGANISATIONS = """key,name,trade_names,kvk,rsin,oin,sector,sbi,size_class,region,nis2,language,objects,mail,mail_verified
haven,Haven van Zoutwijk,Zoutwijk Haven; ZH,12345678,,,transport,52,large,NL-ZH,essential,nl,no,post@haven.example,yes
linde,Ziekenhuis De Linde,,,,,health,86,large,NL-UT,essential,nl,no,,
korenaar,Bakkerij De Korenaar,,87654321,,,,10,one,NL-BQ1,none,pap,yes,brood@korenaar.example,no
"""
CONTACTS = """organisation,role,address,channel,language,openpgp,verified
haven,security,beveiliging@haven.example,mail,en,,yes
haven,abuse,https://haven.example/in,webhook,nl,,no
linde,security,csirt@linde.example,,,,yes
"""
PARTNERS = """key,name,type,organisation,functions,mail,webhook,language,sectors,\
agreement_from,agreement_until,agreement_functions,agreement_state
kring,Havenkring,isac,korenaar,notification; knowledge,meldingen@kring.example,https://kring.example/in,nl,transport,\
2026-01-01,2027-01-01,notification,signed
zorg,Zorg-CSIRT,csirt,,notification,,,en,health,,,,
"""
ASSETS = """organisation,kind,value,role,evidence,valid_from,valid_until
haven,network,192.0.2.0/25,owner,verified,2026-01-01,
haven,domain,HAVEN.example.,,,,
linde,network,2001:DB8:0::/48,operator,claimed,,2026-12-31
linde,asn,AS64500,owner,inferred,,
linde,email_domain,linde.example,owner,claimed,,
"""
CONSTITUENCIES = """partner,organisation,relation,chosen,from,until
kring,haven,member,yes,2026-01-01,
zorg,linde,,,,
zorg,haven,customer,no,,2027-01-01
"""
FILES = {
    "organisations": ORGANISATIONS,
    "contacts": CONTACTS,
    "partners": PARTNERS,
    "assets": ASSETS,
    "constituencies": CONSTITUENCIES,
}
pytestmark = pytest.mark.django_db


class Desk:
    """Somebody who imports what a test has written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def imports(self, kind: str, text: str | bytes, **options):
        path = self.folder / f"{kind}.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        given: dict[str, Any] = {"path": path, "kind": kind, "by": DESK, "at": NOON}
        return actions.import_file(**given | options)

    def counts(self, kind: str, text: str, **options) -> tuple[int, int, int, int]:
        tally = self.imports(kind, text, **options)
        assert tally.rows == tally.added + tally.changed + tally.unchanged + tally.bad
        return tally.added, tally.changed, tally.unchanged, tally.bad


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def filled(desk):
    """A desk, after one import of each kind."""
    for kind, text in FILES.items():
        desk.imports(kind, text)
    return desk


def reasons(tally) -> list[tuple[Any, ...]]:
    return [(row["line"], row["column"], row["value"], row["reason"]) for row in tally.first_bad.to_dicts()]


def test_every_kind_is_added_once(desk):
    assert {kind: desk.counts(kind, text) for kind, text in FILES.items()} == {
        "organisations": (3, 0, 0, 0),
        "contacts": (3, 0, 0, 0),
        "partners": (2, 0, 0, 0),
        "assets": (5, 0, 0, 0),
        "constituencies": (3, 0, 0, 0),
    }


@pytest.mark.parametrize("kind", FILES)
def test_the_same_file_again_changes_nothing(filled, kind):
    def stored():
        tables: list[Any] = [Organisation, Contact, Partner, Agreement, Asset, Constituency]
        return [list(table.objects.order_by("pk").values()) for table in tables]

    before = stored()
    added, changed, unchanged, bad = filled.counts(kind, FILES[kind])
    assert (added, changed, bad) == (0, 0, 0)
    assert unchanged == len(FILES[kind].splitlines()) - 1
    assert stored() == before


def test_an_organisation_arrives_whole_with_its_address(filled):
    haven = Organisation.objects.get(key="haven")
    assert haven.trade_names == ["Zoutwijk Haven", "ZH"]
    assert (haven.kvk, haven.rsin, haven.sector, haven.nis2, haven.has_objected) == (
        "12345678",
        None,
        "transport",
        "essential",
        False,
    )
    linde, korenaar = Organisation.objects.get(key="linde"), Organisation.objects.get(key="korenaar")
    assert (linde.trade_names, korenaar.sector, korenaar.has_objected, korenaar.language) == ([], "", True, "pap")
    assert not linde.contacts.filter(role="general").exists()
    general = haven.contacts.get(role="general")
    assert (general.address, general.channel, general.is_verified) == ("post@haven.example", "mail", True)
    assert not korenaar.contacts.get().is_verified


def test_contacts_arrive_with_channel_and_language(filled):
    contacts = Contact.objects.filter(organisation__key="haven").exclude(role="general").order_by("role")
    assert [(one.role, one.channel, one.address, one.language, one.is_verified) for one in contacts] == [
        ("abuse", "webhook", "https://haven.example/in", "nl", False),
        ("security", "mail", "beveiliging@haven.example", "en", True),
    ]


def test_a_partner_arrives_with_its_contacts_and_its_agreement(filled):
    kring = Partner.objects.get(key="kring")
    assert (kring.organisation, kring.functions, kring.sectors) == (
        Organisation.objects.get(key="korenaar"),
        ["notification", "knowledge"],
        ["transport"],
    )
    assert set(kring.contacts.values_list("channel", "address", "role", "is_verified")) == {
        ("mail", "meldingen@kring.example", "security", True),
        ("webhook", "https://kring.example/in", "security", True),
    }
    secrets = list(Contact.objects.exclude(webhook_secret="").values_list("channel", "webhook_secret"))
    assert {channel for channel, _ in secrets} == {"webhook"}
    assert all(Webhook(secret).sign("msg_1", NOON, "{}") for _, secret in secrets)
    assert len({secret for _, secret in secrets}) == len(secrets) > 0
    agreement = kring.agreements.get()
    assert (agreement.from_on, agreement.until_on, agreement.functions, agreement.state) == (
        date(2026, 1, 1),
        date(2027, 1, 1),
        ["notification"],
        "signed",
    )
    zorg = Partner.objects.get(key="zorg")
    assert (zorg.organisation, zorg.contacts.count(), zorg.agreements.count()) == (None, 0, 0)


def test_assets_arrive_in_normal_form_from_midnight_here(filled):
    assert set(Asset.objects.values_list("value", "role", "evidence")) == {
        ("192.0.2.0/25", "owner", "verified"),
        ("haven.example", "owner", "claimed"),
        ("2001:db8::/48", "operator", "claimed"),
        ("64500", "owner", "inferred"),
        ("linde.example", "owner", "claimed"),
    }
    assert Asset.objects.get(value="192.0.2.0/25").valid_from == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert Asset.objects.get(kind="network", role="operator").valid_until == datetime(2026, 12, 30, 23, tzinfo=UTC)


def test_constituencies_arrive_with_their_span(filled):
    assert set(
        Constituency.objects.values_list(
            "partner__key", "organisation__key", "relation", "is_chosen", "valid_from", "valid_until"
        )
    ) == {
        ("kring", "haven", "member", True, date(2026, 1, 1), None),
        ("zorg", "linde", "member", False, None, None),
        ("zorg", "haven", "customer", False, None, date(2027, 1, 1)),
    }


@pytest.mark.parametrize(
    ("kind", "old", "new", "read"),
    [
        ("organisations", "De Linde,", "De Lindeboom,", lambda: Organisation.objects.get(key="linde").name),
        ("organisations", "example,yes", "example,no", lambda: Contact.objects.get(role="general", organisation__key="haven").is_verified),
        ("organisations", "post@", "brief@", lambda: sorted(Contact.objects.filter(role="general").values_list("address", flat=True))),
        ("contacts", ",mail,en,", ",mail,nl,", lambda: Contact.objects.get(address="beveiliging@haven.example").language),
        ("partners", "Havenkring", "Kring", lambda: Partner.objects.get(key="kring").name),
        ("partners", "isac,korenaar", "isac,", lambda: Partner.objects.get(key="kring").organisation),
        ("partners", "signed", "ended", lambda: Agreement.objects.get().state),
        ("partners", "2026-01-01,2027", "2024-01-01,2025", Agreement.objects.count),
        ("assets", "verified", "claimed", lambda: Asset.objects.get(value="192.0.2.0/25").evidence),
        ("assets", "2026-01-01,", "2026-01-01,2026-10-01", lambda: Asset.objects.get(value="192.0.2.0/25").valid_until),
        ("constituencies", "yes", "no", lambda: Constituency.objects.get(relation="member", partner__key="kring").is_chosen),
    ],
)  # fmt: skip
def test_a_row_that_differs_changes_what_it_differs_in(filled, kind, old, new, read):
    assert old in FILES[kind]
    before, rows = read(), len(FILES[kind].splitlines()) - 1
    assert filled.counts(kind, FILES[kind].replace(old, new)) == (0, 1, rows - 1, 0)
    assert read() != before


def test_a_column_that_the_file_lacks_stays_as_it_is(filled):
    before = Organisation.objects.values().get(key="haven")
    assert filled.counts("organisations", "key,name\nhaven,Haven van Zoutwijk\n") == (0, 0, 1, 0)
    assert filled.counts("organisations", "name,key\nZeehaven,haven\n") == (0, 1, 0, 0)
    after = Organisation.objects.values().get(key="haven")
    assert after == before | {"name": "Zeehaven", "revision": after["revision"]}
    assert after["revision"] > before["revision"]
    assert filled.counts("constituencies", "partner,organisation\nkring,haven\nkring,linde\n") == (1, 0, 1, 0)
    assert Constituency.objects.get(partner__key="kring", organisation__key="haven").is_chosen


@pytest.mark.parametrize("plan", PLANS.values(), ids=lambda plan: plan.kind)
def test_every_column_that_must_be_filled_is(plan):
    for target in plan.targets:
        filled = {"id", "revision", *target.identity, *(value.column for value in target.values), *target.defaults()}
        needed = {field.column for field in target.model._meta.concrete_fields if not field.null}
        assert needed <= filled


def test_a_new_row_has_the_defaults_of_its_model(filled):
    contact = Contact.objects.get(address="post@haven.example")
    plain = Contact()
    unspoken = PLANS["organisations"].targets[1].defaults()
    assert unspoken
    assert {name: getattr(contact, name) for name in unspoken} == {name: getattr(plain, name) for name in unspoken}


def test_a_partner_is_verified_by_being_listed_and_a_list_does_not_verify_again(filled):
    Contact.objects.filter(partner__key="kring").update(is_verified=False)
    assert filled.counts("partners", PARTNERS) == (0, 0, 2, 0)
    assert not Contact.objects.filter(partner__key="kring", is_verified=True).exists()


def test_rows_with_keys_that_nobody_has_are_told_and_the_rest_goes_on(filled):
    assets = "organisation,kind,value\nhaven,domain,een.example\nwie,domain,twee.example\nlinde,domain,drie.example\n"
    tally = filled.imports("assets", assets)
    assert (tally.rows, tally.added, tally.bad) == (3, 2, 1)
    assert reasons(tally) == [(3, "organisation", "wie", "unknown-organisation")]
    members = "partner,organisation\nwie,haven\nkring,niemand\nwie,niemand\nkring,linde\n"
    assert reasons(filled.imports("constituencies", members)) == [
        (2, "partner", "wie", "unknown-partner"),
        (3, "organisation", "niemand", "unknown-organisation"),
        (4, "partner", "wie", "unknown-partner"),
    ]
    contact = "organisation,role,address\nwie,security,a@b.example\n"
    assert reasons(filled.imports("contacts", contact)) == [(2, "organisation", "wie", "unknown-organisation")]


def test_a_bad_partner_takes_its_contacts_along(filled):
    changed = PARTNERS.replace("isac,korenaar", "isac,niemand").replace("meldingen@", "ander@")
    tally = filled.imports("partners", changed)
    assert reasons(tally) == [(2, "organisation", "niemand", "unknown-organisation")]
    assert not Contact.objects.filter(address="ander@kring.example").exists()


@pytest.mark.parametrize("given", ["2027-01-01,,", ",notification,", ",,signed"])
def test_an_agreement_without_a_beginning_is_told(desk, given):
    header = "key,name,type,agreement_from,agreement_until,agreement_functions,agreement_state\n"
    tally = desk.imports("partners", f"{header}a,A,isac,,{given}\nb,B,isac,,,,\n")
    assert reasons(tally) == [(2, "agreement_from", None, "agreement-start")]
    assert list(Partner.objects.values_list("key", flat=True)) == ["b"]


def test_an_agreement_that_overlaps_another_is_told_and_nothing_of_it_is_kept(desk):
    header = "key,name,type,agreement_from,agreement_until,agreement_functions,agreement_state\n"
    desk.imports("partners", f"{header}a,A,isac,2026-01-01,2027-01-01,notification,signed\n")
    tally = desk.imports(
        "partners",
        f"{header}a,Anders,isac,2026-06-01,2027-06-01,notification;exercise,signed\n"
        "b,B,isac,2026-06-01,2027-06-01,notification,signed\n",
    )
    assert reasons(tally) == [(2, "agreement_from", "2026-06-01", "overlap")]
    assert set(Agreement.objects.values_list("partner__key", "from_on__month")) == {("a", 1), ("b", 6)}
    assert Partner.objects.get(key="a").name == "A"


@pytest.mark.parametrize(
    "row",
    [
        "a,A,isac,2026-01-01,2027-06-01,notification,signed",
        "a,A,isac,2027-01-01,,notification,signed",
        "a,A,isac,2026-06-01,2027-06-01,exercise,signed",
        "a,A,isac,2026-06-01,2027-06-01,notification,draft",
    ],
    ids=["the same one", "the day after", "another function", "a draft"],
)
def test_what_lies_beside_an_agreement_overlaps_nothing(desk, row):
    header = "key,name,type,agreement_from,agreement_until,agreement_functions,agreement_state\n"
    desk.imports("partners", f"{header}a,A,isac,2026-01-01,2027-01-01,notification,signed\n")
    assert reasons(desk.imports("partners", f"{header}{row}\n")) == []


def test_a_signed_agreement_in_a_file_stands_in_the_register_of_roles(desk):
    header = "key,name,type,agreement_from,agreement_until,agreement_functions,agreement_state\n"
    rows = "a,A,isac,2026-01-01,2027-01-01,notification;exercise,signed\nb,B,isac,2026-01-01,,knowledge,draft\n"
    desk.imports("partners", header + rows)
    found = Commitment.objects.values_list("partner__key", "function", "role", "from_on", "until_on")
    days = (date(2026, 1, 1), date(2027, 1, 1))
    assert set(found) == {("a", "notification", "informer", *days), ("a", "exercise", "informer", *days)}


def test_what_people_said_of_those_days_stays(desk):
    header = "key,name,type,agreement_from,agreement_until,agreement_functions,agreement_state\n"
    row = "a,A,isac,2026-01-01,2027-01-01,notification,signed\n"
    desk.imports("partners", header + row)
    Commitment.objects.update(role="contributor", until_on=date(2026, 6, 1))
    desk.imports("partners", header + row)
    assert Commitment.objects.values_list("role", "until_on").get() == ("contributor", date(2026, 6, 1))


def test_an_agreement_without_a_state_is_a_draft(desk):
    desk.imports("partners", "key,name,type,agreement_from\na,A,isac,2026-01-01\n")
    agreement = Agreement.objects.get()
    assert (agreement.state, agreement.functions, agreement.until_on) == ("draft", [], None)


@pytest.mark.parametrize("size", [1, 2, 100])
def test_the_same_asset_with_another_beginning_is_a_repetition_wherever_it_stands(filled, size):
    text = "organisation,kind,value,valid_from\n" + "".join(
        f"haven,domain,nieuw.example,202{year}-01-01\n" for year in range(4)
    )
    tally = filled.imports("assets", text, rows_per_batch=size)
    assert reasons(tally) == [(line, "organisation", "haven", "duplicate") for line in (3, 4, 5)]
    assert Asset.objects.get(value="nieuw.example").valid_from == datetime(2019, 12, 31, 23, tzinfo=UTC)


def test_kvk_numbers_may_be_shared(desk):
    assert desk.counts("organisations", "key,name,kvk\na,A,12345678\nb,B,12345678\n") == (2, 0, 0, 0)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_the_size_of_a_batch_makes_no_difference(filled, size):
    text = ASSETS + "wie,domain,een.example,,,,\nhaven,network,192.0.2.1/24,,,,\nlinde,domain,nieuw.example,,,,\n"
    tally = filled.imports("assets", text.replace("inferred", "claimed"), rows_per_batch=size)
    assert (tally.rows, tally.added, tally.changed, tally.unchanged, tally.bad) == (8, 1, 1, 4, 2)
    assert [(line, reason) for line, _, _, reason in reasons(tally)] == [(7, "unknown-organisation"), (8, "host-bits")]


def test_the_revision_of_assets_moves_only_with_a_change(filled):
    def revisions():
        return dict(Asset.objects.values_list("value", "revision"))

    first = revisions()
    assert len(set(first.values())) == 1
    filled.imports("assets", ASSETS)
    assert revisions() == first
    filled.imports("assets", ASSETS.replace("AS64500,owner,inferred", "AS64500,owner,verified"))
    second = revisions()
    assert second["64500"] > first["64500"]
    assert second | {"64500": first["64500"]} == first


def test_each_batch_has_a_later_revision(filled):
    text = "organisation,kind,value\n" + "".join(f"haven,domain,d{number}.example\n" for number in range(4))
    filled.imports("assets", text, rows_per_batch=2)
    revisions = [Asset.objects.get(value=f"d{number}.example").revision for number in range(4)]
    assert revisions[0] == revisions[1] < revisions[2] == revisions[3]


@pytest.mark.parametrize("actor", [STRANGER, AUDITOR, STEWARD], ids=lambda actor: actor.name)
def test_only_the_desk_imports(desk, actor):
    with pytest.raises(NotPermitted):
        desk.imports("organisations", ORGANISATIONS, by=actor)
    assert not Organisation.objects.exists()


def test_a_partner_does_not_import(country, desk):
    for actor in (country.member, country.neighbour):
        with pytest.raises(NotPermitted):
            desk.imports("organisations", ORGANISATIONS, by=actor)
    assert not Organisation.objects.filter(key="haven").exists()


def test_the_journal_has_an_event_per_batch_with_counts(desk):
    desk.imports("organisations", ORGANISATIONS + "x,,,,,,,,,,,,,,\n", rows_per_batch=3)
    events = Event.objects.filter(tag="registry.file.imported").order_by("number")
    assert [event.facts for event in events] == [
        {"kind": "organisations", "file": "organisations.csv", "rows": rows, "added": added, "changed": 0, "unchanged": 0, "bad": bad}
        for rows, added, bad in [(3, 3, 0), (1, 0, 1)]
    ]  # fmt: skip
    assert {event.actor for event in events} == {"desk"}


def test_all_bad_rows_go_to_a_file_where_asked(desk, tmp_path):
    desk.imports("organisations", ORGANISATIONS)
    assets = "organisation,kind,value\nwie,domain,a.example\nhaven,domain,b.example\nhaven,asn,zes\nwie,asn,64500\n"
    desk.imports("assets", assets, bad=tmp_path / "bad.csv", rows_per_batch=2)
    rows = pl.read_csv(tmp_path / "bad.csv")
    assert rows.columns == ["line", "column", "value", "reason", "words"]
    assert rows.select("line", "reason").rows() == [
        (2, "unknown-organisation"),
        (4, "asn-form"),
        (5, "unknown-organisation"),
    ]


def test_at_most_a_thousand_bad_rows_are_kept_at_hand(desk):
    text = "organisation,kind,value\n" + "".join(f"wie,domain,d{number}.example\n" for number in range(1500))
    tally = desk.imports("assets", text, rows_per_batch=700)
    assert (tally.bad, tally.first_bad.height) == (1500, 1000)
    assert tally.first_bad["line"].to_list() == list(range(2, 1002))


def test_a_file_that_breaks_off_keeps_its_whole_batches_and_says_so(desk, tmp_path):
    long = "Een handelsnaam die lang is; " * 34  # The file is larger than what is read at once.
    rows = "".join(f"o{number},Organisatie {number},{long}\n" for number in range(20_000))
    packed = gzip.compress(f"key,name,trade_names\n{rows}".encode(), 1)
    with pytest.raises(Unreadable, match=r"rows before that were taken in"):
        desk.imports("organisations", packed[: len(packed) * 3 // 4], rows_per_batch=1000)
    batches = [event.facts["added"] for event in Event.objects.order_by("number")]
    assert batches[:5] == [1000] * 5
    assert Organisation.objects.count() == sum(batches) < 20_000


def test_a_file_of_another_kind_is_refused_whole(desk):
    with pytest.raises(Unreadable, match="organisation"):
        desk.imports("organisations", ASSETS)
    assert not Event.objects.exists()


def test_a_file_that_is_not_there_is_refused(desk, tmp_path):
    with pytest.raises(Unreadable, match="No such file"):
        actions.import_file(path=tmp_path / "none.csv", kind="assets", by=DESK, at=NOON)


def test_an_import_that_is_stopped_leaves_whole_batches(real_commits, desk):
    def stop(done, words):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.imports("organisations", ORGANISATIONS, rows_per_batch=2, progress=stop)
    assert Organisation.objects.count() == 2
    assert desk.counts("organisations", ORGANISATIONS) == (1, 0, 2, 0)


def test_two_imports_at_once_take_turns(real_commits, desk):
    text = "key,name\n" + "".join(f"o{number},Organisatie {number}\n" for number in range(40))
    path = desk.folder / "organisations.csv"
    path.write_text(text)

    def load(_):
        try:
            return actions.import_file(path=path, kind="organisations", by=DESK, at=NOON, rows_per_batch=3)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        tallies = list(pool.map(load, range(2)))
    assert sum(tally.added for tally in tallies) == 40
    assert sum(tally.unchanged for tally in tallies) == 40
    assert Organisation.objects.count() == 40


@pytest.mark.parametrize("kind", FILES)
def test_a_batch_takes_as_many_queries_whatever_its_size(filled, kind):
    header, *rows = FILES[kind].splitlines(keepends=True)
    counts = []
    for part in (rows[:1], rows):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            filled.imports(kind, header + "".join(part))
        counts.append(len(queries))
    assert counts[0] == counts[1]


KEYS = ["haven", "linde", "wie"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(KEYS),
        st.sampled_from(["een.example", "twee.example", "drie.example"]),
        st.sampled_from(["owner", "operator"]),
        st.sampled_from(["claimed", "verified"]),
        st.sampled_from(["", "2025-01-01", "2026-01-01"]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(ROWS, min_size=1, max_size=3), size=st.integers(1, 5))
def test_imports_agree_with_a_plain_loop(filled, files, size):
    Asset.objects.all().delete()
    wanted: dict[tuple[str, str, str], tuple[str, str]] = {}
    for rows in files:
        own: dict[tuple[str, str, str], tuple[str, str]] = {}
        for key, value, role, evidence, start in rows:
            if key != "wie":
                own.setdefault((key, value, role), (evidence, start))
        text = "organisation,kind,value,role,evidence,valid_from\n"
        text += "".join(
            f"{key},domain,{value},{role},{evidence},{start}\n" for key, value, role, evidence, start in rows
        )
        added = len(own.keys() - wanted.keys())
        changed = sum(wanted.get(name, content) != content for name, content in own.items())
        expected = (added, changed, len(own) - added - changed, len(rows) - len(own))
        assert filled.counts("assets", text, rows_per_batch=size) == expected
        wanted |= own
    stored = {
        (row.organisation.key, row.value, row.role): (row.evidence, f"{row.valid_from:%Y}" if row.valid_from else "")
        for row in Asset.objects.select_related("organisation")
    }
    # Midnight here is still the year before in UTC.
    assert stored == {
        name: (evidence, str(int(start[:4]) - 1) if start else "") for name, (evidence, start) in wanted.items()
    }
