"""What runs every night or after an import, on a country that stands: seconds, and the most memory so far."""

import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

Job = tuple[str, Callable[[], object]]


def figures() -> dict[str, Any]:
    """Each job by its name, in the order in which they are run; `peak_mib` is the process's own, up to then."""
    found: dict[str, Any] = {}
    for name, run in jobs():
        started, before = time.perf_counter(), time.process_time()
        run()
        found[name] = {
            "seconds": round(time.perf_counter() - started, 2),
            "our_cpu": round(time.process_time() - before, 2),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
    return found


def jobs() -> Iterator[Job]:
    from django.utils import timezone

    from schakel.jobs import claims, collaboration, joining, oversight, registry
    from schakel.notices.steps.reroute import reroute
    from schakel.oversight.advice import actions
    from schakel.oversight.advice.question import Question
    from schakel.policy.access import SYSTEM
    from schakel.registry.models import Partner
    from schakel.registry.successions import names

    yield "names_kept_at_first", names.keep_up
    yield "doubles_of_one_newcomer", _newcomer
    yield "doubles_of_partners", registry.find_duplicates
    yield "coverage_whole", oversight.count_coverage_whole
    yield "coverage_unchanged", oversight.count_coverage
    yield "situation", oversight.refresh
    yield "signals", registry.raise_signals
    yield "contacts_asked", claims.ask_contacts
    yield "claims_expired", claims.expire_claims
    yield "agreements_looked_after", joining.look_after
    yield "reviews_reminded", collaboration.remind
    latest = max(Partner.objects.values_list("constituents_revision", flat=True))
    yield "rerouted_where_nothing_changed", lambda: reroute(since=latest, by=SYSTEM, at=timezone.now())
    ask: dict[str, Any] = {"question": Question(ceiling=1_200), "by": SYSTEM, "at": timezone.now()}
    yield "advice", lambda: actions.work_out(advice=actions.ask(**ask), by=SYSTEM, at=timezone.now())


def _newcomer() -> None:
    """One organisation without a number, compared with everybody's name."""
    from django.utils import timezone

    from schakel.policy.access import SYSTEM
    from schakel.registry.models import Likeness, Organisation, Search
    from schakel.registry.successions import duplicates, names

    if not Search.objects.exists():
        Search.objects.create(until_revision=names.keep_up(), compared_count=0, found_count=0, at=timezone.now())
    known = Organisation.objects.order_by("pk")[1000]
    made = Organisation.objects.create(key=f"new-{timezone.now():%s%f}", name=known.name.upper(), region=known.region)
    duplicates.find_organisations(by=SYSTEM, at=timezone.now())
    if not Likeness.objects.filter(other_organisation=made, organisation=known).exists():
        raise AssertionError("the likest name of the registry was not found")
