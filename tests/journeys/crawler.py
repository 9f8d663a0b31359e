"""Walks every address that the site has, as somebody, and every question that its pages link to."""

import html
import re
from http import HTTPStatus
from itertools import product

from django.urls import URLResolver, get_resolver

NOBODYS = 999_999_999
LINK = re.compile(r'(?:href|action|hx-get)="(/[^"#]*)')
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
MACHINES = ("/api/", "/taxii2/", "/misp/", "/csaf/", "/feeds/", "/.well-known/")
ENDS_THE_SESSION = "/account/logout"


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


def parameters():
    """The names that addresses have for rows."""
    return {name for template in templates() for name in PARAMETER.findall(template)}


def addresses(known, of=None):
    """The addresses of the site, in a list for each template: one per row that is known, and one for a row that is not there."""
    return [list(_addresses(known, one)) for one in (templates() if of is None else of) if one != ENDS_THE_SESSION]


def templates_with(names):
    """The templates whose parameters are all among those names."""
    return [template for template in templates() if set(PARAMETER.findall(template)) <= set(names)]


def of_the_api(lists):
    """Those that a program asks."""
    return [same for same in lists if same[0].startswith("/api/")]


def of_machines(lists):
    """Those that programs of every kind ask."""
    return [same for same in lists if same and same[0].startswith(MACHINES)]


def _addresses(known, template):
    values = [[*known.get(name, []), NOBODYS] for name in PARAMETER.findall(template)]
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
    """The answer to each address of those lists, and to the questions that their pages link to: {address: (status, text)}."""
    seen: dict[str, tuple[int, str]] = {}
    for same in first:
        _ask(client, same, seen)
    _ask(client, sorted({link for _, text in seen.values() for link in _questions(text)}), seen)
    return seen


def _ask(client, same, seen):
    """Where a page may not be asked so at all, that is found before any row is looked at: its other rows are left out."""
    for address in same:
        if address not in seen:
            response = client.get(address)
            seen[address] = response.status_code, text_of(response)
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                return


def _questions(text):
    """The links of a page that have a question mark; those that have none are in the lists already."""
    return {link for link in map(html.unescape, LINK.findall(text)) if "?" in link and not link.startswith("/static/")}


def plain(text, address):
    """A page without what differs each time: tokens against forgery, moments, and its own address."""
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken[^:]*: ?)"[^"]+"', r"\1", text)
    text = re.sub(r"(Content-Length|Expires): .*", "", text)
    return text.replace(html.escape(address), "")
