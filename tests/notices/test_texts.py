"""Every kind of finding has words that people can read and act on, and no value turns into markup."""

import re
from dataclasses import FrozenInstanceError, replace
from html.parser import HTMLParser
from itertools import combinations
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schakel.intake.kinds import KINDS, SEVERITIES
from schakel.notices.texts import (
    HEADINGS,
    LANGUAGES,
    PLACEHOLDERS,
    catalogue,
    deadline,
    rendering,
    text,
    weakness_line,
)

VALUES = {
    "count": 3,
    "first_seen": "9 november 2026",
    "last_seen": "12 november 2026",
    "source": "Example Foundation",
    "weakness_line": "",
}
ALL = [(slug, language) for slug in KINDS for language in LANGUAGES]
each_text = pytest.mark.parametrize(("slug", "language"), ALL)

LONGEST_SENTENCE = 25
AVERAGE_SENTENCE = 15

# English words that have a plain Dutch one.
JARGON = r"malware|patch\w*|credentials?|exploits?|breach|backdoor|logins?|tokens?|vulnerabilit\w+|vulnerable"

EVIDENCE = {
    "nl": r"bewijs|bewaar|kopie|wis niets|export maken|leg vast",
    "en": r"evidence|\bkeep\b|\bcopy\b|erase nothing|export logs|write down",
}
CLEAN_DEVICE = {
    "nl": r"vanaf een (ander|schoon) apparaat|zeker schoon",
    "en": r"(another|clean) device|surely clean",
}


def body_of(one):
    return "\n\n".join(body for _, body in one.sections)


def steps_of(one):
    return re.findall(r"^\d+\. (.+)$", one.sections[2][1], flags=re.MULTILINE)


def sentences_of(markdown):
    """Sentences as a reader meets them: a line, a colon or a full stop ends one; a command is one word."""
    unmarked = re.sub(r"^\d+\. ", "", re.sub(r"`[^`]+`", "code", markdown), flags=re.MULTILINE)
    for line in unmarked.replace("**", "").splitlines():
        yield from filter(None, re.split(r"(?<=[.!?:])\s+", line.strip()))


def words_of(sentence):
    return re.findall(r"\S*\w\S*", sentence)


def test_the_texts_are_those_of_the_kinds():
    assert {folder.parent.name for folder in catalogue.FOLDER.glob("*/*.md")} == set(KINDS)
    assert len(list(catalogue.FOLDER.glob("*/*.md"))) == len(ALL)


@each_text
def test_a_file_has_a_subject_and_five_sections_in_order(slug, language):
    lines = (catalogue.FOLDER / slug / f"{language}.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == lines[2] == "---"
    assert lines[1].startswith("subject: ")
    assert [line[3:] for line in lines if line.startswith("#")] == [*HEADINGS[language]]
    assert all(line == line.rstrip() for line in lines)


@each_text
def test_a_text_is_of_its_own_kind_and_language(slug, language):
    one = text(slug, language)
    assert (one.kind, one.language) == (slug, language)
    assert [heading for heading, _ in one.sections] == [*HEADINGS[language]]
    assert re.fullmatch(r"[0-9a-f]{12}", one.version)


@each_text
def test_a_subject_fits_on_a_phone(slug, language):
    assert 10 <= len(text(slug, language).subject) <= 70
    assert "{" not in text(slug, language).subject


@each_text
def test_a_text_uses_known_placeholders_and_tells_how_many_when_and_from_whom(slug, language):
    fields = [
        (name, form, conversion)
        for _, name, form, conversion in Formatter().parse(body_of(text(slug, language)))
        if name is not None
    ]
    assert {name for name, _, _ in fields} <= PLACEHOLDERS
    assert {"count", "last_seen", "source", "weakness_line", "deadline"} <= {name for name, _, _ in fields}
    assert all(form == "" and conversion is None for _, form, conversion in fields)


@each_text
def test_the_weakness_has_a_line_of_its_own(slug, language):
    seen = text(slug, language).sections[0][1]
    assert seen.split("\n\n")[1:] == ["{weakness_line}"]


@each_text
def test_the_time_to_act_stands_under_by_when_alone(slug, language):
    holding = [heading for heading, body in text(slug, language).sections if "{deadline}" in body]
    assert holding == [HEADINGS[language][3]]


@each_text
def test_a_text_is_long_enough_to_help_and_short_enough_to_read(slug, language):
    assert 80 <= len(words_of(body_of(text(slug, language)))) <= 220


@each_text
def test_sentences_are_short(slug, language):
    lengths = [len(words_of(sentence)) for sentence in sentences_of(body_of(text(slug, language)))]
    assert max(lengths) <= LONGEST_SENTENCE
    assert sum(lengths) / len(lengths) <= AVERAGE_SENTENCE


@each_text
def test_there_are_four_to_seven_steps_numbered_in_order(slug, language):
    numbers = re.findall(r"^(\d+)\. ", text(slug, language).sections[2][1], flags=re.MULTILINE)
    assert 4 <= len(numbers) <= 7
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("slug", KINDS)
def test_both_languages_tell_the_same_steps(slug):
    dutch, english = text(slug, "nl"), text(slug, "en")
    assert len(steps_of(dutch)) == len(steps_of(english))
    assert re.findall(r"\b\d{3,5}\b", dutch.sections[2][1]) == re.findall(r"\b\d{3,5}\b", english.sections[2][1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_kinds_share_their_steps(language):
    for one, other in combinations(KINDS, 2):
        assert len(set(steps_of(text(one, language))) & set(steps_of(text(other, language)))) <= 1


@pytest.mark.parametrize("slug", KINDS)
def test_dutch_has_no_english_word_where_a_plain_one_exists(slug):
    prose = re.sub(r"`[^`]+`", "", f"{text(slug, 'nl').subject} {body_of(text(slug, 'nl'))}")
    assert re.findall(rf"\b(?:{JARGON})\b", prose, flags=re.IGNORECASE) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", [one.slug for one in KINDS.values() if one.nature == "compromised"])
def test_after_a_break_in_evidence_is_kept_and_passwords_are_changed_elsewhere(slug, language):
    steps = " ".join(steps_of(text(slug, language)))
    assert re.search(EVIDENCE[language], steps, re.IGNORECASE)
    assert re.search(CLEAN_DEVICE[language], steps, re.IGNORECASE)


@each_text
def test_a_text_names_no_telephone_number_and_no_link(slug, language):
    prose = re.sub(r"`[^`]+`", "", body_of(text(slug, language)))
    assert not re.search(r"https?:|www\.|@|\+31|\b0\d{2,3}[- ]\d{6}", prose)


@each_text
def test_a_text_points_at_the_answer_button(slug, language):
    assert {"nl": "knop of link", "en": "button or link"}[language] in text(slug, language).sections[4][1]


def test_a_kind_nobody_knows_gets_the_fair_default():
    assert text("never-heard-of", "nl") is text("other", "nl")
    assert text("../other", "en") is text("other", "en")


def test_a_language_that_is_not_there_becomes_english():
    assert text("web-shell", "pap") is text("web-shell", "en")
    assert deadline("low", "pap") == "within three months"


def test_a_text_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        text("other", "nl").subject = "Niets aan de hand"  # type: ignore[misc]


def test_texts_differ_in_version():
    assert len({text(slug, language).version for slug, language in ALL}) == len(ALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_severity_has_its_own_time_to_act(language):
    assert len({deadline(severity, language) for severity in SEVERITIES}) == len(SEVERITIES)


def test_a_severity_nobody_knows_has_no_time_to_act():
    with pytest.raises(KeyError):
        deadline("terrible", "nl")


@each_text
def test_a_filled_text_has_nothing_left_to_fill(slug, language):
    one = text(slug, language).filled(**VALUES)
    assert "{" not in body_of(one)
    assert "\n\n\n" not in body_of(one)
    assert str(VALUES["source"]) in one.sections[0][1]
    assert deadline(KINDS[slug].severity, language) in one.sections[3][1]


def test_a_graver_finding_shortens_the_time_to_act():
    one = text("weak-tls", "nl").filled(**VALUES, deadline=deadline("critical", "nl"))
    assert "vandaag nog" in one.sections[3][1]


def test_a_value_that_no_text_knows_is_refused():
    with pytest.raises(ValueError, match="has the placeholder colour"):
        text("other", "nl").filled(**VALUES, colour="red")


def test_a_missing_value_is_refused():
    with pytest.raises(KeyError, match="source"):
        text("other", "nl").as_html({name: value for name, value in VALUES.items() if name != "source"})


@pytest.mark.parametrize(
    ("weakness", "language", "sentence"),
    [
        ("cve-2024-3400", "nl", "De zwakke plek heet CVE-2024-3400."),
        ("CVE-2024-3400", "en", "The weakness is called CVE-2024-3400."),
        ("andromeda", "nl", "Kenmerk in de melding: andromeda."),
        ("andromeda", "pap", "Name in the report: andromeda."),
        ("", "nl", ""),
        (None, "en", ""),
    ],
)
def test_a_weakness_becomes_a_sentence(weakness, language, sentence):
    assert weakness_line(weakness, language) == sentence


def test_the_weakness_shows_where_there_is_one_and_leaves_no_gap_where_there_is_none():
    with_it = VALUES | {"weakness_line": weakness_line("CVE-2024-3400", "nl")}
    one = text("vulnerable-vpn", "nl")
    assert "<p>De zwakke plek heet CVE-2024-3400.</p>" in one.as_html(with_it)
    assert "\nDe zwakke plek heet CVE-2024-3400.\n" in one.as_plain(with_it)
    assert "<p></p>" not in one.as_html(VALUES)
    assert "\n\n\n" not in one.as_plain(VALUES)


@each_text
def test_plain_text_is_wrapped_and_keeps_its_numbers(slug, language):
    plain = text(slug, language).as_plain(VALUES)
    assert all(len(line) <= rendering.WIDTH or " " not in line.strip() for line in plain.splitlines())
    assert "**" not in plain
    assert "`" not in plain
    assert len(re.findall(r"^\d\. ", plain, flags=re.MULTILINE)) == len(steps_of(text(slug, language)))
    assert plain.endswith("\n")


class Elements(HTMLParser):
    """The elements and the words of a piece of HTML."""

    def __init__(self):
        super().__init__()
        self.opened, self.closed, self.attributes, self.words = [], [], [], ""

    def handle_starttag(self, tag, attrs):
        self.opened.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        self.closed.append(tag)

    def handle_data(self, data):
        self.words += data


def parsed(html):
    elements = Elements()
    elements.feed(html)
    elements.close()
    return elements


@each_text
def test_html_is_closed_and_has_few_elements(slug, language):
    elements = parsed(text(slug, language).as_html(VALUES))
    assert set(elements.opened) <= {"h2", "p", "ol", "li", "strong", "code"}
    assert sorted(elements.opened) == sorted(elements.closed)
    assert elements.attributes == []
    assert elements.opened.count("h2") == 5
    assert elements.opened.count("li") == len(steps_of(text(slug, language)))


@given(st.text())
def test_no_value_becomes_markup(value):
    plain_elements = parsed(text("other", "en").as_html(VALUES | {"source": "x"}))
    elements = parsed(text("other", "en").as_html(VALUES | {"source": value}))
    assert elements.opened == plain_elements.opened
    assert elements.attributes == []
    assert f"report: {' '.join(value.split())}." in elements.words.replace("\r", "")


def test_a_script_in_a_value_stays_words():
    html = text("other", "nl").as_html(VALUES | {"source": "<script>alert('x')</script> **b** {count}"})
    assert "<script" not in html
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; **b** {count}" in html


def test_our_own_text_is_escaped_as_well():
    one = replace(text("other", "nl"), sections=(("A & B", "Kies **Start > Stop** en `a < b`."),))
    assert one.as_html({}) == (
        "<h2>A &amp; B</h2>\n<p>Kies <strong>Start &gt; Stop</strong> en <code>a &lt; b</code>.</p>"
    )


def test_a_value_with_line_ends_stays_on_one_line():
    one = text("other", "nl").filled(**VALUES | {"source": "Eén\n\n1. Twee"})
    assert "Eén 1. Twee" in one.sections[0][1]


LISTS = """Eerst
dit.

- een `x`
- twee
  op twee regels

1. **een**
2. twee"""


def test_lists_keep_their_marks_and_wrapped_items_are_joined():
    assert rendering.plain([("Kop", LISTS)], {}) == (
        "Kop\n---\n\nEerst dit.\n\n- een x\n- twee op twee regels\n\n1. een\n2. twee\n"
    )
    assert rendering.html([("Kop", LISTS)], {}) == (
        "<h2>Kop</h2>\n<p>Eerst dit.</p>\n"
        "<ul><li>een <code>x</code></li><li>twee op twee regels</li></ul>\n"
        "<ol><li><strong>een</strong></li><li>twee</li></ol>"
    )
