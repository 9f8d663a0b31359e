"""OpenPGP for mail (RFC 3156): signed whenever we have a key, encrypted whenever the recipient has one.

A recipient's key that cannot be used stops the message: it never goes in clear instead.
"""

from functools import cache
from pathlib import Path

import pysequoia
from django.conf import settings

from schakel.post.channels.base import NotReady, Unsendable
from schakel.post.channels.mail.certificates import certificate_of, first_line


def protect(entity: bytes, *, recipient_key: str, boundary: str) -> bytes:
    """The MIME entity signed, encrypted, both, or as it was.

    Raises Unsendable for a recipient's key that cannot be used, NotReady for our own.
    """
    entity = entity.removesuffix(b"\r\n")  # The line end before a boundary belongs to the boundary (RFC 2046, 5.1.1).
    own = own_key()
    if recipient_key:
        return _encrypted(entity, certificate_of(recipient_key), own, boundary)
    return _signed(entity, own, boundary) if own else entity + b"\r\n"


def own_key() -> pysequoia.Tsk | None:
    """The platform's key, or None where it has none. Raises NotReady."""
    if not settings.OPENPGP_KEY:
        return None
    try:
        path = Path(settings.OPENPGP_KEY)
        return _read_key(path, path.stat().st_mtime_ns)
    except (OSError, RuntimeError) as error:
        raise NotReady(f"The platform's OpenPGP key cannot be used: {first_line(error)}") from error


@cache
def _read_key(path: Path, _written: int) -> pysequoia.Tsk:
    """Read once per version of the file. Raises OSError, RuntimeError."""
    key = pysequoia.Tsk.from_bytes(path.read_bytes())
    key.signer()  # Fails now rather than in the middle of a run, for one with a password too.
    return key


def _signed(entity: bytes, own: pysequoia.Tsk, boundary: str) -> bytes:
    """multipart/signed (RFC 3156, 5)."""
    signature = pysequoia.sign(own.signer(), entity, mode=pysequoia.SignatureMode.DETACHED)
    method = str(pysequoia.Sig.from_bytes(signature).hash_algorithm).rpartition(".")[2].lower()
    head = _head(f'signed; micalg="pgp-{method}"; protocol="application/pgp-signature"', boundary)
    seal = b"Content-Type: application/pgp-signature; name=signature.asc\r\n\r\n" + _crlf(signature)
    return head + _multipart([entity, seal], boundary)


def _encrypted(entity: bytes, certificate: pysequoia.Cert, own: pysequoia.Tsk | None, boundary: str) -> bytes:
    """multipart/encrypted, signed within where we can (RFC 3156, 4 and 6.2)."""
    try:
        sealed = pysequoia.encrypt(entity, recipients=[certificate], signer=own.signer() if own else None)
    except RuntimeError as error:
        raise Unsendable(f"The recipient's OpenPGP key cannot be encrypted to: {first_line(error)}") from error
    head = _head('encrypted; protocol="application/pgp-encrypted"', boundary)
    version = b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
    content = b"Content-Type: application/octet-stream; name=message.asc\r\n\r\n" + _crlf(sealed)
    return head + _multipart([version, content], boundary)


def _head(kind: str, boundary: str) -> bytes:
    return f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode()


def _multipart(parts: list[bytes], boundary: str) -> bytes:
    """The parts byte for byte: a library that wrote them again might change what was signed."""
    line = f"--{boundary}".encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"


def _crlf(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
