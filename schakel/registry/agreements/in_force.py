"""Which partners may take part in a function on a day: the one place where agreements meet the rule of the policy."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from functools import cache

from django.db.models import Q

from schakel.policy.sharing import AgreementTerms, Refusal, agreement_refusal
from schakel.registry.models import Agreement, Partner, PartnerStanding

Refusals = dict[int, Refusal | None]
"""Why the agreements of each partner do not let it take part, None where they do; nobody else is a partner."""


def refusals(function: str, *, day: date) -> Refusals:
    """Who may take part in `function` on `day`, and why not. Two queries: partners are at most a few thousand."""
    return refusals_of([function], day=day)[function]


def refusals_of(functions: Iterable[str], *, day: date, only: Collection[int] | None = None) -> dict[str, Refusals]:
    """The same for several functions, of all partners or of `only` some. Two queries."""
    promised: dict[int, list[AgreementTerms]] = defaultdict(list)
    asked_for = Q() if only is None else Q(partner__in=only)
    rows = Agreement.objects.filter(asked_for).values_list("partner_id", "state", "functions", "from_on", "until_on")
    for partner, state, covered, from_on, until_on in rows:
        promised[partner].append(AgreementTerms(state, frozenset(covered), from_on, until_on))
    named = Q() if only is None else Q(pk__in=only)
    partners = list(Partner.objects.filter(named).values_list("pk", "standing"))
    asked = cache(
        lambda terms, function: agreement_refusal(terms, function=function, day=day)
    )  # Many promise the same.
    return {
        function: {
            partner: Refusal.AGREEMENT_ENDED
            if standing == PartnerStanding.LEFT
            else asked(tuple(promised[partner]), function)
            for partner, standing in partners
        }
        for function in functions
    }


def refused(function: str, *, day: date) -> list[int]:
    """The partners whose agreements do not let them take part in `function` on `day`."""
    return [partner for partner, refusal in refusals(function, day=day).items() if refusal]
