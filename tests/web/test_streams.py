"""What is sent piece by piece is never held whole, whichever server sends it."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient

from schakel.governance.beginning import begin
from tests.cast import DESK, NOON


@pytest.mark.parametrize(
    "address",
    ["/findings.csv?state=all", "/network/map/graph", "/network/map.json", "/network/map.graphml", "/network/map.svg",
     "/constituency/of/{partner}.csv"],
)  # fmt: skip
def test_a_file_comes_in_pieces_from_an_asgi_server(real_commits, member, country, address):
    begin(by=DESK, at=NOON)
    browser = AsyncClient()
    browser.cookies = member("coordinator").cookies

    async def fetch():
        answer = await browser.get(address.format(partner=country.harbour_circle.pk))
        pieces = [piece async for piece in answer.streaming_content]  # A plain iterator would warn, which is an error.
        await sync_to_async(connections.close_all)()
        return answer, pieces

    answer, pieces = asyncio.run(fetch())
    assert answer.status_code == 200
    assert answer.is_async
    assert b"".join(pieces)
