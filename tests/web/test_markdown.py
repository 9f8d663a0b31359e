"""Texts of others on our pages."""

import pytest

from schakel.web import markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("## A\n\n# B\n\n#### C", "<h3>A</h3>\n<h3>B</h3>\n<h4>C</h4>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("![x](https://spy.example/x.png)", "<p></p>\n"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](https://x.example)", '<p><a href="https://x.example" rel="noopener noreferrer nofollow">a</a></p>\n'),
        (
            "|a|\n|-|\n|b|",
            "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>\n",
        ),
    ],
)
def test_texts_are_laid_out_and_can_do_nothing(text, html):
    assert markdown.rendered(text) == html


def test_a_text_that_is_too_long_is_shown_as_it_was_typed():
    shown = markdown.rendered("<b>" + "a" * markdown.LONGEST)
    assert shown.startswith('<pre class="as-typed">&lt;b&gt;aaa')
