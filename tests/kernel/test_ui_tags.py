import json
import re
from pathlib import Path

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils.safestring import mark_safe

from tenants.kernel.ui.drawing import spark_path, wave_path
from tenants.kernel.ui.people import HUES, hue, initials
from tenants.kernel.ui.styleguide import SECTIONS, examples_in, styleguide

ROOT = Path(__file__).parents[2]


def _rendered(source: str, **context: object) -> str:
    return str(engines["django"].from_string("{% load ui %}" + source).render(context))


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Asha Rao", "AR"),
        ("asha", "A"),
        ("Iyer & Partners", "IP"),
        ("Елена Иванова", "ЕИ"),
        ("asha.rao@acme.example", "AR"),
        ("", "?"),
        ("&", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_piece_that_is_kept_never_shows_one_text_as_another_that_was_safe() -> None:
    head = '{% kept "records/_th.html" name="city" label=label sort="none" %}'

    safe, plain = _rendered(head, label=mark_safe("<b>City</b>")), _rendered(head, label="<b>City</b>")

    assert safe == plain
    assert "&lt;b&gt;City&lt;/b&gt;" in plain


def test_hue_is_stable_and_has_a_class() -> None:
    classes = (ROOT / "templates/static/css/hues.css").read_text()

    assert hue("Asha Rao") == hue(" asha rao ")
    assert all(f".hue-{number} " in classes for number in range(HUES))


def test_avatar_escapes_the_name() -> None:
    html = _rendered("{% avatar name %}{% person name %}", name='<b> "x"')

    assert "<b>" not in html
    assert "&lt;b&gt; &quot;x&quot;" in html


def test_tag_has_a_dot_or_an_icon_with_a_tone() -> None:
    assert '<span class="tag bad"><i></i><span class="clip">Lost</span></span>' in _rendered('{% tag "Lost" "bad" %}')
    assert "#alert-triangle" in _rendered('{% next_step "overdue" "Call" %}')
    assert "<i></i>" not in _rendered('{% tag "Nurturing" %}')


def test_repeat_shows_the_title_block_again() -> None:
    page = engines["django"].from_string(
        '{% extends "base/company.html" %}{% block title %}Contacts{% endblock %}{% block content %}{% endblock %}'
    )

    html = page.render({}, RequestFactory().get("/"))

    assert re.search(r"<title>\s*Contacts\s*</title>", html)
    assert re.search(r'<h1 class="clip">\s*Contacts\s*</h1>', html)


class _Form(forms.Form):
    name = forms.CharField(help_text="As on the invoice")
    due_on = forms.DateField(required=False, initial="2026-11-21")
    plan = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A")])


def test_control_links_help_and_error() -> None:
    form = _Form({})
    form.is_valid()

    html = _rendered("{% control form.name %}", form=form)

    assert 'aria-describedby="id_name_help id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="input"' in html


def test_control_date_is_a_date_input_in_iso() -> None:
    html = _rendered("{% control form.due_on %}", form=_Form())

    assert 'type="date"' in html
    assert 'value="2026-11-21"' in html


def test_wave_has_one_bar_for_each_place_whatever_the_peaks() -> None:
    for peaks in ([], [0.5], [0.1] * 7, [2.0, -1.0] * 500):
        assert wave_path(peaks, bars=80).count("M") == 80


def test_spark_needs_two_points() -> None:
    assert spark_path([1]) == ""
    assert spark_path([1, 1]) == "M0.00 27.00L100.00 27.00"


def test_styleguide_shows_every_example_in_both_themes() -> None:
    html = styleguide(RequestFactory().get("/", {"brand": "#ff6600"})).content.decode()

    count = sum(len(examples_in(section)) for section in SECTIONS)
    assert count > 40
    assert html.count('class="guide-pane" data-bs-theme="dark"') == count


def test_styleguide_odd_brand_falls_back() -> None:
    assert styleguide(RequestFactory().get("/", {"brand": "red;}"})).status_code == 200


def test_templates_keep_to_the_content_security_policy() -> None:
    forbidden = re.compile(r"\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:")
    folders = ("base", "components", "errors", "styleguide")
    sources = [path for folder in folders for path in (ROOT / "templates" / folder).glob("*.html")]

    assert [path.name for path in sources if forbidden.search(path.read_text())] == []


def test_error_page_500_needs_no_context() -> None:
    html = engines["django"].get_template("errors/500.html").render()

    assert "Something went wrong on our side" in html


def test_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())

    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
