"""A random network in the database, and random things that happen to it."""

import random
from datetime import date, timedelta

from schakel.registry.files.lists import slugs
from schakel.registry.models import (
    Agreement,
    AgreementState,
    Constituency,
    Estimate,
    Organisation,
    Partner,
    PartnerStanding,
    Relation,
)
from tests.cast import NOON

DAY = NOON.date()
SECTORS, SBI = ["", "energy", "health"], ["", "Q", "86101", "01", "99", "G"]
REGIONS, SIZES = ["", "NL-ZH", "NL-BQ2"], ["one", "small", "large", "unknown"]
STATUSES = ["essential", "important", "none", "unknown"]
WAITING = {"notification": ["NL-BQ2"], "exercise": ["NL-ZH"], "knowledge": ["NL-ZH", "NL-BQ2"]}
"""Where functions have not begun on DAY."""
STARTS = f"""
[notification.starts]
NL-BQ2 = {DAY + timedelta(days=2)}
[exercise.starts]
NL-ZH = false
NL-BQ2 = {DAY}
[knowledge.starts]
NL-ZH = {DAY + timedelta(days=1)}
NL-BQ2 = {DAY + timedelta(days=1)}
"""
NEAR = [None, None, DAY - timedelta(days=40), DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]


class Network:
    """Partners with overlapping lists, some out of date, and agreements of every sort."""

    def __init__(self, dice: random.Random, *, organisations: int = 40, partners: int = 5) -> None:
        self.dice, self.made = dice, 0
        for _ in range(organisations):
            self.add_organisation()
        for number in range(partners):
            self._add_partner(number)

    def add_organisation(self) -> None:
        self.made += 1
        Organisation.objects.create(key=f"o{self.made}", name=f"O{self.made}", **self._profile())

    def _profile(self) -> dict[str, object]:
        pick = self.dice.choice
        return {
            "sector": pick(SECTORS), "sbi": pick(SBI), "region": pick(REGIONS), "size_class": pick(SIZES),
            "nis2": pick(STATUSES), "has_objected": self.dice.random() < 0.2,
        }  # fmt: skip

    def _add_partner(self, number: int) -> None:
        standing = PartnerStanding.PROSPECT if number == 0 else PartnerStanding.PARTNER
        partner = Partner.objects.create(key=f"p{number}", name=f"P{number}", type="isac", standing=standing)
        for organisation in self.dice.sample(list(Organisation.objects.all()), 12):
            self._list(partner, organisation)
        if number:
            self._agree(partner, DAY - timedelta(days=400), DAY - timedelta(days=200))
            self._agree(partner, DAY - timedelta(days=100), self.dice.choice(NEAR))
        self.estimate(partner)

    def _list(self, partner: Partner, organisation: Organisation) -> None:
        start, end = self.dice.choice(NEAR), self.dice.choice(NEAR)
        for relation in self.dice.sample(Relation.values, self.dice.choice([1, 1, 2])):
            Constituency.objects.get_or_create(
                partner=partner, organisation=organisation, relation=relation,
                defaults={"valid_from": start, "valid_until": end},
            )  # fmt: skip

    def _agree(self, partner: Partner, start: date, end: date | None) -> None:
        functions = self.dice.sample(slugs("functions"), self.dice.randint(1, 4))
        state = self.dice.choice([AgreementState.SIGNED, AgreementState.SIGNED, AgreementState.DRAFT])
        Agreement.objects.create(partner=partner, functions=functions, from_on=start, until_on=end, state=state)

    def estimate(self, partner: Partner) -> None:
        pick = self.dice.choice
        Estimate.objects.get_or_create(
            partner=partner, relation=pick(Relation.values), sector=pick(SECTORS), sbi_section=pick(["", "Q"]),
            region=pick(REGIONS), size_class=pick(SIZES),
            defaults={"count": self.dice.randint(1, 30), "source": "website", "counted_on": DAY},
        )  # fmt: skip

    def happen(self) -> None:
        """One change, of those that coverage must notice."""
        self.dice.choice(
            [self._join, self._leave, self._move, self.add_organisation, self._vanish, self._more, self._end]
        )()

    def _join(self) -> None:
        self._list(*self._pair())

    def _pair(self) -> tuple[Partner, Organisation]:
        return self.dice.choice(list(Partner.objects.all())), self.dice.choice(list(Organisation.objects.all()))

    def _leave(self) -> None:
        held = list(Constituency.objects.all())
        self.dice.choice(held).delete()

    def _move(self) -> None:
        Organisation.objects.filter(pk=self._pair()[1].pk).update(**self._profile())

    def _vanish(self) -> None:
        self._pair()[1].delete()
        if self.dice.random() < 0.5:
            self.add_organisation()  # As many as before, but not the same.

    def _more(self) -> None:
        self.estimate(self._pair()[0])
        Estimate.objects.filter(pk=Estimate.objects.order_by("?").values("pk")[:1]).update(count=77)

    def _end(self) -> None:
        Agreement.objects.filter(partner=self._pair()[0]).update(until_on=DAY)
