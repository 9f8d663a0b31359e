import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.sharing.indicators import defanged, kind_of, normal, refang
from schakel.sharing.words import IndicatorKind

K = IndicatorKind
MD5 = "44d88612fea8a8f36de82e1278abb02f"
FORMS = [
    (K.IP, "192.0.2.7", "192.0.2.7"),
    (K.IP, "192[.]0[.]2[.]7", "192.0.2.7"),
    (K.IP, "192.0.2.7:443", "192.0.2.7"),
    (K.IP, "192.0.2.7/32", "192.0.2.7"),
    (K.IP, "192.0.2.0/24", None),
    (K.IP, "192.0.2.007", None),
    (K.IP, "192.0.2.256", None),
    (K.IP, "2001:DB8:0:0::1", "2001:db8::1"),
    (K.IP, "[2001:db8::1]:443", "2001:db8::1"),
    (K.IP, "::ffff:192.0.2.7", "::ffff:192.0.2.7"),
    (K.IP, "fe80::1%eth0", None),
    (K.NETWORK, "192.0.2.77/24", "192.0.2.0/24"),
    (K.NETWORK, "2001:db8::9/32", "2001:db8::/32"),
    (K.NETWORK, "192.0.2.0/33", None),
    (K.DOMAIN, "Evil.Example.", "evil.example"),
    (K.DOMAIN, "evil[.]example", "evil.example"),
    (K.DOMAIN, "evil (dot) example", "evil.example"),
    (K.DOMAIN, "evil{.}example", "evil.example"),
    (K.DOMAIN, "\uff45\uff56\uff49\uff4c\u3002example", "evil.example"),
    (K.DOMAIN, "bücher.example", "xn--bcher-kva.example"),
    (K.DOMAIN, "_dmarc.evil.example", "_dmarc.evil.example"),
    (K.DOMAIN, "192.0.2.7", None),
    (K.DOMAIN, "a..example", None),
    (K.DOMAIN, "-a.example", None),
    (K.DOMAIN, f"{'a' * 64}.example", None),
    (K.DOMAIN, ".".join(["a" * 49] * 6), None),
    (K.DOMAIN, "not a name", None),
    (K.URL, "HXXPS://Evil[.]Example:443/A(1).php?x=[2]#f", "https://evil.example/A(1).php?x=[2]#f"),
    (K.URL, "http[://]evil.example", "http://evil.example/"),
    (K.URL, "hxxp[:]//evil[.]example:8080?q", "http://evil.example:8080/?q"),
    (K.URL, "evil.example/path", "http://evil.example/path"),
    (K.URL, "http://[2001:DB8::1]:80/x", "http://[2001:db8::1]/x"),
    (K.URL, "http://user@evil.example/", "http://user@evil.example/"),
    (K.URL, "http://evil.example/a[.]b", "http://evil.example/a%5B.%5Db"),
    (K.URL, "http://evil.example/é", "http://evil.example/%C3%A9"),
    (K.URL, "http://evil.example:99999/", None),
    (K.URL, "http://[2001:db8]/", None),
    (K.URL, "http:///path", None),
    (K.URL, "http://two words.example/", None),
    (K.MAIL, "Bad[at]Evil[.]Example", "bad@evil.example"),
    (K.MAIL, "mailto:bad@evil.example", "bad@evil.example"),
    (K.MAIL, "bad@", None),
    (K.MAIL, "@evil.example", None),
    (K.HASH, MD5.upper(), MD5),
    (K.HASH, f"md5:{MD5}", MD5),
    (K.HASH, f"SHA-256: {'A' * 64}", "a" * 64),
    (K.HASH, MD5[1:], None),
    (K.HASH, "12:30:45", None),
    (K.HASH, "96:s4Ud1Lj96tHHlZDrwciQmA:s4Ud1Lj96", "96:s4Ud1Lj96tHHlZDrwciQmA:s4Ud1Lj96"),
    (K.HASH, f"t1{'a' * 70}", f"T1{'A' * 70}"),
    (K.ASN, "64500", "AS64500"),
    (K.ASN, "as 64500", "AS64500"),
    (K.ASN, "AS1.10", "AS65546"),
    (K.ASN, "AS4294967296", None),
    (K.ASN, "AS0", None),
    (K.FILE_NAME, "  Factuur.exe ", "Factuur.exe"),
    (K.MUTEX, "Global\\{a[.]b}", "Global\\{a[.]b}"),
    (K.OTHER, " ", None),
    (K.OTHER, "x" * 4097, None),
]


@pytest.mark.parametrize(("kind", "text", "value"), FORMS, ids=lambda value: str(value)[:40])
def test_each_kind_has_one_normal_form(kind, text, value):
    assert normal(kind, text) == value


KINDS = [
    ("192.0.2.7", K.IP),
    ("192.0.2.0/24", K.NETWORK),
    ("evil[.]example", K.DOMAIN),
    ("evil.co.uk", K.DOMAIN),
    ("evil.github.io", K.DOMAIN),
    ("hxxp://evil[.]example/x", K.URL),
    ("evil.example/x", K.URL),
    ("bad[@]evil.example", K.MAIL),
    ("AS64500", K.ASN),
    (MD5, K.HASH),
    ("file.txt", None),
    ("e.g.", None),
    ("co.uk", None),
    ("1.2.3", None),
    ("64500", None),
    ("http://", None),
    ("a sentence", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_the_kind_is_known_by_its_look(text, kind):
    assert kind_of(text) == kind


LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
NAMES = st.builds(lambda labels: ".".join([*labels, "example"]), st.lists(LABELS, min_size=1, max_size=4))
PATHS = st.text(max_size=40) | st.text("/[](){}.:dotatx%?# hp", max_size=30)
URLS = st.builds(lambda host, path: f"http://{host}/{path}", NAMES | st.ip_addresses(v=4).map(str), PATHS)
MAILS = st.builds(lambda box, host: f"{box}@{host}", st.text(min_size=1, max_size=20), NAMES)
NETWORKS = st.builds(lambda address, bits: f"{address}/{bits}", st.ip_addresses(v=4), st.integers(0, 32))
ANYTHING = st.text("[](){}.:/ @dotatunphx*s\u3002\uff0e", max_size=40) | st.text(max_size=60)
TEXTS = URLS | MAILS | NAMES | NETWORKS | st.ip_addresses().map(str) | ANYTHING


@given(ANYTHING)
def test_what_was_turned_back_stays_as_it_is(text):
    assert refang(refang(text)) == refang(text)


@given(st.sampled_from(list(K)), TEXTS)
def test_the_normal_form_of_a_normal_form_is_itself(kind, text):
    value = normal(kind, text)
    assert value is None or normal(kind, value) == value


@given(TEXTS)
def test_what_has_a_kind_has_its_normal_form(text):
    kind = kind_of(text)
    assert kind is None or normal(kind, text) is not None


@given(st.sampled_from([K.IP, K.NETWORK, K.DOMAIN, K.URL, K.MAIL, K.HASH, K.ASN]), TEXTS)
def test_what_is_shown_defanged_is_turned_back_to_the_same(kind, text):
    value = normal(kind, text)
    assert value is None or refang(defanged(value)) == value


@given(URLS | NAMES)
def test_nothing_clickable_is_shown(text):
    kind = kind_of(text)
    shown = defanged(normal(kind, text) or "") if kind else "[.]"
    assert "[.]" in shown
    assert not shown.startswith("http")


def test_a_hundred_thousand_plain_values_take_a_moment():
    values = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(50_000)]
    begun = time.process_time()
    for value in values:
        normal(K.HASH, value)
        normal(K.DOMAIN, f"{value[:12]}.evil.example")
    assert 2 * len(values) / (time.process_time() - begun) > 100_000  # Half of what it does on a quiet machine.
