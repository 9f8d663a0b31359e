"""Which partners may take part in a function on a day: the one place where agreements meet the rule of the policy."""

from collections import defaultdict
from datetime import date

from schakel.policy.sharing import AgreementTerms, Refusal, agreement_refusal
from schakel.registry.models import Agreement, Partner, PartnerStanding


def refusals(function: str, *, day: date) -> dict[int, Refusal | None]:
    """Why the agreements of each partner do not let it take part in `function` on `day`; None where they do.

    Whoever is not in it is no partner. Two queries: partners are at most a few thousand.
    """
    promised: dict[int, list[AgreementTerms]] = defaultdict(list)
    rows = Agreement.objects.values_list("partner_id", "state", "functions", "from_on", "until_on")
    for partner, state, functions, from_on, until_on in rows:
        promised[partner].append(AgreementTerms(state, frozenset(functions), from_on, until_on))
    return {
        partner: Refusal.AGREEMENT_ENDED
        if standing == PartnerStanding.LEFT
        else agreement_refusal(promised[partner], function=function, day=day)
        for partner, standing in Partner.objects.values_list("pk", "standing")
    }


def refused(function: str, *, day: date) -> list[int]:
    """The partners whose agreements do not let them take part in `function` on `day`."""
    return [partner for partner, refusal in refusals(function, day=day).items() if refusal]
