"""The names that are kept for comparing: always those of the registry, and found as if all were compared."""

import numpy as np
import polars as pl
import pytest

from schakel.kit import copying
from schakel.registry.models import Likeness, NameKey, Organisation
from schakel.registry.successions import duplicates, likeness, names
from tests.cast import DESK, NOON

REGIONS = ["NL-ZH", "NL-ZH", "NL-GR", ""]


def search():
    while duplicates.find_organisations(by=DESK, at=NOON):
        pass


def made(name, **given):
    return Organisation.objects.create(key=name, name=name, **given)


def kept():
    return dict(NameKey.objects.values_list("organisation__name", "plain"))


def test_names_follow_the_registry(db, monkeypatch):
    monkeypatch.setattr(names, "KEPT_AT_ONCE", 2)
    rows = [made(f"Bakkerij {number} B.V.") for number in range(5)]
    names.keep_up()
    assert kept() == {f"Bakkerij {number} B.V.": f"bakkerij {number}" for number in range(5)}
    Organisation.objects.filter(pk=rows[1].pk).update(name="Énergie Oost")
    rows[2].delete()
    made("Nieuw")
    names.keep_up()
    assert {"Énergie Oost", "Nieuw"} < kept().keys()
    assert (kept()["Énergie Oost"], len(kept())) == ("energie oost", 5)


def test_nothing_is_written_where_nothing_changed(db):
    made("Bakkerij")
    assert not names._keep_some(names.keep_up())


def test_a_new_name_or_number_is_compared_again(db):
    one, other = made("Bakkerij De Korenaar"), made("Iets Heel Anders")
    search()
    assert not Likeness.objects.exists()
    Organisation.objects.filter(pk=other.pk).update(name="Bakkerij Korenaar")
    search()
    assert Likeness.objects.get().organisation == one
    Organisation.objects.filter(pk=one.pk).update(rsin="123456789")
    third = made("Weer Anders", rsin="123456789")
    search()
    assert Likeness.objects.filter(organisation=one, other_organisation=third, grounds=["rsin"]).exists()


def test_who_became_part_of_another_is_no_double(db):
    one, gone = made("Bakkerij De Korenaar"), made("Bakkerij Korenaar")
    Organisation.objects.filter(pk=gone.pk).update(successor=one)
    search()
    made("Bakkerij Korenaar!")
    search()
    assert [row.organisation_id for row in Likeness.objects.all()] == [one.pk]


@pytest.mark.parametrize("seed", [1, 2])
def test_kept_names_give_the_pairs_that_comparing_all_of_them_gives(db, monkeypatch, seed):
    monkeypatch.setattr(copying, "ROWS_AT_ONCE", 300)
    monkeypatch.setattr(duplicates, "COMPARED_AT_ONCE", 70)
    dice = np.random.default_rng(seed)
    plain = [f"{kind} {place} {end}" for kind in KINDS for place in PLACES for end in ("", "B.V.", "Holding")]
    called = [slipped(dice, plain[at]) for at in dice.integers(0, len(plain), 400)]
    numbers = [f"{number:08}" if dice.random() < 0.7 else None for number in range(len(called))]
    Organisation.objects.bulk_create(
        Organisation(key=str(at), name=name, kvk=numbers[at], region=REGIONS[at % 4]) for at, name in enumerate(called)
    )
    search()
    found = set(Likeness.objects.values_list("organisation_id", "other_organisation_id", "score"))
    assert found == expected()
    assert len(found) > 20


KINDS = ["Bakkerij", "Zorggroep", "Administratiekantoor", "Stichting Openbaar", "Transportbedrijf"]
PLACES = ["Korenaar", "De Lichtgaarde", "Oosterhaven", "Vossenhoop", "Zilverkiel", "Dassenschild Belzijl"]


def slipped(dice, name):
    """A name, half of the time with a slip of the pen."""
    at = int(dice.integers(0, len(name)))
    return name[:at] + name[at + 1 :] if dice.random() < 0.5 else name


def expected():
    """What comparing all names of the registry at once gives, by the same rules."""
    rows = list(Organisation.objects.order_by("pk").values_list("pk", "name", "kvk", "region"))
    everybody = pl.DataFrame(rows, schema=["id", "name", "kvk", "region"], orient="row")
    fresh = everybody.filter(pl.col("kvk").is_null())
    cutoff = duplicates.LIKE_ORGANISATIONS
    pairs = likeness.alike_in_blocks(fresh.select("id", "name"), everybody.select("id", "name"), cutoff=cutoff)
    region = {number: place for number, _name, _kvk, place in rows}
    return {
        (left, right, score)
        for left, right, score in pairs.iter_rows()
        if region[left] == region[right] or "" in (region[left], region[right])
    }
