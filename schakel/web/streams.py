"""Files that are sent piece by piece, while they are made."""

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse

from schakel.web.middleware import Request


def stream(request: Request, pieces: Iterator[str], *, kind: str, name: str = "") -> StreamingHttpResponse:
    """The pieces as an answer of that content type; with a `name`, as a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'} if name else {}
    return StreamingHttpResponse(_for(request, pieces), content_type=kind, headers=headers)


def _for(request: Request, pieces: Iterator[str]) -> Iterator[str] | AsyncIterator[str]:
    """As the server at hand can stream it: a plain iterator under ASGI would be held in memory whole."""
    return _awaited(pieces) if isinstance(request, ASGIRequest) else pieces


async def _awaited(pieces: Iterator[str]) -> AsyncIterator[str]:
    following = sync_to_async(lambda: next(pieces, None))
    while (piece := await following()) is not None:
        yield piece
