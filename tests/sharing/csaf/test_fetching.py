"""Providers of CSAF are found, walked and proven; what is not proven is held back with the reason."""

import json
from datetime import timedelta

import pysequoia
import pytest
from django.test import Client

from schakel.policy.access import SYSTEM
from schakel.policy.sharing import Tlp
from schakel.sharing.csaf import making
from schakel.sharing.document import Marking
from schakel.sharing.incoming import fetching, sources
from schakel.sharing.incoming.fetching import Unreachable
from schakel.sharing.incoming.sources import SourceTerms
from schakel.sharing.models import CsafFile, HeldContent, ItemSource, SharedItem
from tests.cast import NOON
from tests.internet import Site
from tests.sharing.csaf.test_provider import ROOT, got, openpgp_key
from tests.sharing.world import document, out

__all__ = ["openpgp_key"]
HOST = "127.0.0.1"


@pytest.fixture
def site(settings):
    settings.SOURCES_PRIVATE = True
    made = Site()
    settings.BASE_URL = f"http://{HOST}:{made.port}"
    yield made
    made.stop()


def put(site, path, content):
    site.put(HOST, path, content)


def mirror(site):
    """What our own provider shows to everybody, on a server of its own."""
    client = Client()
    put(site, "/.well-known/csaf/provider-metadata.json", got(client, "provider-metadata.json"))
    fingerprint = json.loads(got(client, "provider-metadata.json"))["public_openpgp_keys"][0]["fingerprint"]
    paths = [f"openpgp/{fingerprint}.asc", "white/csaf-feed-tlp-white.json", "white/changes.csv", "white/index.txt"]
    rows = [str(row) for row in CsafFile.objects.filter(folder="white")]
    for path in [*paths, *(f"{row}{end}" for row in rows for end in ("", ".asc", ".sha256", ".sha512"))]:
        put(site, f"{ROOT}/{path}", got(client, path))


def source_at(network, address, **terms):
    """A source of the neighbour's."""
    given = SourceTerms(name="Aanbieder", kind="csaf", address=address, **terms)
    return sources.add(terms=given, owner=network.care, by=network.neighbour, at=NOON)


def fetch(source, hours=0):
    source.refresh_from_db()
    return fetching.fetch(source=source, by=SYSTEM, at=NOON + timedelta(hours=hours))


@pytest.fixture
def published(network, openpgp_key, site):
    """Two advisories at our own provider, and that provider as a source of the neighbour's."""
    for name in ("Lek een", "Lek twee"):
        told = document(name, marking=Marking(tlp=Tlp.CLEAR))
        out(by=network.member, owner=network.harbour, tlp="clear", document=told)
    making.make_due(at=NOON)
    mirror(site)
    return source_at(network, f"http://{HOST}:{site.port}")


def came(source):
    return SharedItem.objects.filter(arrival__source=source)


def test_what_our_provider_publishes_is_what_another_takes_in(published):
    assert fetch(published) == {"new": 2}
    assert sorted(came(published).values_list("title", "tlp")) == [("Lek een", "clear"), ("Lek twee", "clear")]
    assert HeldContent.objects.count() == 0
    assert fetch(published, hours=1) == {}


def test_a_changed_document_does_not_come_in_under_the_old_hash(published, site):
    row = CsafFile.objects.filter(folder="white").first()
    put(site, f"{ROOT}/{row}", bytes(row.content).replace(b"Lek", b"Lak"))
    assert fetch(published) == {"new": 1, "held": 1}
    held = HeldContent.objects.get()
    assert (held.code, held.place.endswith(".sha256")) == ("hash", True)


def test_a_signature_of_somebody_else_is_no_signature(published, site):
    row = CsafFile.objects.filter(folder="white").first()
    other = pysequoia.Tsk.generate(user_id="Ander <ander@example.org>")
    forged = pysequoia.sign(other.signer(), bytes(row.content), mode=pysequoia.SignatureMode.DETACHED)
    put(site, f"{ROOT}/{row}.asc", forged)
    assert fetch(published) == {"new": 1, "held": 1}
    assert HeldContent.objects.get().code == "signature"


def test_what_a_trusted_provider_owes_must_be_there(published, site):
    first, second = CsafFile.objects.filter(folder="white").order_by("pk")
    del site.pages[HOST, f"{ROOT}/{first}.asc"]
    for end in ("sha256", "sha512"):
        del site.pages[HOST, f"{ROOT}/{second}.{end}"]
    assert fetch(published) == {"held": 2}
    assert set(HeldContent.objects.values_list("code", flat=True)) == {"signature", "hash"}


def test_a_provider_that_promises_no_signatures_owes_none(published, site):
    told = json.loads(site.pages[HOST, f"{ROOT}/provider-metadata.json"][2]) | {
        "role": "csaf_provider",
        "public_openpgp_keys": [],
    }
    put(site, f"{ROOT}/provider-metadata.json", json.dumps(told).encode())
    feed = json.loads(site.pages[HOST, f"{ROOT}/white/csaf-feed-tlp-white.json"][2])
    for entry in feed["feed"]["entry"]:
        entry["link"] = [link for link in entry["link"] if link["rel"] != "signature"]
    put(site, f"{ROOT}/white/csaf-feed-tlp-white.json", json.dumps(feed).encode())
    for place in [place for place in site.pages if place[1].endswith(".json.asc")]:
        del site.pages[place]
    assert fetch(published) == {"new": 2}


def test_keys_that_were_agreed_on_outrank_those_that_the_provider_names(network, published, site):
    other = pysequoia.Tsk.generate(user_id="Ander <ander@example.org>").extract_certificate()
    ItemSource.objects.filter(pk=published.pk).update(certificates=str(other))
    assert fetch(published) == {"held": 2}


def test_a_provider_with_folders_only_is_walked_by_its_changes(network, published, site):
    told = json.loads(site.pages[HOST, f"{ROOT}/provider-metadata.json"][2])
    told["distributions"] = [one for one in told["distributions"] if "directory_url" in one]
    put(site, f"{ROOT}/provider-metadata.json", json.dumps(told).encode())
    assert fetch(published) == {"new": 2}
    assert fetch(published, hours=1) == {}
    del site.pages[HOST, f"{ROOT}/white/changes.csv"]
    assert fetch(published, hours=2) == {"known": 2}  # index.txt says no moments.


def test_a_provider_is_found_by_its_security_txt(network, published, site):
    put(site, "/elsewhere/metadata.json", site.pages.pop((HOST, f"{ROOT}/provider-metadata.json"))[2])
    put(site, "/.well-known/security.txt", f"CSAF: http://{HOST}:{site.port}/elsewhere/metadata.json\n".encode())
    assert fetch(published) == {"new": 2}


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"distributions": 7}', b'{"role": "csaf_provider"}'])
def test_metadata_that_are_none_are_told_with_the_source(network, site, content):
    put(site, "/provider-metadata.json", content)
    source = source_at(network, f"http://{HOST}:{site.port}/provider-metadata.json")
    with pytest.raises(Unreachable):
        fetch(source)
    source.refresh_from_db()
    assert source.failure


def test_the_provider_of_the_corpus_is_walked_whole(network, site, shared_samples):
    folder = shared_samples / "csaf" / "provider-directory-based"
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes().replace(b"https://csaf.provider.example", f"http://{HOST}:{site.port}".encode())
        put(site, f"/{path.relative_to(folder)}", content)
    source = source_at(network, f"http://{HOST}:{site.port}", default_tlp="clear")
    counts = fetch(source)
    assert counts == {"new": 1}
    assert came(source).get().external_key == "Avendor-advisory-0004"


@pytest.mark.parametrize(("role", "what"), [("csaf_provider", "new"), ("csaf_trusted_provider", "held")])
def test_signatures_that_nobody_can_judge_count_where_they_are_owed(network, site, shared_samples, role, what):
    folder = shared_samples / "csaf" / "cisa-it"
    base = f"http://{HOST}:{site.port}"
    feed = json.loads((folder / "cisa-csaf-it-feed-tlp-white.json").read_text())
    there = {path.name for path in (folder / "2024").glob("*.json")}
    feed["feed"]["entry"] = [one for one in feed["feed"]["entry"] if one["content"]["src"].rpartition("/")[2] in there]
    for entry in feed["feed"]["entry"]:
        for link in (*entry["link"], entry["content"]):
            name = "href" if "href" in link else "src"
            link[name] = f"{base}/2024/{link[name].rpartition('/')[2]}"
    assert feed["feed"]["entry"]
    put(site, "/feed.json", json.dumps(feed).encode())
    for path in (folder / "2024").iterdir():
        put(site, f"/2024/{path.name}", path.read_bytes())
    told = {"role": role, "distributions": [{"rolie": {"feeds": [{"url": f"{base}/feed.json"}]}}]}
    put(site, "/provider-metadata.json", json.dumps(told).encode())
    counts = fetch(source_at(network, f"{base}/provider-metadata.json"))
    assert counts == {what: len(feed["feed"]["entry"])}
    assert set(HeldContent.objects.values_list("code", flat=True)) == ({"signature"} if what == "held" else set())
