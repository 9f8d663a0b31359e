"""Figures of searching shared items: milliseconds of an answer over a million items, for readers of several kinds.

The items are drawn: titles and texts of words whose frequencies fall as those of a language do, products, CVE ids and
indicators, in 400 audiences of all labels. Every answer applies the rule of who may read, orders, and counts by sort.
`at` 50 and 95: percentiles over questions of rare, usual and common words, one to three of them, CVE ids and indicators,
by a coordinator, a partner, an organisation and a visitor.

`python -m tests.bench.search --inside base`
"""

import argparse
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from django.db import connection

from tests.bench import apart as process

ITEMS = {"small": 20_000, "base": 1_000_000, "country": 1_000_000}
WORDS, WORDS_AN_ITEM, AUDIENCES, ASKED = 60_000, 90, 400, 60
ROWS = """
INSERT INTO sharing_shareditem (uid, kind, state, title, language, owner_id, audience_id, tlp, pap, iep, terms, phase,
    probability, damage, reliability, credibility, publisher, contributors, external_key, source_tlp, legal_basis,
    is_statutory, holds_personal_data, no_action_reason, version_count, published_version, made_at, published_at,
    retraction_reason)
SELECT gen_random_uuid(), (array['advisory', 'threat-report', 'indicators'])[1 + n %% 3], 'published', 'w' || n, 'nl',
    (SELECT id FROM registry_partner ORDER BY id LIMIT 1), a.id, a.tlp, '', '{{}}', '{{}}', 'cold', '', '', '', '',
    'publisher ' || n %% 40, '{{}}', '', '', '', false, false, '', 1, 1, moment, moment, ''
FROM generate_series(1, %s) n
CROSS JOIN LATERAL (SELECT timestamptz '2020-01-01' + n * interval '3 minutes' AS moment) m
JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS place, id, tlp FROM sharing_audience) a
    ON a.place = (n::bigint * 7919) %% {audiences}
ORDER BY n
"""
# Word number floor(60,000 ^ u) falls in frequency as 1 over its rank (G. K. Zipf, 1949).
ENTRIES = """
INSERT INTO sharing_searchentry (item_id, owner_id, audience_id, tlp, state, kind, phase, publisher, score,
    published_at, updated_at, words)
SELECT i.id, i.owner_id, i.audience_id, i.tlp, i.state, i.kind, i.phase, i.publisher, (i.id %% 100) / 10.0,
    i.published_at, i.published_at, drawn.words || array_to_tsvector(ARRAY['cve-' || 2000 + i.id %% 27 || '-' || i.id %% 90000])
FROM sharing_shareditem i CROSS JOIN LATERAL (
    SELECT setweight(to_tsvector('simple', string_agg(word, ' ') FILTER (WHERE k <= 6)), 'A')
        || setweight(to_tsvector('simple', string_agg(word, ' ') FILTER (WHERE k > 6)), 'D') AS words
    FROM (SELECT k, 'woord' || floor(power({words}, random() + i.id * 0))::int AS word
          FROM generate_series(1, {each}) k) drawn
) drawn
"""
INDICATORS = """
INSERT INTO sharing_itemindicator (item_id, added_in, kind, value, key, pattern, pattern_type, for_detection, labels, comment)
SELECT id, 1, 'domain', 'n' || id %% 50000 || '.example', '', '', '', true, '{}', '' FROM sharing_shareditem
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inside", default="base", choices=ITEMS)
    given = parser.parse_args()
    process.ready()
    fill(ITEMS[given.inside])
    sys.stdout.write(json.dumps(measured()) + "\n")


def apart(folder: Path) -> dict[str, Any]:
    """The figures, from a process of their own."""
    return process.measured("search", folder.name)


def fill(count: int) -> None:
    """Items, their entries and indicators."""
    _network()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("DROP INDEX entry_by_word")
        cursor.execute(ROWS.format(audiences=AUDIENCES), [count])
        cursor.execute(ENTRIES.format(words=WORDS, each=WORDS_AN_ITEM).replace("%%", "%"))
        cursor.execute(INDICATORS.replace("%%", "%"))
        cursor.execute("CREATE INDEX entry_by_word ON sharing_searchentry USING gin (words) WITH (fastupdate = off)")
        cursor.execute("VACUUM ANALYZE")


def _network() -> None:
    """A partner that shares, an organisation of it, people of each kind, and the audiences."""
    from django.utils import timezone

    from schakel.policy.access import Level, Role
    from schakel.registry.models import Agreement, AgreementState, Organisation, Partner
    from schakel.sharing.models import Audience

    partner = Partner.objects.create(
        key="kade", name="Kade", type="isac", functions=["information-sharing"], sectors=["transport"]
    )
    others = [Partner.objects.create(key=f"p{n}", name=f"P{n}", type="isac") for n in range(AUDIENCES // 2)]
    organisation = Organisation.objects.create(key="haven", name="Haven", sector="transport", region="NL-ZH")
    today = timezone.localdate()
    Agreement.objects.create(
        partner=partner, functions=["information-sharing"], from_on=today.replace(year=today.year - 1),
        state=AgreementState.SIGNED,
    )  # fmt: skip
    _person("desk", Role.COORDINATOR)
    _person("partner", Role.PARTNER, partner=partner, level=Level.MEMBER)
    _person("organisation", Role.ORGANISATION, organisation=organisation, level=Level.MEMBER)
    for place in range(AUDIENCES):
        tlp = ("clear", "green", "green", "amber")[place % 4]
        to = [f"partner:{others[place // 2].pk}", f"sector:s{place}", "desk:"]
        to += ["everyone:"] if place % 8 in {0, 1, 2} else ["sector:transport"] if place % 16 == 7 else []
        Audience.objects.made(tlp=tlp, circle=None, addresses=to)


def _person(name: str, role: str, **body: object) -> None:
    from schakel.people.models import User, UserGrant

    UserGrant.objects.create(user=User.objects.create(username=name), role=role, **body)


def measured() -> dict[str, Any]:
    """Per reader, milliseconds at percentiles 50 and 95; per kind of question, at 50."""
    from schakel.people.models import User, actor_of
    from schakel.policy.access import NOBODY
    from schakel.sharing.models import SearchEntry

    readers = {name: actor_of(User.objects.get(username=name)) for name in ("desk", "partner", "organisation")}
    readers["visitor"] = NOBODY
    taken: dict[tuple[str, str], list[float]] = {}
    for kind, words in _questions():
        for name, reader in readers.items():
            taken.setdefault((name, kind), []).append(_milliseconds(words, reader))
    every = [one for found in taken.values() for one in found]
    figures: dict[str, Any] = {"items": SearchEntry.objects.count(), "answer_ms": _at(every)}
    for place, names in enumerate(zip(*taken, strict=True)):
        label = ("reader", "question")[place]
        for name in dict.fromkeys(names):
            own = [one for key, found in taken.items() if key[place] == name for one in found]
            figures[f"{label}_{name}"] = _at(own)
    return figures


def _questions() -> list[tuple[str, str]]:
    """Words by rank: the first stand in most items, the last in few."""
    draw = random.Random(1)  # The same questions each time.
    ranks = {"common": (1, 20), "usual": (20, 400), "rare": (400, WORDS)}
    asked = [
        (kind, " ".join(f"woord{draw.randint(*span)}" for _word in range(1 + number % 3)))
        for kind, span in ranks.items()
        for number in range(ASKED)
    ]
    asked += [("cve", f"CVE {2000 + (n := draw.randint(1, 900_000)) % 27} {n % 90_000}") for _number in range(ASKED)]
    asked += [("indicator", f"n{draw.randint(1, 49_999)}[.]example") for _number in range(ASKED)]
    asked += [("nothing", "")] * 5
    draw.shuffle(asked)
    return asked


def _milliseconds(words: str, reader: Any) -> float:
    from schakel.sharing.search.finding import Question, found

    started = time.perf_counter()
    found(Question(words=words), to=reader)
    return (time.perf_counter() - started) * 1000


def _at(taken: list[float]) -> dict[str, float]:
    ordered = sorted(taken)
    return {
        f"at_{part}": round(ordered[min(len(ordered) - 1, len(ordered) * part // 100)], 1) for part in (50, 95, 100)
    }


if __name__ == "__main__":
    main()
