"""Sources that are asked for what is new: a feed on a web server, a Maildir, a mailbox on a server."""

import mailbox
from datetime import timedelta

import pytest

from schakel.jobs import sharing_in
from schakel.journal.models import Event
from schakel.kit.refusals import Invalid, NotPermitted
from schakel.policy.access import SYSTEM
from schakel.sharing.incoming import fetching, sources
from schakel.sharing.incoming.fetching import Unreachable
from schakel.sharing.incoming.sources import SourceTerms
from schakel.sharing.models import HeldContent, ItemSource, SharedItem
from tests.cast import NOON
from tests.internet import Site
from tests.sharing.incoming.imap_server import ImapServer
from tests.sharing.incoming.test_receiving import feed

LATER = NOON + timedelta(hours=2)
MAIL = b"From: isac@haven.example\r\nSubject: TLP:GREEN %s\r\nMessage-ID: <%s@haven.example>\r\n\r\nevil[.]example\r\n"


def mail(name):
    return MAIL % (name.encode(), name.encode())


def fetch(source, at=NOON):
    source.refresh_from_db()
    return fetching.fetch(source=source, by=SYSTEM, at=at)


def add(network, **terms):
    return sources.add(terms=SourceTerms(name="Haven", **terms), owner=network.harbour, by=network.member, at=NOON)


@pytest.fixture
def site(settings):
    settings.SOURCES_PRIVATE = True
    made = Site()
    yield made
    made.stop()


@pytest.fixture
def imap(settings):
    settings.SOURCES_PRIVATE = True
    made = ImapServer()
    yield made
    made.stop()


@pytest.fixture
def news(network, site):
    return add(network, kind="feed", address=f"http://127.0.0.1:{site.port}/nieuws")


def test_a_feed_is_fetched_and_asked_only_for_what_changed(news, site):
    site.put("127.0.0.1", "/nieuws", feed("een"), ETag='"a"')
    assert fetch(news) == {"new": 1}
    site.put("127.0.0.1", "/nieuws", "", status=304)
    assert fetch(news, LATER) == {}
    news.refresh_from_db()
    assert news.position["etag"] == '"a"'
    assert SharedItem.objects.get().publisher == "Haven"


def test_a_feed_that_moved_is_followed(news, site):
    site.put("127.0.0.1", "/nieuws", "", status=301, Location="/elders")
    site.put("127.0.0.1", "/elders", feed("een"))
    assert fetch(news) == {"new": 1}


def test_a_source_that_is_away_says_so_once_and_is_asked_again(news, site):
    site.put("127.0.0.1", "/nieuws", "", status=500)
    for at in (NOON, LATER):
        with pytest.raises(Unreachable, match="500"):
            fetch(news, at)
    news.refresh_from_db()
    assert "500" in news.failure
    assert Event.objects.filter(tag="sharing.source.failed").count() == 1
    site.put("127.0.0.1", "/nieuws", feed("een"))
    assert fetch(news, LATER + timedelta(hours=2)) == {"new": 1}
    news.refresh_from_db()
    assert news.failure == ""


@pytest.mark.parametrize("place", ["/", "/rond", "/weg"])
def test_redirects_end_somewhere(news, site, place):
    site.put("127.0.0.1", "/nieuws", "", status=302, Location=place)
    site.put("127.0.0.1", "/rond", "", status=302, Location="/rond")
    site.put("127.0.0.1", "/weg", "", status=302, Location="ftp://127.0.0.1/x")
    with pytest.raises(Unreachable):
        fetch(news)


def test_a_private_network_is_not_asked_where_that_is_not_allowed(news, site, settings):
    settings.SOURCES_PRIVATE = False
    with pytest.raises(Unreachable):
        fetch(news)
    ItemSource.objects.update(address=f"https://127.0.0.1:{site.port}/nieuws")
    with pytest.raises(Unreachable, match="not public"):
        fetch(news, LATER)
    assert site.asked == []


def test_a_bad_feed_is_held_and_not_fetched_anew(news, site):
    site.put("127.0.0.1", "/nieuws", "<rss><channel>", ETag='"a"')
    assert fetch(news) == {"held": 1}
    assert HeldContent.objects.get().place == "line 1, column 15"
    news.refresh_from_db()
    assert news.position["etag"] == '"a"'


def test_of_two_runs_at_once_one_fetches(news, site):
    site.put("127.0.0.1", "/nieuws", feed("een"))
    stale = ItemSource.objects.get()
    assert fetch(news) == {"new": 1}
    assert fetching.fetch(source=stale, by=SYSTEM, at=NOON) == {}


def test_a_maildir_is_read_once_and_marked_as_seen(network, tmp_path):
    folder = mailbox.Maildir(tmp_path / "post", create=True)
    folder.add(mail("een"))
    folder.add(mail("twee"))
    source = add(network, kind="mailbox", address=str(tmp_path / "post"))
    assert fetch(source) == {"new": 2}
    assert all("S" in message.get_flags() for message in mailbox.Maildir(tmp_path / "post"))
    folder.add(mail("drie"))
    assert fetch(source, LATER) == {"new": 1}


def test_a_folder_that_is_no_mailbox_is_said(network, tmp_path):
    with pytest.raises(Unreachable, match="no Maildir"):
        fetch(add(network, kind="mailbox", address=str(tmp_path)))


@pytest.fixture
def server_box(network, imap, tmp_path):
    (tmp_path / "wachtwoord").write_text("geheim\n")
    address = f"imap://delen%40haven.example@127.0.0.1:{imap.port}/INBOX"
    return add(network, kind="imap", address=address, secret_file=str(tmp_path / "wachtwoord"))


def test_a_mailbox_on_a_server_is_read_from_where_we_were(server_box, imap):
    imap.mails = {3: mail("een"), 5: mail("twee")}
    assert fetch(server_box) == {"new": 2}
    assert fetch(server_box, LATER) == {}
    imap.mails[9] = mail("drie")
    assert fetch(server_box, LATER + timedelta(hours=1)) == {"new": 1}
    assert 'LOGIN delen@haven.example "geheim"' in imap.commands
    assert not any("STORE" in command for command in imap.commands)


def test_numbers_that_no_longer_hold_begin_anew_and_nothing_is_doubled(server_box, imap):
    imap.mails = {3: mail("een")}
    fetch(server_box)
    imap.validity, imap.mails = 8, {1: mail("een"), 2: mail("twee")}
    assert fetch(server_box, LATER) == {"known": 1, "new": 1}


def test_a_wrong_password_and_a_wrong_folder_are_said(server_box, imap):
    imap.password = "anders"
    with pytest.raises(Unreachable, match="wrong password"):
        fetch(server_box)
    imap.password = "geheim"
    ItemSource.objects.update(address=f"imap://a@127.0.0.1:{imap.port}/Weg")
    with pytest.raises(Unreachable, match="no such folder"):
        fetch(server_box, LATER)


def test_the_job_fetches_from_all_that_are_due_and_one_failure_stops_nobody(network, news, site, tmp_path):
    site.put("127.0.0.1", "/nieuws", feed("een"))
    sources.add(
        terms=SourceTerms(name="Weg", kind="mailbox", address=str(tmp_path)), owner=None, by=network.desk, at=NOON
    )
    resting = sources.add(
        terms=SourceTerms(name="Rust", kind="mailbox", address=str(tmp_path)), owner=None, by=network.desk, at=NOON
    )
    sources.change(
        source=resting, terms=SourceTerms(name="Rust", kind="mailbox", address=str(tmp_path)), is_active=False,
        by=network.desk, at=NOON,
    )  # fmt: skip
    sharing_in.fetch()
    assert SharedItem.objects.count() == 1
    assert dict(ItemSource.objects.values_list("name", "failure")) | {"Weg": ""} == {"Haven": "", "Rust": "", "Weg": ""}
    assert "no Maildir" in ItemSource.objects.get(name="Weg").failure or ItemSource.objects.get(name="Weg").failure
    sharing_in.fetch()
    assert len(site.asked) == 1  # An hour has not passed.


def test_nothing_is_fetched_from_whoever_brings_it_himself(network):
    with pytest.raises(Unreachable):
        fetch(add(network))


def test_only_its_own_party_fetches(network, news):
    for other in (network.neighbour, network.client, network.steward, network.auditor):
        with pytest.raises(NotPermitted):
            fetching.fetch(source=news, by=other, at=NOON)


BAD = [
    {"name": " "},
    {"name": "Haven", "kind": "feed"},
    {"name": "Haven", "every": timedelta(seconds=5)},
    {"name": "Haven", "certificates": "-----BEGIN PGP PUBLIC KEY BLOCK-----\nx"},
]


@pytest.mark.parametrize("terms", BAD, ids=str)
def test_a_source_without_sound_terms_is_refused(network, terms):
    with pytest.raises(Invalid):
        sources.add(terms=SourceTerms(**terms), owner=network.harbour, by=network.member, at=NOON)
    add(network)
    with pytest.raises(Invalid):
        add(network)


def test_elsewhere_everything_is_new(network, news, site):
    site.put("127.0.0.1", "/nieuws", feed("een"), ETag='"a"')
    fetch(news)
    news.refresh_from_db()
    sources.change(
        source=news, terms=SourceTerms(name="Haven", kind="feed", address="https://elders.example/"), is_active=True,
        by=network.member, at=NOON,
    )  # fmt: skip
    assert (news.position, news.address) == ({}, "https://elders.example/")
    with pytest.raises(NotPermitted):
        sources.change(source=news, terms=SourceTerms(name="Mijn"), is_active=True, by=network.neighbour, at=NOON)
