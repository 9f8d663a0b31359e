"""After a whole story in a closed circle, none of its words stands in the clear in any table, dump, log or error text."""

import base64
import logging
import subprocess
from dataclasses import replace

import pytest
from django.db import connection
from django.utils import timezone

from schakel.kit import embedded
from schakel.kit.refusals import Refused
from schakel.people.models import User
from schakel.policy.access import SYSTEM
from schakel.policy.sharing import Tlp
from schakel.sharing.circles import circles, log, members, releasing, resealing, telling, together
from schakel.sharing.circles.members import Seat
from schakel.sharing.circles.releasing import Proposal
from schakel.sharing.document import Indicator, Marking, Original, Product, Reference, Text, Weakness
from schakel.sharing.items import content, drafting, publishing
from schakel.sharing.models import CirclePhase, CircleWords, ItemVersion
from tests.sharing import world

WORD = "zzgeheim"
"""Every word that is said in the circle holds it."""


def secret(name):
    return f"{WORD}-{name}"


def told():
    """A document with the word in all its parts."""
    text = Text(language="nl", title=secret("kop"), summary=secret("kort"), body=secret("lang"), action=secret("doe"))
    return world.document(
        secret("titel"),
        texts=(text,),
        marking=Marking(tlp=Tlp.CLEAR, iep={"name": secret("iep")}, terms=(secret("voorwaarde"),)),
        publisher=secret("uitgever"),
        contributors=(secret("maker"),),
        key=secret("sleutel"),
        weaknesses=(Weakness(cve="CVE-2026-0101", name=secret("lek"), score=9.8),),
        products=(Product(name=secret("product"), vendor=secret("leverancier"), status="affected"),),
        references=(Reference(url=f"https://{WORD}.example/", summary=secret("bron")),),
        names=(secret("naam"),),
        labels=(secret("soort"),),
        indicators=(Indicator(kind="domain", value=f"{WORD}.example", comment=secret("bij")),),
        original=Original(format="text", version="", content=secret("bijlage").encode(), digest="ab" * 32),
    )


def seat(actor, **given):
    return Seat(mail=User.objects.get(pk=actor.user_id).email, tasks=("detection",), **given)


def story(network):
    """From preparation to a member that leaves; the words of all refusals on the way."""
    at, run = timezone.now(), network.neighbour
    words = CircleWords(
        secret("kring"), secret("doel"), secret("regels"), secret("grond"), f"https://{WORD}.example/stcrt"
    )
    given = {"words": words, "by": network.desk, "at": at}
    group = circles.prepare(basis="covenant", is_closed=True, first=seat(run, partner=network.care), **given)
    circles.open_circle(circle=group, by=run, at=at)
    gone = members.take_in(circle=group, seat=seat(network.second), by=run, at=at)
    members.take_in(circle=group, seat=seat(network.member, partner=network.harbour), by=run, at=at)
    circles.set_phase(circle=group, phase="warm", reason=secret("reden"), by=run, at=at)
    telling.tell_phase(change=CirclePhase.objects.get(), by=SYSTEM, at=at)
    item = share(network, group, at)
    refusals = [refused(lambda: circles.describe(circle=group, words=words, by=network.desk, at=at))]
    refusals.append(refused(lambda: members.take_in(circle=group, seat=seat(run, partner=network.care), by=run, at=at)))
    work_on(network, item, at)
    refusals.append(refused(lambda: publishing.publish(item=item, by=run, at=at)))
    publishing.retract(item=item, reason=secret("intrekking"), by=run, at=at)
    members.leave(member=gone, by=run, at=timezone.now())
    resealing.reseal(group.pk, by=SYSTEM, at=at)
    return item, refusals


def share(network, group, at):
    addresses = [f"task:{group.pk}.detection"]
    terms = world.terms("clear", addresses, no_action_reason=secret("niets"))
    item = drafting.draft(
        document=told(), terms=terms, owner=network.care, circle=group, by=network.neighbour, at=at, is_received=False
    )
    publishing.publish(item=item, by=network.neighbour, at=at)
    drafting.revise(item=item, document=told(), terms=terms, by=network.neighbour, at=at, change=secret("wijziging"))
    publishing.publish(item=item, by=network.neighbour, at=at)
    received = drafting.draft(
        document=told(), terms=terms, owner=network.care, circle=group, by=network.neighbour, at=at, is_received=True
    )
    drafting.drop(item=received, by=network.neighbour, at=at)
    return item


def work_on(network, item, at):
    log.opened(item=item, by=network.member, at=at)
    together.act(item=item, words=secret("samen"), by=network.member, at=at)
    together.lend(item=item, task="resilience", ground=secret("taakgrond"), by=network.neighbour, at=at)
    proposal = Proposal(
        document=told(), terms=world.terms("green"), ground=secret("vrijgavegrond"), left_out=secret("weg"),
        names_origin=True,
    )  # fmt: skip
    release = releasing.propose(item=item, proposal=proposal, owner=network.harbour, by=network.member, at=at)
    releasing.refuse(release=release, reason=secret("afwijzing"), by=network.neighbour, at=at)


def refused(act):
    with pytest.raises(Refused) as found:
        act()
    return str(found.value)


def tables():
    """Every row of every table, as PostgreSQL writes it; bytes come in hexadecimal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'm', 'p') AND relnamespace = "
                       "'public'::regnamespace")  # fmt: skip
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT row.*::text FROM {name} AS row")
            yield name, "\n".join(row for (row,) in cursor.fetchall())


def dump():
    """The database as its own backup tool writes it."""
    at = connection.settings_dict
    tool = embedded.programs() / "pg_dump"
    places = {"--host": at["HOST"], "--port": at["PORT"], "--username": at["USER"], "--dbname": at["NAME"]}
    asked = [f"{name}={value}" for name, value in places.items() if value]
    done = subprocess.run([tool, *asked], capture_output=True, text=True, check=True)
    return done.stdout


def holds_word(text):
    """Whether the word is there: plain, in hexadecimal, or in base64 at any of its three offsets."""
    coded = [base64.b64encode(b" " * shift + WORD.encode())[4 if shift else 0 : 10] for shift in range(3)]
    return any(sought in text for sought in (WORD, WORD.encode().hex(), *(one.decode() for one in coded)))


def test_the_search_finds_what_is_in_the_clear():
    assert all(map(holds_word, [secret("x"), secret("x").encode().hex()]))
    assert all(holds_word(base64.b64encode(b"a" * n + secret("x").encode()).decode()) for n in range(6))
    assert not holds_word("iets anders")


def test_no_word_of_a_closed_circle_stands_anywhere_in_the_clear(real_commits, network, caplog):
    caplog.set_level(logging.DEBUG)
    item, refusals = story(network)
    version = ItemVersion.objects.get(item=item, number=2)
    assert replace(content.document_of(version), original=None) == replace(told(), original=None)
    assert (version.news, type(item).objects.get(pk=item.pk).why_retracted) == (
        secret("wijziging"),
        secret("intrekking"),
    )
    found = [name for name, rows in tables() if holds_word(rows)]
    assert found == []
    backup = dump()
    assert "Havenkring" in backup  # It is the backup of this very database.
    assert not holds_word(backup)
    assert not holds_word("\n".join(refusals))
    assert not holds_word(
        "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    )
