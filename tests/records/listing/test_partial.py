"""A page that puts another listing in place is sent the listing alone; whoever comes by the address, all of it."""

import re
from typing import Any

import pytest

from tests.factories import Twin, make

PUT_IN_PLACE = {"hx-request": "true", "hx-target": "listing"}


def text_of(answer: Any) -> str:
    """What a token that differs in each answer stands around."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()).strip()


@pytest.mark.parametrize("path", ["/contacts/?view=all", "/deals/board/?view=all", "/deals/calendar/?view=all"])
def test_a_listing_comes_alone_or_with_its_page(company: Twin, path: str) -> None:
    make("deals", name="Solar roof")
    owner = company.signed_in()

    whole, alone = owner.get(path), owner.get(path, headers=PUT_IN_PLACE)
    gone_back = owner.get(path, headers=PUT_IN_PLACE | {"hx-history-restore-request": "true"})

    listing = text_of(alone)
    assert listing.startswith('<div id="listing"')
    assert "<html" not in listing
    assert listing in text_of(whole)
    assert "<html" in gone_back.content.decode(), "a page that the browser has forgotten is whole"
    assert {"HX-Target", "HX-History-Restore-Request"} <= {one.strip() for one in alone["Vary"].split(",")}
