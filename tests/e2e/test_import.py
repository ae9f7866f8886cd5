"""The import wizard with bad files: one that cannot be read, and one with bad rows that are mended and sent again."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.gardener import Gardener, Planted
from tests.e2e.pages import NARROW, WIDE, listen, shoot, signed_in, width_of
from tests.stack import Stack

ROWS = 1_000
JOB_MS = 300_000
HEADER = ["First name", "Last name", "E-mail", "Phone", "Status", "City"]
BAD = {3: ("E-mail", "no address"), 7: ("Phone", "12"), 9: ("Status", "Qualifed")}
"""By line of the file."""
GOOD = {"E-mail": "asha@{city}.example", "Phone": "+91 98200 11842", "Status": "Qualified"}
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(200)
State = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def planted(gardener: Gardener) -> Planted:
    return gardener.plant("company", "imports")


@pytest.fixture(params=[WIDE, NARROW])
def page(request: pytest.FixtureRequest, browser: Browser, stack: Stack, planted: Planted) -> Iterator[Page]:
    page = signed_in(browser, stack, planted, width=request.param).new_page()
    heard = listen(page)
    yield page
    page.context.close()
    # A file that is refused is an answer, though the browser calls it an error.
    assert [one for one in heard if "422" not in one] == []


def table(rows: int, city: str) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    for line in range(2, rows + 2):
        row = {
            "First name": "Asha", "Last name": f"Rao {line}", "E-mail": f"asha.{city}.{line}@fair.example",
            "Phone": "", "Status": "New", "City": city,
        }  # fmt: skip
        column, value = BAD.get(line, ("City", city))
        writer.writerow(row | {column: value})
    return text.getvalue().encode()


def upload(page: Page, name: str, content: bytes) -> None:
    kind = "image/png" if content.startswith(b"\x89PNG") else "text/csv"
    page.locator("#file").set_input_files({"name": name, "mimeType": kind, "buffer": content})
    expect(page.locator(".upload [data-name]")).to_have_text(name)
    press(page, "Continue")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def step(page: Page, number: int) -> None:
    expect(page.locator(".stepper [aria-current=step]")).to_contain_text(str(number))


def counts(page: Page) -> dict[str, str]:
    """What the look ahead says: words and rows."""
    expect(page.get_by_role("heading", name="This is what will happen")).to_be_visible(timeout=JOB_MS)
    found = page.locator(".wizard-counts dl div").all()
    return {one.locator("dt").inner_text(): one.locator("dd").inner_text() for one in found}


def figures(page: Page) -> dict[str, str]:
    """What became of the rows, once it is over."""
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=JOB_MS)
    found = page.locator(".job-figures div").all()
    return {one.locator("dt").inner_text(): one.locator("dd").inner_text() for one in found}


def through_the_middle(page: Page) -> None:
    """The columns as they were guessed, the details as proposed, the look ahead."""
    page.wait_for_url(re.compile("/columns/"))
    press(page, "Continue")
    page.wait_for_url(re.compile("/details/"))
    press(page, "Look ahead")
    page.wait_for_url(re.compile("/preview/"))


def expect_faults(page: Page) -> None:
    """Each bad row once: its number, column and value, what is wrong and how to mend it."""
    rows = page.locator(".faults tbody tr")
    expect(rows).to_have_count(len(BAD))
    words = ("This is no e-mail address.", "This is no phone number.", "Did you mean “Qualified”?")
    for row, (line, (column, value)), said in zip(rows.all(), BAD.items(), words, strict=True):
        expect(row).to_contain_text(str(line))
        expect(row).to_contain_text(said)
        where = row.locator(".fault-where") if width_of(page) == NARROW else row
        expect(where).to_be_visible()
        expect(where).to_contain_text(column)
        expect(where).to_contain_text(value)


def mended(page: Page) -> bytes:
    """The file of errors as it was downloaded, each bad value put right."""
    with page.expect_download() as download:
        page.get_by_role("link", name="File of errors").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert [(row["⚠ row"], row["⚠ column"], row["⚠ value"]) for row in rows] == [
        (str(line), *bad) for line, bad in BAD.items()
    ]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(row | {row["⚠ column"]: GOOD[row["⚠ column"]].format(city=row["City"].lower())} for row in rows)
    return text.getvalue().encode()


def expect_leads(page: Page, city: str, total: str) -> None:
    page.goto(f"/leads/?view=all&q={city}")
    expect(page.locator("#total")).to_have_attribute("data-total", total)


def test_a_file_that_cannot_be_read_leaves_the_wizard_as_it_was(page: Page, screens: Path) -> None:
    page.goto("/imports/new/")
    faults = shoot(page, screens, "import-new")
    page.locator(".wizard-type", has_text="Leads").click()
    upload(page, "leads.csv", PICTURE)

    expect(page.locator(".banner.bad")).to_contain_text("Save it as CSV or XLSX and upload that.")
    expect(page.get_by_role("radio", name="Leads")).to_be_checked()
    faults += shoot(page, screens, "import-unreadable")

    upload(page, "leads.csv", b"")
    expect(page.locator(".banner.bad")).to_contain_text("This file is empty.")
    expect(page.get_by_role("radio", name="Leads")).to_be_checked()
    assert faults == [], faults


def test_bad_rows_are_told_mended_sent_again_and_all_is_undone(page: Page, screens: Path) -> None:
    is_wide = width_of(page) == WIDE
    rows, city = (ROWS, "Nagpur") if is_wide else (300, "Satara")
    good = f"{rows - len(BAD):,}"

    def shots(name: str) -> list[str]:
        return shoot(page, screens, name) if is_wide else []

    page.goto("/imports/new/?type=leads")
    upload(page, f"fair-{city}.csv", table(rows, city))
    page.wait_for_url(re.compile("/columns/"))
    step(page, 2)
    faults = shots("import-columns")
    press(page, "Continue")
    page.wait_for_url(re.compile("/details/"))
    faults += shots("import-details")
    press(page, "Look ahead")
    page.wait_for_url(re.compile("/preview/"))
    assert counts(page) == {"will be created": good, "have errors": "3"}
    expect_faults(page)
    faults += shots("import-preview")
    expect_no_leads_yet(page, city)

    press(page, "Import now")
    page.wait_for_url(re.compile("/imports/[0-9a-f-]{36}/$"))
    page.evaluate("window.isSamePage = true")
    assert figures(page) == {"Created": good, "Failed": "3"}
    assert page.evaluate("window.isSamePage")  # it went on by itself
    expect_faults(page)
    faults += shots("import-done")
    done = page.url

    again = mended(page)
    page.get_by_role("link", name="Import another file").click()
    upload(page, f"fair-{city}-errors.csv", again)
    through_the_middle(page)
    assert counts(page) == {"will be created": "3"}
    press(page, "Import now")
    assert figures(page) == {"Created": "3"}
    expect_leads(page, city, str(rows))

    page.goto(done)
    press(page, "Undo")
    page.locator("#confirm").get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile("/jobs/[0-9a-f-]{36}/"))
    figures(page)
    expect_leads(page, city, "3")
    assert faults == [], faults


def expect_no_leads_yet(page: Page, city: str) -> None:
    """Looking ahead writes nothing."""
    other = page.context.new_page()
    other.goto(f"/leads/?view=all&q={city}")
    expect(other.locator("#listing .empty")).to_be_visible()
    other.close()
