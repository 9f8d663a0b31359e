"""What goes over the wire of sharing's ledger."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field
from pydantic import StringConstraints

from schakel.api.shapes import LARGEST_SIZE, Given, Shape
from schakel.kit.paging import SIZE


class ChangesQuery(Given):
    """From where on. `cursor` is what the last answer gave; empty for all."""

    cursor: Annotated[str, StringConstraints(max_length=60, pattern=r"^[0-9a-f.]*$")] = ""
    size: int = Field(SIZE, ge=1, le=LARGEST_SIZE)


class ItemHead(Shape):
    """A shared item as a list shows it. `tlp` is the strictest label on its way to us."""

    kind: str
    title: str
    tlp: str
    pap: str
    phase: str
    language: str
    publisher: str
    version: int
    published_at: datetime
    revised_at: datetime | None
    valid_until: datetime | None
    url: str
    page: str


class ChangeShape(Shape):
    """One item that changed. Without `item` it is gone for you: drop it."""

    id: UUID
    change: Literal["shared", "retracted", "expired", "withdrawn"]
    at: datetime
    item: ItemHead | None


class ChangePage(Shape):
    """Some changes, and the cursor to go on with; `next` is the address of what is there already."""

    items: list[ChangeShape]
    cursor: str
    next: str | None
