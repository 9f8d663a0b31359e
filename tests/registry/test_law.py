"""The facts of law: ours can be read and hold what the rules need; an operator's own take their place whole."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from schakel.policy.sharing import Refusal, basis_refusal
from schakel.registry import law
from schakel.registry.files.lists import slugs

LAW_DAY = date(2026, 8, 15)
OWN = """
checked_on = 2026-01-01
[ours]
nl = "Onze wet"
en = "Our law"
from_on = 2026-01-01
sender_nl = "wij"
sender_en = "we"
recipients_nl = "u"
recipients_en = "you"
content_nl = "alles"
content_en = "all"
source = "Official journal"
"""


@pytest.fixture
def own(settings, tmp_path):
    """A folder of an operator's own facts."""
    settings.FACTS = str(tmp_path)

    def write(text, name="legal_bases"):
        (tmp_path / f"{name}.toml").write_text(text)
        law._read.cache_clear()

    yield write
    law._read.cache_clear()


def refusal_of(slug, day):
    return basis_refusal(law.basis_of(slug), day=day, holds_personal_data=True)


def test_the_old_law_ended_the_day_the_new_one_began():
    eve = LAW_DAY - timedelta(days=1)
    assert (refusal_of("wbni-3", eve), refusal_of("wbni-3", LAW_DAY)) == (None, Refusal.BASIS_ENDED)
    assert (refusal_of("cbw-16-2-b", eve), refusal_of("cbw-16-2-b", LAW_DAY)) == (Refusal.BASIS_NOT_BEGUN, None)


def test_an_ended_basis_cannot_be_chosen():
    before = {one.rule.slug for one in law.choosable(LAW_DAY - timedelta(days=1))}
    after = {one.rule.slug for one in law.choosable(LAW_DAY)}
    assert "wbni-3" in before - after
    assert "cbw-16-2-b" in after - before
    assert "gdpr-6" not in after


def test_where_a_text_says_nothing_of_personal_data_it_is_no_ground_for_them():
    assert refusal_of("nis2-29", LAW_DAY) == Refusal.BASIS_WITHOUT_PERSONAL_DATA
    assert refusal_of("no-such-law", LAW_DAY) == Refusal.NO_LEGAL_BASIS
    assert refusal_of("gdpr-6", LAW_DAY) == Refusal.NO_LEGAL_BASIS


def test_every_sector_has_a_designation_and_what_is_not_certain_is_said():
    assert {one.sector for one in law.designations().values()} == set(slugs("sectors"))
    assert "designations: energy" in set(law.uncertain())
    assert "designations: health" not in set(law.uncertain())
    assert all(one.origin.source and one.origin.checked_on for one in law.supervisors().values())


def test_changes_are_told_newest_first():
    days = [change.on for change in law.changes()]
    assert days == sorted(days, reverse=True)
    assert {"cbw", "wbni-ended"} <= {change.slug for change in law.changes()}


def test_own_facts_take_the_place_of_ours_whole(own):
    own(OWN)
    assert list(law.bases()) == ["ours"]
    assert law.designations()  # A file that is not there stays ours.
    assert law.read_all()["legal_bases"].name == "legal_bases.toml"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('nl = "Onze wet"', "", "[ours] nl: this is missing"),
        ("from_on = 2026-01-01", "from_on = 2", "[ours] from_on: this is missing or of the wrong kind"),
        (
            "from_on = 2026-01-01",
            "from_on = 2026-01-01\nuntil_on = 2025-01-01",
            "[ours] until_on: the end must be after",
        ),
        ("[ours]", "[ours", "legal_bases.toml: "),
    ],
)
def test_a_fault_in_own_facts_is_told_with_its_place(own, before, after, words):
    own(OWN.replace(before, after))
    with override("en"), pytest.raises(law.FactsUnreadable) as refused:
        law.bases()
    assert words in str(refused.value)


def test_a_sector_that_does_not_exist_is_refused(own):
    own(
        '[a]\nsector = "magic"\ncsirt = "X"\nfrom_on = 2026-01-01\nbasis = "B"\nsource = "S"\nchecked_on = 2026-01-01',
        "designations",
    )
    with override("en"), pytest.raises(law.FactsUnreadable, match="magic is no sector"):
        law.designations()
