"""Figures of the advice on the next partners: 200 of 1,152 prospects over 2.5 million organisations.

It must take ten seconds. Seconds depend on the neighbours of the machine, so the same run tells how long one plain look
at every list takes: the advice is that many looks. The bound says how far from the best it can be at most. Lists that
cover one another leave greedy choice less to win, so the same is asked with weights and floors too.

`python -m tests.bench.advice --inside small`
"""

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench import apart as process
from tests.bench import network

CEILING = 200
WEIGHED = {"organisations": 1, "people": 1, "critical": 50}
FLOORS = {"function": {"notification": 120, "exercise": 60}}


def apart(folder: Path) -> dict[str, Any]:
    """The figures, from a process of their own."""
    return process.measured("advice", folder.name)


def measured(size: network.Size) -> dict[str, Any]:
    """The figures in this process; its database must be empty."""
    process.ready()
    network.fill(size, standing="prospect")
    from django.utils import timezone

    from schakel.oversight.advice.inputs import inputs
    from schakel.oversight.advice.question import Question
    from schakel.oversight.coverage import snapshot
    from schakel.policy.access import SYSTEM

    started = time.perf_counter()
    held = snapshot.current(timezone.localdate())
    reading = time.perf_counter() - started
    ceiling = min(CEILING, size.partners // 2)
    plain = Question(ceiling=ceiling)
    look = _look(inputs(plain, held, to=SYSTEM).field)
    return {
        "organisations": size.organisations,
        "reading_seconds": round(reading, 2),
        "one_look_at_every_list_seconds": round(look, 2),
        "plain": _advised(plain, look),
        "weighed_with_floors": _advised(Question(ceiling=ceiling, weights=WEIGHED, floors=FLOORS), look),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _look(field: Any) -> float:
    """Seconds of working out once what each candidate adds."""
    from schakel.oversight.advice import reaching

    started = time.perf_counter()
    for candidate in range(len(field.lists)):
        reaching.gain(field, field.covered, candidate)
    return time.perf_counter() - started


def _advised(question: Any, look: float) -> dict[str, Any]:
    """Seconds of one advice, snapshot and inputs included, and how near the best it is at least."""
    from django.utils import timezone

    from schakel.oversight.advice import actions
    from schakel.policy.access import SYSTEM

    started = time.perf_counter()
    told = actions.advise(question=question, by=SYSTEM, at=timezone.now())
    seconds = time.perf_counter() - started
    return {
        "candidates": told["inputs"]["candidates"],
        "chosen": len(told["chosen"]),
        "seconds": round(seconds, 2),
        "in_looks": round(seconds / look, 1),
        "of_bound": told["of_bound"],
        "floors_unmet": len(told["unmet_floors"]),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside", default="base", help="small or base; measures in this process and its database")
    sys.stdout.write(json.dumps(measured(network.of(parser.parse_args().inside)), indent=1) + "\n")
