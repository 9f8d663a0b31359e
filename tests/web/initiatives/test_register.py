import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from schakel.collaboration import initiatives, load, merging, taking_part
from schakel.collaboration.descriptions import Description
from schakel.collaboration.models import (
    Initiative,
    LessonAnswer,
    MergeProposal,
    Milestone,
    Participant,
    UseCase,
    UseCaseLink,
)
from schakel.registry.models import Partner
from tests.cast import DESK, NOON
from tests.web.notices.test_respond import every_row

LIST = "/network/initiatives"


def make(name, **given):
    given = {"kind": "project", **given}
    return initiatives.add(description=Description(name=name, **given), by=DESK, at=NOON)


@pytest.fixture
def ours(country):
    return make("Havenwacht <1>", owner=country.harbour_circle, functions=("notification",), about="Wij <waken>.")


@pytest.fixture
def theirs(country):
    return make("Zorgwacht", owner=country.care_csirt)


@pytest.fixture
def central(db):
    row = make("Het midden", owner_name="Een ministerie")
    initiatives.make_central(initiative=row, by=DESK, at=NOON)
    return row


@pytest.fixture
def three(ours, theirs, central):
    return ours, theirs, central


@pytest.fixture
def others(neighbour, member, stranger):
    return neighbour, member("steward"), stranger


def text(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_register_shows_function_owner_state_and_relation(owner, ours, theirs, central):
    initiatives.decide(initiative=theirs, state="stop", reason="klaar", by=DESK, at=NOON)
    page = text(owner, LIST)
    assert "2 initiatives" in page
    assert "Zorgwacht" not in page
    for words in ("Havenwacht &lt;1&gt;", "target and victim notification", "Havenkring", "not decided yet",
                  "Een ministerie", "not looked at yet"):  # fmt: skip
        assert words in page
    assert "Zorgwacht" in text(owner, f"{LIST}?state=all")
    assert "Havenwacht" not in text(owner, f"{LIST}?state=stop")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("function=notification", {"Havenwacht"}),
        ("is_not_central=on", {"Havenwacht", "Zorgwacht"}),
        ("is_mine=on", {"Havenwacht"}),
        ("kind=project&q=midden", {"midden"}),
        ("q=HAVENKRING", {"Havenwacht"}),
        ("kind=tool", set()),
        ("kind=nonsense", {"Havenwacht", "Zorgwacht", "midden"}),
        ("is_stale=on", {"Zorgwacht"}),
    ],
)
def test_the_register_can_be_filtered(owner, three, query, found):
    ours, theirs, central = three
    Initiative.objects.filter(pk=theirs.pk).update(checked_on="2020-01-01")
    for row in (ours, central):
        Initiative.objects.filter(pk=row.pk).update(checked_on="2999-01-01")
    page = text(owner, f"{LIST}?{query}").partition("results-count")[2]
    rows = page.partition("<tbody>")[2].replace('label="Het midden"', "")
    assert {name for name in ("Havenwacht", "Zorgwacht", "midden") if name in rows} == found


def test_an_initiative_shows_everything_that_is_known(owner, ours, theirs, central, country):
    taking_part.take_part(initiative=ours, name="De Loodsen", role="chair", by=DESK, at=NOON)
    case = taking_part.add_use_case(initiative=ours, name="Delen", by=DESK, at=NOON)
    taking_part.link(use_case=case, partner=country.care_csirt, part="levert", by=DESK, at=NOON)
    taking_part.meet(initiative=ours, on=NOON.date(), subject="Overleg", attended_count=1, by=DESK, at=NOON)
    initiatives.add_milestone(
        initiative=ours, on=NOON.date().replace(day=1), precision="month", words="Start", by=DESK, at=NOON
    )
    initiatives.assess(initiative=ours, outcome="cooperate", tie="linked", reason="past", by=DESK, at=NOON)
    page = text(owner, f"{LIST}/{ours.slug}")
    for words in ("Wij &lt;waken&gt;.", "De Loodsen", "chair", "Delen", "Zorg-CSIRT", "(levert)", "Overleg", "1 person",
                  "November 2026: Start", "work together, stay apart", "added to the register"):  # fmt: skip
        assert words in page
    assert "Assess the coupling" not in page
    assert "Decide" in page
    other = text(owner, f"{LIST}/{theirs.slug}")
    for words in ("Decide", "Change the description", "Add a milestone", "This is right today"):
        assert words not in other


def test_a_partner_that_others_may_not_know_of_is_not_named_or_counted(owner, desk, ours, theirs, country):
    joining = Partner.objects.create(key="new", name="Nieuweling", type="isac", standing="joining")
    taking_part.take_part(initiative=theirs, partner=joining, by=DESK, at=NOON)
    case = taking_part.add_use_case(initiative=theirs, name="Delen", by=DESK, at=NOON)
    link = taking_part.link(use_case=case, partner=joining, by=DESK, at=NOON)
    make("Iets anders", owner=joining)
    for path in (LIST, f"{LIST}/{theirs.slug}", f"{LIST}.csv", f"{LIST}.json", f"{LIST}?q=Nieuweling"):
        assert "Nieuweling" not in text(owner, path).replace("q=Nieuweling", "").replace('value="Nieuweling"', "")
    assert "0 initiatives" in text(owner, f"{LIST}?q=Nieuweling")
    told = {one["initiative"]: one for one in owner.get(f"{LIST}.json").json()["initiatives"]}
    assert (told["zorgwacht"]["participants"], told["zorgwacht"]["linked_partners"]) == (0, 0)
    assert "Nieuweling" in text(desk, f"{LIST}/{theirs.slug}")
    assert owner.post(f"/network/use-case-links/{link.pk}/end").status_code == 404
    assert owner.post(f"/network/use-case-links/{link.pk + 9}/end").status_code == 404


def test_strangers_log_in_stewards_see_figures_and_organisations_nothing(stranger, member, ours, theirs):
    steward, auditor = member("steward"), member("auditor")
    for path in (
        LIST,
        f"{LIST}/{ours.slug}",
        f"{LIST}/new",
        f"{LIST}.csv",
        f"{LIST}.json",
        f"{LIST}/{ours.slug}/lessons",
    ):
        assert stranger.get(path).url.startswith("/account/login")
        assert steward.get(path).status_code == auditor.get(path).status_code == 403
    page = text(steward, "/network/figures")
    assert "Havenwacht" not in page
    assert "Havenkring" not in page
    assert 'tile__number">2<' in page
    assert auditor.get("/network/figures").status_code == 403


def test_a_partner_adds_and_describes_its_own(owner, country):
    page = text(owner, f"{LIST}/new")
    assert "Havenkring" in page
    assert "Zorg-CSIRT" not in page.partition('<form class="stack')[2]
    given = {"name": "Kadewacht", "kind": "group", "owner": country.harbour_circle.pk, "functions": ["knowledge"]}
    assert owner.post(f"{LIST}/new", given).url == f"{LIST}/kadewacht"
    row = Initiative.objects.get()
    assert (row.owner, row.functions) == (country.harbour_circle, ["knowledge"])
    answer = owner.post(f"{LIST}/new", given | {"owner": country.care_csirt.pk})
    assert answer.status_code == 400
    changed = given | {"name": "Kadewacht plus", "url": "example.org", "began_in": "2020"}
    assert owner.post(f"{LIST}/kadewacht/edit", changed).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.url, row.began_in) == ("Kadewacht plus", "https://example.org", 2020)


def test_the_desk_names_an_owner_by_its_name_or_a_body_outside(desk, country):
    given = {"name": "A", "kind": "tool", "owner": "havenkring"}
    desk.post(f"{LIST}/new", given)
    desk.post(f"{LIST}/new", given | {"name": "B", "owner": "Een stichting"})
    one, other = Initiative.objects.order_by("name")
    assert (one.owner, other.owner, other.owner_name) == (country.harbour_circle, None, "Een stichting")
    assert 'value="harbour-circle"' in text(desk, f"{LIST}/a/edit")
    Partner.objects.create(key="twin", name="Havenkring", type="isac")
    answer = desk.post(f"{LIST}/new", given)
    assert answer.status_code == 400
    assert "several partners have this name" in answer.content.decode()
    answer = desk.post(f"{LIST}/new", given | {"name": "C", "began_in": "3"})
    assert "several partners" in answer.content.decode()


ACTS = [
    ("decide", {"state": "develop", "reason": "groeit"}),
    ("milestones", {"on": "2026-01-01", "precision": "year", "words": "Start"}),
    ("participants", {"name": "Zorg-CSIRT", "role": "member"}),
    ("meetings", {"on": "2026-01-01", "subject": "Overleg"}),
    ("use-cases", {"name": "Delen"}),
]


def posted(client, row, act, given):
    prefix = act.replace("-", "_")
    return client.post(f"{LIST}/{row.slug}/{act}", {f"{prefix}-{name}": value for name, value in given.items()})


@pytest.mark.parametrize(("act", "given"), ACTS, ids=[act for act, _ in ACTS])
def test_the_owner_acts_on_its_own_and_nobody_else_does(owner, others, ours, act, given):
    neighbour, steward, stranger = others
    before = every_row()
    assert posted(neighbour, ours, act, given).status_code == 403
    assert posted(steward, ours, act, given).status_code == 403
    assert posted(stranger, ours, act, given).url.startswith("/account/login")
    assert every_row() == before
    assert posted(owner, ours, act, given).url == f"{LIST}/{ours.slug}"


def test_what_the_acts_leave(owner, ours, country):
    for act, given in ACTS:
        posted(owner, ours, act, given)
    ours.refresh_from_db()
    assert (ours.state, Milestone.objects.get().words, Participant.objects.get().partner) == (
        "develop", "Start", country.care_csirt,
    )  # fmt: skip
    case = UseCase.objects.get()
    posted(owner, ours, "links", {"use_case": case.pk, "name": "Havenkring", "part": "trekt"})
    assert UseCaseLink.objects.get().part == "trekt"
    assert owner.post(f"/network/use-case-links/{UseCaseLink.objects.get().pk}/end").status_code == 302
    assert owner.post(f"/network/participants/{Participant.objects.get().pk}/end").status_code == 302
    assert owner.post(f"/network/participants/{Participant.objects.get().pk}/end").status_code == 409


def test_what_cannot_be_kept_comes_back_with_its_words_and_reason(owner, ours):
    answer = posted(owner, ours, "meetings", {"on": "gisteren", "subject": "Overleg <b>"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Enter a valid date" in page
    assert "Overleg &lt;b&gt;" in page
    case = taking_part.add_use_case(initiative=ours, name="Delen", by=DESK, at=NOON)
    answer = posted(owner, ours, "links", {"use_case": case.pk, "name": "Niemand"})
    assert "there is no partner of this name" in answer.content.decode()
    assert not UseCaseLink.objects.exists()


def test_a_partner_links_itself_to_a_use_case_of_another(neighbour, owner, ours, country):
    case = taking_part.add_use_case(initiative=ours, name="Delen", by=DESK, at=NOON)
    assert posted(neighbour, ours, "links", {"use_case": case.pk, "name": "Havenkring"}).status_code == 403
    assert posted(neighbour, ours, "links", {"use_case": case.pk, "name": "zorg-csirt"}).status_code == 302
    assert posted(neighbour, ours, "links", {"use_case": case.pk + 1, "name": "zorg-csirt"}).status_code == 404
    page = text(owner, f"{LIST}/{ours.slug}")
    assert 'data-label="Partners">1<' in page


def test_only_the_desk_assesses_and_chooses_the_centre(owner, desk, ours, central):
    given = {"outcome": "couple", "tie": "linked", "reason": "past"}
    assert posted(owner, ours, "assess", given).status_code == 403
    assert posted(desk, ours, "assess", given).status_code == 302
    assert owner.post(f"{LIST}/{ours.slug}/central").status_code == 403
    assert desk.post(f"{LIST}/{ours.slug}/central").status_code == 302
    assert Initiative.objects.get(is_central=True) == ours


def test_the_owner_says_that_it_is_right_today(owner, neighbour, ours):
    Initiative.objects.filter(pk=ours.pk).update(checked_on="2020-01-01")
    assert "to be checked" in text(owner, f"{LIST}/{ours.slug}")
    assert neighbour.post(f"{LIST}/{ours.slug}/check").status_code == 403
    owner.post(f"{LIST}/{ours.slug}/check")
    assert "to be checked" not in text(owner, f"{LIST}/{ours.slug}").partition("<main")[2]


def test_the_checklist_is_answered_by_the_owner_and_read_by_members(owner, neighbour, ours):
    assert text(owner, f"{LIST}/{ours.slug}/lessons").count("<select") == 15
    given = {"variety": "partly", "variety-words": "nog <eenzijdig>"}
    assert neighbour.post(f"{LIST}/{ours.slug}/lessons", given).status_code == 403
    assert owner.post(f"{LIST}/{ours.slug}/lessons", given).status_code == 302
    assert LessonAnswer.objects.get().words == "nog <eenzijdig>"
    page = text(neighbour, f"{LIST}/{ours.slug}/lessons")
    assert "nog &lt;eenzijdig&gt;" in page
    assert "<select" not in page.partition("<main")[2]
    assert "Partly: 1." in text(owner, f"{LIST}/{ours.slug}")
    assert owner.post(f"{LIST}/{ours.slug}/lessons", {"variety": "perhaps"}).status_code == 400


def test_a_merger_from_proposal_to_done(owner, neighbour, member, ours, theirs):
    desk = member("coordinator")
    page = text(owner, f"{LIST}/{ours.slug}/merge")
    assert "Zorgwacht" in page
    answer = owner.post(f"{LIST}/{ours.slug}/merge", {"target": theirs.slug, "reason": "samen"})
    proposal = MergeProposal.objects.get()
    assert answer.url == f"{LIST}/merges/{proposal.pk}"
    assert "Zorgwacht" in text(neighbour, LIST).partition("tiles")[2].partition("filters")[0]
    given = {"side": "target", "is_sure": "yes"}
    assert owner.post(f"{answer.url}/agree", given).status_code == 403
    assert desk.post(f"{answer.url}/agree", given).status_code == 403
    assert "cannot be undone" in neighbour.post(f"{answer.url}/agree", {"side": "target"}, follow=True).content.decode()
    done = neighbour.post(f"{answer.url}/agree", given, follow=True).content.decode()
    assert "the two are one now" in done
    page = text(owner, f"{LIST}/{ours.slug}")
    assert "Goes on in" in page
    assert "Propose a merger" not in page
    third = member("partner", Partner.objects.create(key="third", name="Derde", type="isac"))
    for path in (answer.url, f"{LIST}/merges/{proposal.pk + 9}"):
        assert third.get(path).status_code == 404
    assert "→" not in text(third, f"{LIST}/{ours.slug}").partition("<main")[2]


def test_a_proposal_is_refused_or_taken_back_with_a_reason(owner, neighbour, ours, theirs, country):
    proposal = merging.propose(source=ours, target=theirs, reason="x", by=country.member, at=NOON)
    path = f"{LIST}/merges/{proposal.pk}"
    assert "give a reason" in neighbour.post(f"{path}/refuse", {"reason": ""}, follow=True).content.decode()
    assert "has ended" in neighbour.post(f"{path}/refuse", {"reason": "nee"}, follow=True).content.decode()
    assert neighbour.post(f"{path}/refuse", {"reason": "nee"}).status_code == 409
    assert neighbour.post(f"{path}/withdraw", {"reason": "nee"}).status_code == 403


def test_a_partner_proposes_only_what_concerns_its_own(owner, ours, theirs, central):
    page = text(owner, f"{LIST}/{theirs.slug}/merge")
    assert "Havenwacht" in page
    assert "Het midden" not in page
    assert owner.post(f"{LIST}/{theirs.slug}/merge", {"target": central.slug, "reason": "x"}).status_code == 400
    assert owner.post(f"{LIST}/{ours.slug}/merge", {"target": central.slug, "reason": " "}).status_code == 400


def test_the_register_leaves_as_csv_and_json(owner, ours, theirs, central):
    Initiative.objects.filter(pk=theirs.pk).update(name="=SUM(1)")
    answer = owner.get(f"{LIST}.csv?is_not_central=on")
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = answer.content.decode().splitlines()
    assert lines[0].startswith("initiative,name,kind,functions,audience,owner,state")
    assert len(lines) == 3
    assert lines[1].startswith("zorgwacht,'=SUM(1),project,,,Zorg-CSIRT,undecided")
    told = json.loads(owner.get(f"{LIST}.json").content)["initiatives"]
    assert {one["owner"] for one in told} == {"Havenkring", "Zorg-CSIRT", "Een ministerie"}
    assert told[-1]["checked_on"] == "2026-11-02"


def test_an_export_is_told_to_the_journal(owner, ours):
    from schakel.journal.models import Event

    owner.get(f"{LIST}.csv")
    event = Event.objects.order_by("number").last()
    assert (event.tag, event.facts) == ("collaboration.register.exported", {"form": "csv", "count": 1})


def test_looking_changes_nothing(desk, ours, theirs):
    before = every_row()
    for path in (LIST, f"{LIST}/new", f"{LIST}/{ours.slug}", f"{LIST}/{ours.slug}/edit", f"{LIST}/{ours.slug}/check",
                 f"{LIST}/{ours.slug}/merge", f"{LIST}/{ours.slug}/lessons", "/network/figures"):  # fmt: skip
        desk.get(path)
    assert every_row() == before


def test_more_rows_cost_no_more_queries(desk, ours, theirs, country, django_assert_num_queries):
    paths = (LIST, f"{LIST}/{ours.slug}", f"{LIST}.csv", "/network/figures", f"{LIST}/{ours.slug}/lessons")

    def some_more(tag):
        for number in range(4):
            make(f"Meer {tag} {number}", owner=country.care_csirt)
            taking_part.take_part(initiative=ours, name=f"{tag} {number}", by=DESK, at=NOON)
            case = taking_part.add_use_case(initiative=ours, name=f"{tag} {number}", by=DESK, at=NOON)
            for partner in (country.care_csirt, country.harbour_circle):
                taking_part.link(use_case=case, partner=partner, by=DESK, at=NOON)

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


def test_a_long_register_is_paged_by_name(desk, db):
    for number in range(60):
        make(f"initiatief {number:02}")
    first = text(desk, f"{LIST}?kind=project")
    assert "initiatief 49" in first
    assert "initiatief 50" not in first
    address = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = text(desk, address)
    assert "initiatief 50" in second
    assert "initiatief 49" not in second
    assert "To the start" in second


def test_an_empty_register_says_what_to_do(desk):
    assert "The register is empty." in text(desk, LIST)


def test_the_projects_own_list_reads_in_both_languages(member):
    load.import_file(path=None, by=DESK, at=NOON)
    english, dutch = member("coordinator"), member("coordinator", language="nl")
    assert "Nationwide System of information exchange" in text(english, f"{LIST}/lds")
    page = text(dutch, f"{LIST}/lds")
    assert "Landelijk Dekkend Stelsel" in page
    assert "opgegaan in een ander" in page
    assert "Begin van het stelsel" in page
    assert "onzeker" in text(dutch, f"{LIST}/ncsc-dtc-csirt-dsp")


def test_an_idea_looks_for_partners_and_finds_one(owner, neighbour, others, country):
    _neighbour, steward, stranger = others
    assert "Nobody looks for partners now" in neighbour.get("/network/initiatives/ideas").content.decode()
    given = {"name": "Idee <x>", "kind": "project", "seeks": "Wie kan <schrijven>?", "owner": country.harbour_circle.pk}
    assert owner.post(f"{LIST}/new", given).url == f"{LIST}/idee-x"
    board = neighbour.get("/network/initiatives/ideas").content.decode()
    assert "Wie kan &lt;schrijven&gt;?" in board
    assert "Idee &lt;x&gt;" in neighbour.get(f"{LIST}?is_seeking=on").content.decode()
    here, join = f"{LIST}/idee-x", {"partner": country.care_csirt.pk}
    assert "Join in as Zorg-CSIRT" in neighbour.get(here).content.decode()
    assert "Join in" not in owner.get(here).content.decode()
    assert owner.post(f"{here}/join", join).status_code == 404
    assert steward.post(f"{here}/join", join).status_code == 403
    assert stranger.get("/network/initiatives/ideas").url.startswith("/account/login")
    assert neighbour.post(f"{here}/join", join).url == here
    assert Participant.objects.get().partner == country.care_csirt
    assert "Join in" not in neighbour.get(here).content.decode()
    assert "takes part already" in neighbour.post(f"{here}/join", join, follow=True).content.decode()


def test_more_ideas_cost_no_more_queries(neighbour, country):
    make("Eerste", seeks="Wie?", owner=country.harbour_circle)
    with CaptureQueriesContext(connection) as few:
        neighbour.get("/network/initiatives/ideas")
    for number in range(5):
        make(f"Idee {number}", seeks="Wie?", owner=country.care_csirt)
    with CaptureQueriesContext(connection) as many:
        neighbour.get("/network/initiatives/ideas")
    assert len(many) == len(few)
