import email.message
import email.mime.application
import email.mime.multipart
import gzip
import io
import zipfile

import pysequoia
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.policy.sharing import Pap, Tlp
from schakel.sharing.formats.base import Unreadable
from schakel.sharing.formats.mail.keys import GOOD, SEALED, UNKNOWN, Keys
from schakel.sharing.formats.registry import formats
from schakel.sharing.words import ItemKind
from tests.sharing.formats.outcome import outcome


def mail_of(body="Let op hxxp://evil[.]example/x", *, subject="[TLP:GREEN] Lek in de poort", html=""):
    message = email.message.EmailMessage()
    message["From"] = "=?utf-8?q?Haven_ISAC_=E2=9A=93?= <isac@haven.example>"
    message["To"] = "delen@schakel.example"
    message["Subject"] = subject
    message["Date"] = "Thu, 15 Jan 2026 09:30:00 +0100"
    message["Message-ID"] = "<een@haven.example>"
    message.set_content(body)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def read(message, *, keys=None):
    content = message if isinstance(message, bytes) else message.as_bytes()
    mail = next(one for one in formats(keys=keys) if one.slug == "mail")
    assert mail.recognises(content)
    return list(mail.read(content))


def refused(message, *, keys=None):
    with pytest.raises(Unreadable) as refusal:
        read(message, keys=keys)
    return refusal.value


def test_a_mail_says_who_when_under_which_label_and_what():
    [document] = read(mail_of())
    assert (document.title, document.publisher) == ("[TLP:GREEN] Lek in de poort", "Haven ISAC \u2693")
    assert (document.key, document.marking.tlp) == ("een@haven.example", Tlp.GREEN)
    assert document.published_at.isoformat() == "2026-01-15T09:30:00+01:00"
    assert [one.value for one in document.indicators] == ["http://evil.example/x"]
    assert document.original.content == mail_of().as_bytes()


def test_the_stricter_of_subject_and_first_lines_counts():
    [document] = read(mail_of("TLP:AMBER\nPAP:RED\n\nWoorden"))
    assert (document.marking.tlp, document.marking.pap) == (Tlp.AMBER, Pap.RED)


def test_the_plain_part_is_read_and_html_only_where_it_is_alone():
    [document] = read(mail_of("plat", html="<p>opgemaakt</p>"))
    assert document.texts[0].body == "plat"
    [document] = read(mail_of(" ", html="<h1>Kop</h1><script>alert(1)</script><p>op<b>ge</b>maakt<br>twee</p>"))
    assert document.texts[0].body == "# Kop\n\nopgemaakt\ntwee"


def test_nothing_that_acts_comes_through_html():
    html = """<style>p{}</style><p onclick="x()">Zie <a href="javascript:alert(1)">hier</a> en
    <a href="https://good.example/a">daar</a><img src="https://evil.example/pixel"></p><ul><li>een</li><li>twee</li></ul>"""
    [document] = read(mail_of(" ", html=html))
    assert document.texts[0].body == "Zie hier en [daar](https://good.example/a)\n\n- een\n\n- twee"


def test_what_is_attached_is_read_by_its_content_under_the_stricter_label():
    message = mail_of(subject="TLP:AMBER cijfers")
    message.add_attachment(
        b"TLP:GREEN\nevil.example\nworse.example\n", maintype="image", subtype="png", filename="a.png"
    )
    message.add_attachment(b"\x89PNG\r\n\x1a\n\x00\x00\x00", maintype="image", subtype="png", filename="b.png")
    own, carried = read(message)
    assert "b.png (image/png, 11 bytes)" in own.texts[0].body
    assert (carried.kind, carried.marking.tlp) == (ItemKind.INDICATORS, Tlp.AMBER)
    assert [one.value for one in carried.indicators] == ["evil.example", "worse.example"]


def test_what_is_packed_is_unpacked_and_what_is_forwarded_is_a_mail():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("a.txt", "evil.example")
    message = mail_of()
    message.add_attachment(archive.getvalue(), maintype="application", subtype="zip", filename="a.zip")
    message.add_attachment(gzip.compress(b"worse.example"), maintype="application", subtype="gzip", filename="b")
    message.add_attachment(mail_of(subject="Binnenin"))
    titles = [document.title for document in read(message)]
    assert titles == ["[TLP:GREEN] Lek in de poort", "evil.example", "worse.example", "Binnenin"]


def test_a_broken_attachment_refuses_the_mail_and_says_which():
    message = mail_of()
    message.add_attachment(b"<rss><channel>", maintype="text", subtype="xml", filename="nieuws.xml")
    refusal = refused(message)
    assert (refusal.code, refusal.place) == ("syntax", "nieuws.xml line 1, column 15")


def test_mails_within_mails_end_somewhere():
    message = mail_of()
    for _ in range(7):
        outer = mail_of()
        outer.add_attachment(message)
        message = outer
    assert refused(message).code == "too-deep"


def nested(levels):
    head = b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\n"
    opening = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(levels))
    return head + opening + b"Content-Type: text/plain\n\nwoorden\n"


@pytest.mark.parametrize("levels", [30, 3000])
def test_parts_within_parts_end_somewhere(levels):
    assert refused(nested(levels)).code == "too-deep"


def test_a_thousand_parts_are_too_many():
    head = b"From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    assert refused(head + b"--b\n\nx\n" * 1000 + b"--b--\n").code == "too-large"


def test_an_unknown_label_refuses_the_mail():
    refusal = refused(mail_of(subject="TLP:PURPLE"))
    assert (refusal.code, refusal.place) == ("label", "the subject")


@pytest.fixture(scope="module")
def own():
    return pysequoia.Tsk.generate("Schakel <delen@schakel.example>")


@pytest.fixture(scope="module")
def theirs():
    return pysequoia.Tsk.generate("Haven <isac@haven.example>")


def sealed(own, signer=None, subject="Verzegeld"):
    inner = b"Content-Type: text/plain\r\n\r\nTLP:RED\r\nGeheim: evil[.]example\r\n"
    content = pysequoia.encrypt(inner, recipients=[own.extract_certificate()], signer=signer)
    outer = email.mime.multipart.MIMEMultipart("encrypted", protocol="application/pgp-encrypted")
    outer["From"], outer["Subject"] = "isac@haven.example", subject
    outer.attach(email.mime.application.MIMEApplication(b"Version: 1\n", "pgp-encrypted"))
    outer.attach(email.mime.application.MIMEApplication(content, "octet-stream"))
    return outer


def test_a_sealed_mail_is_opened_with_our_key_and_its_signature_judged(own, theirs):
    known = Keys(own=own, certificates=(theirs.extract_certificate(),))
    [document] = read(sealed(own, theirs.signer()), keys=known)
    assert (document.marking.tlp, document.labels) == (Tlp.RED, (SEALED, GOOD))
    assert document.title == "Verzegeld"
    assert read(sealed(own, theirs.signer()), keys=Keys(own=own))[0].labels == (SEALED, UNKNOWN)
    assert read(sealed(own), keys=known)[0].labels == (SEALED,)


def test_a_mail_sealed_for_somebody_else_is_refused(own, theirs):
    assert refused(sealed(theirs), keys=Keys(own=own)).code == "signature"
    assert refused(sealed(own)).code == "signature"


def test_an_armoured_text_is_opened_in_its_place(own):
    content = pysequoia.encrypt(b"evil[.]example", recipients=[own.extract_certificate()]).decode()
    [document] = read(mail_of(f"Dag,\n\n{content}\n\nGroet"), keys=Keys(own=own))
    assert [one.value for one in document.indicators] == ["evil.example"]
    assert document.labels == (SEALED,)


def signed(theirs, *, words=b"Hoi evil[.]example"):
    inner = b"Content-Type: text/plain\r\n\r\n" + words
    seal = pysequoia.sign(
        theirs.signer(), b"Content-Type: text/plain\r\n\r\nHoi evil[.]example", mode=pysequoia.SignatureMode.DETACHED
    )
    head = b'From: isac@haven.example\nSubject: Getekend\nContent-Type: multipart/signed; protocol="application/pgp-signature"; boundary=grens\n\n'
    parts = (
        b"--grens\n" + inner.replace(b"\r\n", b"\n") + b"\n--grens\nContent-Type: application/pgp-signature\n\n" + seal
    )
    return head + parts + b"\n--grens--\n"


def test_a_signature_is_judged_by_the_keys_that_we_hold(own, theirs):
    known = Keys(own=own, certificates=(theirs.extract_certificate(),))
    assert read(signed(theirs), keys=known)[0].labels == (GOOD,)
    assert read(signed(theirs), keys=Keys(own=own, certificates=(own.extract_certificate(),)))[0].labels == (UNKNOWN,)
    assert refused(signed(theirs, words=b"Hoi worse[.]example"), keys=known).code == "signature"


[MAIL] = [one for one in formats() if one.slug == "mail"]
HEADERS = st.text("abTLP:=?utf8Q_- <>@.\u00e9\t", max_size=40)


@given(HEADERS, HEADERS, HEADERS, st.text(max_size=100))
def test_any_headers_are_read_or_refused(subject, sender, kind, body):
    content = f"From: {sender}\nSubject: {subject}\nDate: {kind}\nContent-Type: {kind}\n\n{body}".encode(
        errors="replace"
    )
    assert outcome(MAIL, content)


@given(
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"multipart/mixed; boundary=b",
            b"multipart/alternative; boundary=b",
            b"message/rfc822",
            b'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b',
            b'multipart/signed; protocol="application/pgp-signature"; boundary=b',
        ]
    ),
)
def test_any_body_is_read_or_refused(body, kind):
    content = b"From: a@b.example\nSubject: x\nContent-Type: " + kind + b"\n\n--b\n" + body + b"\n--b\n\nx\n--b--\n"
    assert outcome(MAIL, content)
