"""Walks every address that the site has, as somebody, and every link that it meets on the way."""

import html
import re
from itertools import product

from django.urls import URLResolver, get_resolver

NOBODYS = 999_999_999
LINK = re.compile(r'(?:href|action|hx-get)="(/[^"#]*)')
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
ENDS_THE_SESSION = "/account/logout"
LONGEST_WALK = 300


def templates():
    """Every address of the site as it is written in the tables of addresses, with `<parameters>`."""
    return sorted({f"/{route}" for route in _routes(get_resolver().url_patterns, "")})


def _routes(patterns, before):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route


def addresses(things, template):
    """The addresses that a template stands for, one per row and one for a row that is not there."""
    names = PARAMETER.findall(template)
    known = {**vars(things), "token": ["wrong:token"]}
    assert set(names) <= set(known), f"{template}: say in tests/journeys/secrets.py which rows its parameters mean"
    values = [[*known[name], NOBODYS] for name in names]
    for chosen in product(*values):
        address = template
        for value in chosen:
            address = PARAMETER.sub(str(value), address, count=1)
        yield address


def text_of(response):
    """Everything an answer holds: its body, and what its headers say."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + "\n".join(f"{name}: {value}" for name, value in response.headers.items())


def walk(client, first):
    """The answer to each of the addresses, and to whatever links their pages have: {address: (status, text)}."""
    seen, waiting = {}, list(first)
    while waiting:
        address = waiting.pop(0)
        if address in seen or address.startswith(("/static/", ENDS_THE_SESSION)):
            continue
        response = client.get(address)
        seen[address] = response.status_code, text_of(response)
        links = [html.unescape(link) for link in LINK.findall(seen[address][1])]
        if len(seen) + len(waiting) < LONGEST_WALK:
            waiting += links
    return seen


def plain(text, address):
    """A page without what differs each time: tokens against forgery, moments, and its own address."""
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken[^:]*: ?)"[^"]+"', r"\1", text)
    text = re.sub(r"(Content-Length|Expires): .*", "", text)
    return text.replace(html.escape(address), "")
