import hashlib

import orjson
import pytest
from pymisp import MISPEvent

from schakel.policy.sharing import Tlp
from schakel.sharing.formats.misp import feeds
from tests.sharing.formats.misp.events import SAMPLE, attribute, few

PRIVATE = ("analyst@vangnet.example", "Havenbedrijf", "an older one", "Receiving desk", "Addresses for documentation")


@pytest.fixture(scope="module")
def published():
    return feeds.published(SAMPLE, tlp=Tlp.AMBER)


def test_what_is_nobody_elses_matter_stays_at_home(published):
    told = (published.content + published.line).decode()
    assert all(word in orjson.dumps(SAMPLE).decode() for word in PRIVATE)
    assert not any(word in told for word in PRIVATE)
    assert orjson.loads(published.content)["Event"]["x_invented_by_a_neighbour"] == SAMPLE["x_invented_by_a_neighbour"]


def test_the_label_is_the_one_under_which_it_is_shared(published):
    names = [tag["name"] for tag in orjson.loads(published.content)["Event"]["Tag"]]
    assert [name for name in names if name.startswith("tlp:")] == ["tlp:amber"]
    assert "PAP:AMBER" in names


def test_a_tag_for_one_server_alone_does_not_leave_it():
    event = few(
        Tag=[{"name": "watch", "local": True}],
        Attribute=[attribute(Tag=[{"name": "ours", "local": 1}, {"name": "all"}])],
    )
    told = orjson.loads(feeds.published(event, tlp=Tlp.GREEN).content)["Event"]
    assert (told["Tag"], told["Attribute"][0]["Tag"]) == ([{"name": "tlp:green"}], [{"name": "all"}])


def test_the_line_says_what_a_reader_chooses_by(published):
    (entry,) = orjson.loads(b"{" + published.line + b"}").values()
    assert entry.keys() == {"info", "date", "analysis", "threat_level_id", "timestamp", "Orgc", "Tag"}
    assert entry["Orgc"]["name"] == "Vangnet"


def test_every_value_is_in_the_list_of_hashes_both_halves_of_a_pair_and_none_that_was_taken_back(published):
    lines = dict(line.split(",") for line in published.hashes.splitlines())
    assert set(lines.values()) == {SAMPLE["uuid"]}
    for value in ("192.0.2.7", "invoice.iso", "AAAA0000" * 8, "198.51.100.0/24"):
        assert hashlib.md5(value.encode()).hexdigest() in lines
    assert hashlib.md5(b"taken-back.example").hexdigest() not in lines


def test_pymisp_makes_the_same_hashes_and_line_of_it(published):
    told = orjson.loads(published.content)
    told["Event"]["Attribute"].pop()  # PyMISP knows no type of tomorrow.
    event = MISPEvent()
    event.load(told)
    event.attributes = [one for one in event.attributes if not one.get("deleted")]
    assert set(event.attributes_hashes("md5")) <= {line.partition(",")[0] for line in published.hashes.splitlines()}
    (entry,) = orjson.loads(b"{" + published.line + b"}").values()
    theirs = event.manifest[SAMPLE["uuid"]]
    assert (entry["info"], entry["date"], str(theirs["timestamp"])) == (
        theirs["info"],
        theirs["date"],
        entry["timestamp"],
    )
