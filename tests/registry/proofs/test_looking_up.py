"""Look-ups against real servers on this machine."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from schakel.registry.proofs import Away, bootstrap, challenges, names, rdap, security_txt
from tests.internet import entity, network

TOKEN = "abcdefghijklmnop"


@pytest.fixture(autouse=True)
def empty_cache(db):
    cache.clear()


def soon():
    return (timezone.now() + timedelta(days=9)).isoformat()


@pytest.mark.parametrize(
    ("kind", "value", "name"),
    [
        ("domain", "haven.example", "_schakel-challenge.haven.example"),
        ("email_domain", "haven.example", "_schakel-challenge.haven.example"),
        ("network", "192.0.2.0/24", "_schakel-challenge.2.0.192.in-addr.arpa"),
        ("network", "2001:db8:5::/48", "_schakel-challenge.5.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"),
        ("network", "192.0.2.0/25", None),
        ("network", "0.0.0.0/0", None),
        ("network", "192.0.2.1/32", None),
        ("asn", "64496", None),
    ],
)
def test_the_record_has_its_place(kind, value, name):
    assert challenges.record_name(kind, value) == name


def test_a_token_in_a_record_is_found(internet):
    name = "_schakel-challenge.haven.example"
    assert not challenges.stands_in_dns(name, TOKEN)
    internet.names.texts(name, "something else", TOKEN)
    assert challenges.stands_in_dns(name, TOKEN)
    assert not challenges.stands_in_dns(name, TOKEN[:-1])
    internet.names.texts(name, f"not {TOKEN}")
    assert not challenges.stands_in_dns(name, TOKEN)


def test_a_name_server_that_is_silent_is_away_and_no_proof(internet, monkeypatch):
    monkeypatch.setattr(names, "SECONDS", 0.3)
    internet.names.is_silent = True
    with pytest.raises(Away, match="did not answer"):
        challenges.stands_in_dns("_schakel-challenge.haven.example", TOKEN)


def test_a_token_on_the_site_is_found(internet):
    path = f"{challenges.WELL_KNOWN}{TOKEN}"
    assert not challenges.stands_on_site("haven.example", TOKEN)
    internet.web.put("haven.example", path, f"{TOKEN}\n")
    assert challenges.stands_on_site("haven.example", TOKEN)
    internet.web.put("haven.example", path, f"we found {TOKEN}")
    assert not challenges.stands_on_site("haven.example", TOKEN)
    internet.web.put("haven.example", path, TOKEN, status=403)
    assert not challenges.stands_on_site("haven.example", TOKEN)


def test_a_redirect_is_followed_to_the_same_site_only(internet):
    path = f"{challenges.WELL_KNOWN}{TOKEN}"
    place = f":{internet.web.port}{path}"
    internet.web.put("haven.example", path, status=301, Location=f"https://www.haven.example{place}")
    internet.web.put("www.haven.example", path, TOKEN)
    assert challenges.stands_on_site("haven.example", TOKEN)
    internet.web.put("haven.example", path, status=301, Location=f"https://elders.example{place}")
    internet.web.put("elders.example", path, TOKEN)
    with pytest.raises(Away, match="another host"):
        challenges.stands_on_site("haven.example", TOKEN)
    assert ("elders.example", path) not in internet.web.asked
    internet.web.put("haven.example", path, status=302, Location=path)
    with pytest.raises(Away, match="on and on"):
        challenges.stands_on_site("haven.example", TOKEN)


def test_a_site_whose_certificate_is_not_trusted_proves_nothing(internet, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    internet.web.put("haven.example", f"{challenges.WELL_KNOWN}{TOKEN}", TOKEN)
    with pytest.raises(Away, match=r"(?i)certificate"):
        challenges.stands_on_site("haven.example", TOKEN)


def test_a_host_that_leads_inside_is_not_asked(internet, settings):
    settings.LOOKUPS_PRIVATE = False
    with pytest.raises(Away, match="not public"):
        challenges.stands_on_site("haven.example", TOKEN)
    with pytest.raises(Away, match="Only plain https"):
        bootstrap.server_for("asn", "64496")
    assert internet.web.asked == internet.registry.asked == []


def test_an_answer_that_is_too_long_is_not_read(internet):
    internet.web.put("haven.example", "/.well-known/security.txt", b"x" * 300_000)
    with pytest.raises(Away, match="more than we read"):
        security_txt.contacts("haven.example")


def test_a_host_that_does_not_exist_or_does_not_listen_is_away(internet):
    with pytest.raises(Away, match="no address for nergens"):
        security_txt.contacts("nergens.example")
    internet.web.stop()
    with pytest.raises(Away, match="could not be reached"):
        security_txt.contacts("haven.example")
    internet.web.stop = lambda: None


def test_nothing_is_asked_where_look_ups_are_off(internet, settings):
    settings.LOOKUPS = False
    for ask in (
        lambda: challenges.stands_in_dns("_schakel-challenge.haven.example", TOKEN),
        lambda: security_txt.contacts("haven.example"),
        lambda: rdap.responsible("network", "192.0.2.0/25"),
    ):
        with pytest.raises(Away, match="switched off"):
            ask()
    assert internet.names.asked == internet.web.asked == internet.registry.asked == []


def test_one_server_is_not_asked_too_often(internet):
    for _ in range(20):
        challenges.stands_on_site("haven.example", TOKEN)
    with pytest.raises(Away, match="very often"):
        challenges.stands_on_site("haven.example", TOKEN)
    assert len(internet.web.asked) == 20
    assert not challenges.stands_on_site("linde.example", TOKEN)


def test_a_registry_names_who_is_responsible(internet):
    internet.knows("ip/192.0.2.0/25", **network(
        "NET-1", "192.0.2.0", "192.0.2.255",
        entity("registrant", mail="directie@haven.example", entities=[entity("technical", mail="beheer@haven.example")]),
        entity("abuse", mail="abuse@haven.example"), entity("abuse", mail="no address"),
    ))  # fmt: skip
    found = rdap.responsible("network", "192.0.2.0/25")
    assert (found.handle, found.addresses) == ("NET-1", ("abuse@haven.example", "beheer@haven.example"))
    asked = len(internet.registry.asked)
    assert rdap.responsible("network", "192.0.2.0/25") == found
    assert len(internet.registry.asked) == asked  # Known for a while.


def test_an_answer_about_less_than_was_asked_names_nobody(internet):
    internet.knows(
        "ip/192.0.2.0/24", **network("N", "192.0.2.0", "192.0.2.127", entity("abuse", mail="a@haven.example"))
    )
    assert rdap.responsible("network", "192.0.2.0/24").addresses == ()
    internet.knows("ip/192.0.2.0/28", objectClassName="ip network", entities=[entity("abuse", mail="a@haven.example")])
    assert rdap.responsible("network", "192.0.2.0/28").addresses == ()


def test_numbers_and_names_are_asked_too(internet):
    internet.knows("autnum/64500", handle="AS64500", startAutnum=64500, endAutnum=64500, entities=[
        entity("technical", mail="noc@haven.example")])  # fmt: skip
    assert rdap.responsible("asn", "64500").addresses == ("noc@haven.example",)
    desk = entity(
        "registrar",
        mail="desk@registrar.example",
        entities=[entity("abuse", "technical", mail="abuse@registrar.example")],
    )
    internet.knows("domain/haven.example", handle="D", ldhName="HAVEN.example", entities=[
        desk, entity("administrative", mail="directie@haven.example")])  # fmt: skip
    assert rdap.responsible("domain", "haven.example").addresses == ("directie@haven.example",)
    internet.knows(
        "domain/linde.example",
        handle="D",
        ldhName="elders.example",
        entities=[entity("technical", mail="x@elders.example")],
    )
    assert rdap.responsible("domain", "linde.example").addresses == ()


def test_what_a_registry_does_not_know_has_nobody(internet):
    assert rdap.responsible("network", "198.51.100.0/24").addresses == ()
    internet.registry.put("127.0.0.1", "/rdap/autnum/64501", b"<html>", status=200)
    with pytest.raises(Away, match="cannot be read"):
        rdap.responsible("asn", "64501")
    internet.registry.put("127.0.0.1", "/rdap/autnum/64502", b"{}", status=500)
    with pytest.raises(Away, match="status 500"):
        rdap.responsible("asn", "64502")
    internet.registry.put("127.0.0.1", "/rdap/autnum/64503", b"[]")
    assert rdap.responsible("asn", "64503").addresses == ()


def test_the_narrowest_entry_of_the_list_is_asked(internet):
    body = {
        "services": [
            [["192.0.0.0/8"], ["https://wide.example/"]],
            [["192.0.2.0/24"], ["http://n.example", "https://n.example"]],
        ]
    }
    internet.registry.put("127.0.0.1", "/boot/ipv4.json", json.dumps(body))
    assert bootstrap.server_for("network", "192.0.2.128/25") == "https://n.example/"
    assert bootstrap.server_for("network", "192.1.0.0/16") == "https://wide.example/"
    with pytest.raises(Away, match="No registry"):
        bootstrap.server_for("network", "198.51.100.0/24")
    with pytest.raises(Away, match="No registry"):
        bootstrap.server_for("asn", "1")
    with pytest.raises(Away, match="No registry"):
        bootstrap.server_for("domain", "haven.test")


def test_an_old_list_serves_while_a_new_one_cannot_be_had(internet, monkeypatch):
    base = bootstrap.server_for("asn", "64496")
    internet.registry.pages.clear()
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert bootstrap.server_for("asn", "64496") == base
    with pytest.raises(Away, match="list of RDAP servers"):
        bootstrap.server_for("domain", "haven.example")


def test_a_site_names_its_contact(internet):
    text = f"Contact: https://haven.example/melden\nContact: mailto:cert@haven.example\nContact: mailto:x\nExpires: {soon()}\n"
    internet.web.put("haven.example", "/.well-known/security.txt", text)
    assert security_txt.contacts("haven.example") == ("cert@haven.example",)


@pytest.mark.parametrize(
    "text",
    [
        "", "Contact: mailto:a@haven.example", "Contact: mailto:a@haven.example\nExpires: soon",
        "Contact: mailto:a@haven.example\nExpires: 2026-02-31T00:00:00Z",
        "Contact: mailto:a@haven.example\nExpires: 2020-01-01T00:00:00Z",
        "Contact: mailto:a@haven.example\nExpires: 2099-01-01T00:00:00Z\nExpires: 2099-01-01T00:00:00Z",
        "# Contact: mailto:a@haven.example\nExpires: 2099-01-01T00:00:00Z",
    ],
)  # fmt: skip
def test_an_old_or_broken_file_counts_for_nothing(text):
    assert security_txt.read(text, at=timezone.now()) == ()


def test_brackets_within_brackets_are_no_answer(internet):
    internet.registry.put("127.0.0.1", "/rdap/ip/192.0.2.0/25", b"[" * 200_000)
    with pytest.raises(Away, match="cannot be read"):
        rdap.responsible("network", "192.0.2.0/25")
