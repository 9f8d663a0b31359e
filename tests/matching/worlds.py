"""Small random registries and rows in which nesting, sharing and near misses are frequent."""

import ipaddress
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from tests.matching.plain import Claim, Row

START = datetime(2026, 1, 1, tzinfo=UTC)
BASES = [int(ipaddress.ip_address(text)) for text in ("192.0.2.0", "198.51.100.0", "203.0.113.255")]
WIDE = [int(ipaddress.ip_address(text)) for text in ("2001:db8::", "2001:db8:0:1::", "2001:db8:ffff:ffff:ffff::")]

four = st.builds(lambda base, bits: base ^ bits, st.sampled_from(BASES), st.integers(0, 15) | st.integers(0, 255))
six = st.builds(
    lambda base, low, high: base ^ low ^ (high << 64),
    st.sampled_from(WIDE),
    st.integers(0, 15) | st.integers(0, 2**64 - 1),
    st.integers(0, 3),
)


@st.composite
def addresses(draw):
    if draw(st.booleans()):
        text = str(ipaddress.IPv4Address(draw(four)))
        return draw(st.sampled_from([text, text, f"::ffff:{text}", f"::FFFF:{text}"]))
    address = ipaddress.IPv6Address(draw(six))
    return draw(st.sampled_from([str(address), address.exploded, str(address).upper()]))


@st.composite
def networks(draw):
    """Networks without host bits."""
    if draw(st.booleans()):
        length = draw(st.sampled_from([0, 1, 8, 23, 24, 25, 28, 30, 31, 32]))
        found = str(ipaddress.ip_network((draw(four), length), strict=False))
        base, _slash, _length = found.partition("/")
        return draw(st.sampled_from([found, found, f"::ffff:{base}/{length + 96}"]))
    length = draw(st.sampled_from([0, 1, 32, 48, 63, 64, 65, 96, 120, 127, 128]))
    return str(ipaddress.ip_network((draw(six), length), strict=False))


label = st.sampled_from(["a", "b", "xa", "www", "dyn-1", "a-label-of-more-than-sixteen-bytes", "münchen", "_dmarc"])
registrable = st.sampled_from(["example.nl", "example.com", "badexample.nl", "example.co.uk", "example.github.io"])
suffix = st.sampled_from(["nl", "co.uk", "github.io", "kobe.jp", "city.kobe.jp", "a.ck"])
names = st.builds(lambda parts, end: ".".join([*parts, end]), st.lists(label, max_size=3), registrable | suffix)
hosts = st.builds(
    lambda name, change: change(name),
    names,
    st.sampled_from([str, str, str.upper, lambda name: f"{name}.", lambda name: f"x{name}", lambda name: f"p@{name}"]),
)
moments = st.none() | st.builds(lambda days: START + timedelta(days=days), st.integers(0, 6))
asns = st.integers(64496, 64500)
odd = st.sampled_from(["", "-", "999.1.1.1", "1.2.3", "::g", "not an address", ".", "..", "a..b"])


@st.composite
def claims(draw, *, spans=True):
    """Claims of a small registry, some of which cannot count."""
    found = []
    for asset in range(draw(st.integers(0, 14))):
        table = draw(st.sampled_from(["network", "network", "domain", "domain", "asn"]))
        value = draw({"network": networks(), "domain": names, "asn": asns}[table])
        role = draw(st.sampled_from(["owner", "owner", "operator"]))
        span = (draw(moments), draw(moments)) if spans and draw(st.booleans()) else (None, None)
        found.append(Claim(table, asset, draw(st.integers(1, 4)), value, role, *span))
    return found


rows = st.lists(
    st.builds(
        Row,
        address=st.none() | addresses() | networks() | odd,
        host=st.none() | hosts | odd,
        asn=st.none() | asns | st.just(0),
        email=st.none() | hosts.map(lambda name: f"post@{name}"),
        observed_at=moments,
    ),
    max_size=12,
)
