import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.sharing.indicators import normal, of_text, weaknesses_of
from schakel.sharing.indicators.extraction import MOST
from schakel.sharing.words import IndicatorKind

MD5 = "44d88612fea8a8f36de82e1278abb02f"


def values(text):
    return [found.value for found in of_text(text)]


def alarms(text):
    return [found.value for found in of_text(text) if found.for_detection]


PROSE = [
    ("They used hxxps://evil[.]example/a(1).php, twice.", ["https://evil.example/a(1).php"]),
    ("(see http://evil.example/x).", ["http://evil.example/x"]),
    ("[here](http://evil.example/x)", ["http://evil.example/x"]),
    ("a.example,b.example;c.example", ["a.example", "b.example", "c.example"]),
    ("http://a.example/1,http://b.example/2", ["http://a.example/1", "http://b.example/2"]),
    ("url:http://a.example/1,2", ["http://a.example/1,2"]),
    ("Mail bad[at]evil[.]example or <ok@good.example>.", ["bad@evil.example", "ok@good.example"]),
    ("from 192.0.2.7:443 and [2001:db8::2]:443", ["192.0.2.7", "2001:db8::2"]),
    ("evil [dot] co [dot] uk", ["evil.co.uk"]),
    (f"MD5 {MD5.upper()}, AS64500.", [MD5, "AS64500"]),
    ("**evil.example** and _evil.example_", ["evil.example"]),
    ("\\\\evil.example\\share", ["evil.example"]),
    ("open file.txt, e.g. README.md, i.e. main.py 1.2.3", []),
    ("version 1.2.3.4 and v1.2.3.4", []),
    ("script.sh but evil[.]sh", ["evil.sh"]),
    ("Zo is het.In de ASP.NET com.vendor.app System.IO", []),
    ("std::string at 12:30:45, ab::cd", []),
    ("0" * 32, []),
    ("x" * 5000 + ".example", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "found"), PROSE, ids=lambda value: str(value)[:40])
def test_prose_yields_its_indicators_and_no_more(text, found):
    assert values(text) == found


def test_only_what_its_author_means_so_raises_alarms():
    text = f"""See https://good.example/advice and good.example.
They used worse[.]example. Look at {MD5} on 192.0.2.7 and 10.0.0.1.
- evil.example
* https://evil.example/x
- bad@evil.example and ok@good.example
d41d8cd98f00b204e9800998ecf8427e
This is all that we know.
Mail us:
desk@good.example
https://good.example"""
    assert alarms(text) == ["worse.example", MD5, "192.0.2.7", "evil.example", "bad@evil.example"]
    assert {"https://good.example/advice", "https://evil.example/x", "desk@good.example"} <= set(values(text))


def test_in_a_list_of_indicators_every_line_means_one():
    assert alarms("# bad ones\nhttps://evil.example/x\n- evil.example # of them\n10.0.0.1") == [
        "https://evil.example/x",
        "evil.example",
    ]


def test_a_second_mention_counts_when_it_is_the_one_that_is_meant():
    assert alarms("of evil.example, that is evil[.]example") == ["evil.example"]


def test_weaknesses_are_named_once():
    found = weaknesses_of("CVE-2024-3400 and cve\u20112021\u201144228, again CVE-2024-3400; not CVE-2024-1")
    assert [weakness.cve for weakness in found] == ["CVE-2024-3400", "CVE-2021-44228"]


def test_no_text_yields_more_than_the_limit():
    text = "\n".join(f"10.{a}.{b}.{c}" for a in range(21) for b in range(100) for c in range(100))
    assert len(values(text)) == MOST


HOSTILE = [
    "[",
    "h",
    "a.",
    "@",
    "http://",
    "[ ",
    "hxxp[:]//",
    "http://x.nl/(",
    "a,",
    "1.2.3.",
    " [.] ",
    "CVE-2020-",
    "*_",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_time_grows_with_the_length_only(unit):
    text = unit * (200_000 // len(unit))
    begun = time.process_time()
    list(of_text(text))
    list(weaknesses_of(text))
    assert time.process_time() - begun < 5  # A square of this length would take hours.


@given(st.text(max_size=300) | st.text("[](){}.:/@ ahtp0123\ue000\n", max_size=200))
def test_whatever_the_text_each_find_is_in_normal_form_and_comes_once(text):
    found = list(of_text(text))
    assert all(normal(one.kind, one.value) == one.value for one in found)
    assert len({(one.kind, one.value) for one in found}) == len(found)
    assert all(one.kind in set(IndicatorKind) for one in found)
