import gettext
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.web import messages
from tests.web import catalogue

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|%%")


def catalogue_of(text):
    return gettext.GNUTranslations(io.BytesIO(messages.compiled(messages.read(HEAD + text))))


def test_plain_long_plural_and_contextual_texts_are_read():
    shown = catalogue_of(
        'msgid "one"\nmsgstr "een"\n\n'
        'msgid ""\n"long "\n"text"\nmsgstr ""\n"lange "\n"tekst"\n\n'
        'msgid "%d day"\nmsgid_plural "%d days"\nmsgstr[0] "%d dag"\nmsgstr[1] "%d dagen"\n\n'
        'msgctxt "month"\nmsgid "May"\nmsgstr "mei"\n'
    )
    assert shown.gettext("one") == "een"
    assert shown.gettext("long text") == "lange tekst"
    assert [shown.ngettext("%d day", "%d days", n) for n in (1, 2)] == ["%d dag", "%d dagen"]
    assert shown.pgettext("month", "May") == "mei"
    assert shown.gettext("May") == "May"


@given(st.dictionaries(TEXT, TEXT))
def test_every_text_comes_back_as_it_was_written(pairs):
    shown = gettext.GNUTranslations(
        io.BytesIO(messages.compiled(pairs | {"": "Content-Type: text/plain; charset=UTF-8"}))
    )
    assert {key: shown.gettext(key) for key in pairs} == pairs


@pytest.mark.parametrize(
    "text",
    [
        '#, fuzzy\nmsgid "one"\nmsgstr "een"\n',
        'msgid "one"\nmsgstr ""\n',
        'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] ""\n',
    ],
)
def test_what_is_uncertain_or_unfinished_stays_in_english(text):
    assert messages.read(text) == {}


@pytest.mark.parametrize(("text", "line"), [("msgid one\n", 1), ('msgid "one"\nmsgstr "ee"n"\n', 2), ('"loose"\n', 1)])
def test_a_fault_names_its_line(text, line):
    with pytest.raises(messages.BadCatalogue, match=f"some.po, line {line}:"):
        messages.read(text, name="some.po")


def test_several_files_of_a_language_become_one(tmp_path):
    folder = tmp_path / "nl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "a.po").write_text(HEAD + 'msgid "one"\nmsgstr "een"\n')
    (folder / "b.po").write_text('msgid "two"\nmsgstr "twee"\n')
    [file] = messages.compile_all(tmp_path)
    with file.open("rb") as opened:
        shown = gettext.GNUTranslations(opened)
    assert (shown.gettext("one"), shown.gettext("two")) == ("een", "twee")


def test_the_command_says_what_it_made(capsys):
    messages.main()
    assert "nl/LC_MESSAGES/django.mo" in capsys.readouterr().out


@pytest.fixture(scope="module")
def texts():
    return catalogue.texts()


@pytest.fixture(scope="module")
def dutch():
    return catalogue.translations("nl")


def test_every_text_has_its_dutch(texts, dutch):
    missing = [f"{place}: {key!r}" for key, place in texts.items() if key not in dutch]
    assert not missing, "\n".join(["", *missing])


def test_no_translation_outlives_its_text(texts, dutch):
    left = [key for key in dutch if key not in texts and key]
    assert not left, "\n".join(["", *left])


def test_translations_keep_what_is_filled_in(dutch):
    for key, text in dutch.items():
        for form, translated in zip(key.split("\x00"), text.split("\x00"), strict=False):
            if key:
                assert set(PLACE.findall(translated)) <= set(PLACE.findall(form.rpartition("\x04")[2])), key
                assert "%" not in form or set(PLACE.findall(text)) == set(PLACE.findall(key)), key


def texts_by_file():
    """Every text of the Dutch site, with the files that translate it."""
    found: dict[str, list[str]] = {}
    for path in sorted((messages.LOCALE / "nl" / "LC_MESSAGES").glob("*.po")):
        for text in messages.read(path.read_text(encoding="utf-8"), name=path.name):
            found.setdefault(text, []).append(path.name)
    return found


def test_a_text_is_translated_in_one_place():
    assert {text: files for text, files in texts_by_file().items() if text and len(files) > 1} == {}
