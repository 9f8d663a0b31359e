import re

import pytest
from django.template import Context, Template, TemplateSyntaxError


def test_the_page_shows_every_part_without_inline_style_or_script(stranger):
    html = stranger.get("/ui").content.decode()
    assert "utrecht-table" in html
    assert "TLP:AMBER+STRICT" in html
    assert not re.search(r"<[^>]+\sstyle=|<style|<script(?! src=)|\son\w+=", html)


def test_a_misspelt_argument_of_a_part_fails_when_the_template_is_compiled():
    with pytest.raises(TemplateSyntaxError):
        Template('{% load ui %}{% card titel="x" %}{% endcard %}')


def test_a_share_of_nothing_is_a_dash():
    template = Template("{% load ui %}{% share 1 0 %} {% share 1 3 %}")
    assert template.render(Context()) == "\N{EN DASH} 33 %"
