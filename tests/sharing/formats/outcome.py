"""What a format makes of content that anybody may send: documents, or a refusal with words; never anything else."""

from schakel.sharing.document import Document
from schakel.sharing.formats.base import Unreadable


def outcome(format, content: bytes) -> list[Document] | str:
    try:
        return list(format.read(content))
    except Unreadable as refusal:
        return f"{refusal.code}: {refusal.reason}"
