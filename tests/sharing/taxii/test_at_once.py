"""Several write while one reads on from where it was: nothing is missed, nothing is told twice."""

import random
import threading
import time

import pytest
from django.db import connection, transaction

from schakel.sharing.models import Audience
from schakel.sharing.taxii import asking
from schakel.sharing.taxii.asking import Wanted
from schakel.sharing.taxii.placing import place
from tests.sharing.taxii.test_asking import row

WRITERS, TURNS, EACH = 4, 25, 3


def write(number, audience, faults):
    """Transactions that commit in another order than they began in."""
    dice = random.Random(number)
    try:
        for turn in range(TURNS):
            with transaction.atomic():
                time.sleep(dice.random() / 200)
                place([row(audience, f"{number}-{turn}-{at}", 1) for at in range(EACH)])
                time.sleep(dice.random() / 200)
    except Exception as fault:  # noqa: BLE001 - told to the test, which fails
        faults.append(fault)
    finally:
        connection.close()


@pytest.mark.slow
def test_no_object_is_lost_or_repeated(real_commits):
    import orjson

    audience = Audience.objects.made(tlp="green", circle=None, addresses=["everyone:"]).pk
    faults: list[Exception] = []
    writers = [threading.Thread(target=write, args=(number, audience, faults)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    found, after, is_last = [], 0, False
    while True:
        page = asking.page([audience], Wanted(after=after, limit=5))
        found += [one["key"] for one in orjson.loads(f"[{page.body}]")]
        after = page.last or after
        if is_last and not page.body:
            break
        is_last = not any(writer.is_alive() for writer in writers)
    assert not faults
    assert len(found) == len(set(found)) == WRITERS * TURNS * EACH
