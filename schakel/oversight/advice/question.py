"""What an advice is asked for: the ceiling, what counts, what must be there, and what if."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from django.utils.translation import gettext as _

from schakel.kit.refusals import Invalid
from schakel.oversight.coverage.dimensions import REGION, SECTOR, functions, values
from schakel.registry.models import Category

USUAL_CEILING = 200
"""The plan's: a network of more partners than this is hard to keep (Bouwplan, section 3.1)."""
WARN_FROM = 180
LARGEST_CEILING = 2000
LARGEST_WEIGHT = 1000
LARGEST_FLOOR = 200
FUNCTION, CATEGORY = "function", "category"
FLOOR_KINDS = (FUNCTION, SECTOR, REGION, CATEGORY)
WEIGHTS = ("organisations", "people", "critical")


@dataclass(frozen=True, slots=True)
class Question:
    """A question that can be answered.

    `functions` are those in which reach counts; `weights` say how much an organisation counts, each person in it at
    least, and its place in the Cyberbeveiligingswet (important once, essential twice). `floors` hold by kind and word
    how many partners there must be, those of today included. `add` and `remove` are keys of prospects.
    """

    ceiling: int = USUAL_CEILING
    functions: tuple[str, ...] = ("notification",)
    weights: Mapping[str, int] = field(default_factory=lambda: {"organisations": 1, "people": 0, "critical": 0})
    floors: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"functions": list(self.functions), "add": list(self.add), "remove": list(self.remove)}

    @classmethod
    def kept(cls, plain: Mapping[str, Any]) -> Self:
        """As it was kept."""
        given = {one.name: plain[one.name] for one in fields(cls)}
        return cls(**given | {name: tuple(given[name]) for name in ("functions", "add", "remove")})

    def checked(self) -> Self:
        """Itself. Raises Invalid, with the place and the reason, for what cannot be asked."""
        _within(_("ceiling"), self.ceiling, least=1, most=LARGEST_CEILING)
        _known(_("function"), self.functions, functions())
        if not self.functions:
            raise Invalid(_("function: choose at least one."))
        _known(_("weight"), self.weights, WEIGHTS)
        for name, weight in self.weights.items():
            _within(_("weight of %(name)s") % {"name": name}, weight, least=0, most=LARGEST_WEIGHT)
        if not any(self.weights.values()):
            raise Invalid(_("weights: when nothing counts, nobody adds anything. Give one of them more than 0."))
        self._check_floors()
        if both := sorted(set(self.add) & set(self.remove)):
            raise Invalid(_("%(keys)s: choose between taking it and leaving it out.") % {"keys": ", ".join(both)})
        return self

    def _check_floors(self) -> None:
        _known(_("floor"), self.floors, FLOOR_KINDS)
        words = {
            FUNCTION: functions(),
            SECTOR: values(SECTOR)[1:],
            REGION: values(REGION)[1:],
            CATEGORY: Category.values,
        }
        for kind, floors in self.floors.items():
            _known(_("floor"), floors, words[kind])
            for word, least in floors.items():
                _within(_("floor of %(name)s") % {"name": word}, least, least=0, most=LARGEST_FLOOR)


def _within(place: str, number: int, *, least: int, most: int) -> None:
    if not least <= number <= most:
        words = _("%(place)s: give a number from %(least)d to %(most)d.")
        raise Invalid(words % {"place": place, "least": least, "most": most})


def _known(place: str, given: Iterable[str], known: Iterable[str]) -> None:
    if strangers := sorted(set(given) - set(known)):
        raise Invalid(_("%(place)s: not known: %(words)s.") % {"place": place, "words": ", ".join(strangers)})
