"""Where a webhook may go."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.kit import lines
from schakel.post.channels import guard
from schakel.post.channels.base import Unsendable


@pytest.fixture
def strict(settings):
    settings.WEBHOOKS_PRIVATE = False


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1",
        "::ffff:10.0.0.1", "::ffff:127.0.0.1", "2002:0a00:0001::", "64:ff9b::a00:1", "64:ff9b::7f00:1",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ],
)  # fmt: skip
def test_our_own_network_is_out_of_reach(address, strict):
    assert not guard.may_reach(address)


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "64:ff9b::909:909", "::ffff:9.9.9.9"])
def test_the_internet_is_within_reach(address, strict):
    assert guard.may_reach(address)


@given(st.ip_addresses(v=4))
def test_an_address_in_disguise_is_judged_as_itself(address):
    plain = lines.is_global(address)
    number = int(address)
    import ipaddress

    for disguise in (0xFFFF << 32 | number, 0x0064FF9B << 96 | number, 0x2002 << 112 | number << 80):
        assert lines.is_global(ipaddress.IPv6Address(disguise)) == plain


def test_where_it_is_allowed_anything_is(settings):
    settings.WEBHOOKS_PRIVATE = True
    assert guard.may_reach("10.0.0.1")


@pytest.mark.parametrize(
    "url", ["https://haven.example/hook", "https://haven.example:8443", "http://localhost/x", "http://127.0.0.1:1/x"]
)
def test_a_good_address_is_read(url):
    assert guard.target_of(url).geturl() == url


@pytest.mark.parametrize(
    "url",
    ["", "haven.example", "ftp://haven.example", "http://haven.example/", "https://", "https://u:p@haven.example/",
     "https://haven.example:port/", "https://haven.example/a b", "https://hávén.example/", "https://h.example/\nx", "https://h\x7f.example/",
     "https://[::1", "http://192.0.2.1/", "file:///etc/passwd"],
)  # fmt: skip
def test_a_bad_address_is_refused(url):
    with pytest.raises(Unsendable):
        guard.target_of(url)


def test_a_host_name_that_is_none_is_refused():
    with pytest.raises(Unsendable):
        guard.connect("a" * 64 + ".example", 443, seconds=1)


def answer(monkeypatch, *addresses):
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)


def test_the_next_address_is_tried_when_the_first_does_not_answer(settings, receiver, monkeypatch):
    settings.WEBHOOKS_PRIVATE = True
    answer(monkeypatch, "127.0.0.9", "127.0.0.1")
    line = guard.connect("haven.example", receiver.server.server_port, seconds=1)
    assert line.getpeername()[1] == receiver.server.server_port
    line.close()


def test_when_none_answers_the_last_says_why(settings, monkeypatch):
    settings.WEBHOOKS_PRIVATE = True
    answer(monkeypatch, "127.0.0.1")
    with pytest.raises(ConnectionRefusedError):
        guard.connect("haven.example", 9, seconds=1)


def test_a_name_that_leads_inside_is_refused_whatever_it_is_called(strict, monkeypatch):
    answer(monkeypatch, "10.0.0.1", "127.0.0.1")
    with pytest.raises(Unsendable):
        guard.connect("haven.example", 443, seconds=1)
