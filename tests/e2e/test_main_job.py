"""The main job from end to end, in a real browser: an agency signs up, and its company sells, bills and calls."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, TimeoutError, expect
from pypdf import PdfReader

from tests.e2e.pages import PAGE_MS, PATIENCE_MS, link_in, listen, shoot, text_of, wait_for_mail
from tests.stack import Stack

AGENCY, PRODUCT, COMPANY = "Sunrise Partners", "SunriseDesk", "Ганеш Solar"
PASSWORD = "a long enough secret 42"
PLATFORM_NAME = re.compile("omniflow", re.IGNORECASE)


class Job:
    """One browser page going through the steps; each step leaves screenshots."""

    def __init__(self, page: Page, stack: Stack, screens: Path) -> None:
        self.page, self.stack, self.screens = page, stack, screens
        self.heard = listen(page)
        self.faults: list[str] = []

    def shot(self, name: str, *, column: str = "") -> None:
        self.faults += shoot(self.page, self.screens, name, column=column)

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.locator(f"[name={name}]:visible").fill(value)

    def pick(self, label: str, name: str) -> None:
        """Choose another record in a form, by typing its name."""
        dialog = self.page.locator("#dialog")
        dialog.get_by_role("combobox", name=label, exact=True).fill(name)
        dialog.get_by_role("option", name=name).first.click()

    def submit(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def arrive(self, url: str | re.Pattern[str]) -> None:
        """Wait until the browser is there; what it shows instead is told where it does not get there."""
        try:
            self.page.wait_for_url(url)
        except TimeoutError as error:
            shown = self.page.inner_text("body")[:600]
            raise AssertionError(f"still at {self.page.url}: {shown!r}; {self.heard}") from error

    def url(self, host: str, path: str = "/") -> str:
        return f"http://{host}.localhost:{self.stack.port}{path}"


def sign_up(job: Job) -> None:
    page = job.page
    page.goto(job.stack.platform_url)
    job.shot("01-landing")
    page.goto(f"{job.stack.platform_url}/sign-up/")
    job.fill(agency_name=AGENCY, name="Meera Shah", email="meera@sunrise.example", password=PASSWORD)
    expect(page.locator("[name=slug]")).to_have_value("sunrise-partners")
    page.get_by_label("I accept the").check()
    job.shot("02-sign-up")
    job.submit("Create agency")
    expect(page.get_by_text("meera@sunrise.example")).to_be_visible()
    job.shot("03-mail-sent")


def verify(job: Job) -> None:
    message = wait_for_mail(job.stack.mail_folder, "meera@sunrise.example")
    job.page.goto(link_in(message))
    job.arrive(re.compile(r"//sunrise-partners\.localhost"))
    job.shot("04-portal")


def brand(job: Job) -> None:
    page = job.page
    page.goto(job.url("sunrise-partners", "/brand-editor/"))
    job.fill(product_name=PRODUCT, support_email="help@sunrise.example", sender_name="Sunrise team")
    page.locator("[name=colour]").fill("#b45309")
    expect(page.locator("#frames")).to_contain_text(PRODUCT)
    job.shot("05-brand")
    page.get_by_role("button", name=re.compile("^Save")).first.click()
    expect(page.locator(".side")).to_contain_text(PRODUCT)


def create_company(job: Job) -> None:
    page = job.page
    page.goto(job.url("sunrise-partners", "/companies/new/"))
    job.fill(name=COMPANY, owner_name="Ganesh Iyer", owner_email="ganesh@solar.example")
    page.locator("[name=slug]").fill("ganesh-solar")
    page.locator("[name=country]").select_option("IN")
    expect(page.locator("[name=currency]")).to_have_value("INR")
    job.shot("06-new-company")
    job.submit("Create company")
    expect(page.get_by_text("The workspace is ready")).to_be_visible()
    job.shot("07-company-ready")


def accept_invitation(job: Job) -> None:
    page = job.page
    message = wait_for_mail(job.stack.mail_folder, "ganesh@solar.example")
    assert PRODUCT in text_of(message)
    assert not PLATFORM_NAME.search(message.as_string() + text_of(message))
    page.goto(link_in(message))
    job.fill(password=PASSWORD)
    job.shot("08-invitation")
    job.submit("Join")
    job.arrive(job.url("ganesh-solar.sunrise-partners", "/"))
    expect(page.locator(".side")).to_contain_text(PRODUCT)
    job.shot("09-dashboard")


def add_contact(job: Job) -> str:
    page = job.page
    page.goto(job.url("ganesh-solar.sunrise-partners", "/accounts/"))
    page.get_by_role("link", name="New account").first.click()
    job.fill(name="Лумен Hospitals", city="Pune", region="Maharashtra", country="IN", tax_id="27AAPFU0939F1ZV")
    job.submit("Save")
    job.arrive(re.compile("/accounts/[0-9a-f-]{36}/"))
    page.goto(job.url("ganesh-solar.sunrise-partners", "/contacts/"))
    job.shot("10-contacts-empty")
    page.get_by_role("link", name="New contact").first.click()
    job.fill(first_name="प्रिया", last_name="Nair", email="priya@lumen.example", phone="98200 11842")
    job.pick("Account", "Лумен Hospitals")
    job.shot("11-new-contact")
    job.submit("Save")
    job.arrive(re.compile("/contacts/[0-9a-f-]{36}/"))
    expect(page.get_by_role("heading", level=2).first).to_have_text("प्रिया Nair")
    job.shot("12-contact")
    return page.url


def add_deal(job: Job) -> None:
    page = job.page
    page.goto(job.url("ganesh-solar.sunrise-partners", "/deals/board/"))
    page.get_by_role("link", name="New deal").first.click()
    job.fill(name="Hospital microgrid", amount="4250000")
    job.pick("Account", "Лумен Hospitals")
    job.pick("Contact", "प्रिया Nair")
    job.shot("13-new-deal")
    job.submit("Save")
    job.arrive(re.compile("/deals/[0-9a-f-]{36}/"))
    job.shot("14-deal")


def drag_to_won(job: Job) -> None:
    page = job.page
    page.goto(job.url("ganesh-solar.sunrise-partners", "/deals/board/"))
    job.shot("15-board")
    page.set_viewport_size({"width": 2600, "height": 900})  # all nine columns in sight
    card = page.locator("[data-card]", has_text="Hospital microgrid")
    target = page.locator("[data-column][data-name='Closed Won']")
    drag(page, card.bounding_box(), target.bounding_box())
    expect(page.locator("[data-column][data-name='Closed Won'] [data-card]")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("Closed Won")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.reload()
    expect(page.locator("[data-column][data-name='Closed Won'] [data-card]")).to_have_count(1)
    job.shot("16-board-won", column="Closed Won")


def drag(page: Page, start: Any, end: Any) -> None:
    page.mouse.move(start["x"] + 60, start["y"] + 14)
    page.mouse.down()
    for step in range(1, 11):
        x = start["x"] + 60 + (end["x"] + 60 - start["x"] - 60) * step / 10
        page.mouse.move(x, start["y"] + 20 + (end["y"] + 30 - start["y"]) * step / 10)
        page.wait_for_timeout(30)
    page.mouse.up()


def say_who_sells(job: Job) -> None:
    page = job.page
    page.goto(job.url("ganesh-solar.sunrise-partners", "/settings/invoicing/"))
    job.fill(legal_name="Ганеш Solar Pvt Ltd", tax_id="27AAACL1234C1Z5", city="Pune", postal_code="411001")
    job.fill(address="4 MG Road", default_code="998314")
    job.shot("17-invoicing-profile")
    job.submit("Save")
    expect(page.locator(".toast").first).to_be_visible()


def make_invoice(job: Job) -> None:
    page = job.page
    page.goto(job.url("ganesh-solar.sunrise-partners", "/deals/board/"))
    page.locator("[data-card]", has_text="Hospital microgrid").get_by_role("link").click()
    page.locator(".quick").get_by_role("button", name="Invoice").click()
    job.arrive(re.compile("/invoices/[0-9a-f-]{36}/"))
    job.shot("18-invoice-draft")
    job.submit("Issue")
    job.submit("Issue invoice")
    expect(page.get_by_role("heading", level=2).first).to_have_text(re.compile("INV/"))
    job.shot("19-invoice-issued")


def download_pdf(job: Job, folder: Path) -> None:
    with job.page.expect_download() as download:
        job.page.get_by_role("link", name="Download PDF").click()
    path = folder / "invoice.pdf"
    download.value.save_as(path)
    text = "\n".join(page.extract_text() for page in PdfReader(path).pages)
    # 42,50,000 with 18 % GST inside one State: two halves of 3,82,500.
    for wanted in (
        "INV/",
        "Лумен Hospitals",
        "प्रिया",
        "₹",
        "42,50,000",
        "CGST",
        "SGST",
        "3,82,500",
        "50,15,000",
        PRODUCT,
    ):
        assert wanted in text, (wanted, text)
    assert not PLATFORM_NAME.search(text)
    assert not PLATFORM_NAME.search(str(PdfReader(path).metadata))


def call(job: Job, contact_url: str) -> None:
    page = job.page
    page.goto(contact_url)
    page.locator(".quick").get_by_role("link", name="Call").click()
    job.shot("20-call-dialog")
    page.locator("#dialog").get_by_role("button", name="Call", exact=True).click()
    expect(page.locator(".call-now")).to_contain_text("In conversation", timeout=30_000)
    job.shot("21-call-live")
    expect(page.locator(".call-now")).to_contain_text("Answered", timeout=30_000)
    page.locator(".call-note [name=notes]").fill("Wants the battery by March.")
    page.locator(".call-note").get_by_role("button", name="Save", exact=True).click()
    entry = page.locator("#story .event", has_text="called")
    expect(entry).to_have_count(1, timeout=20_000)
    expect(entry.locator(".player")).to_have_count(1, timeout=20_000)
    job.shot("22-call-on-timeline")


def test_the_main_job(browser: Browser, stack: Stack, screens: Path, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    context.set_default_navigation_timeout(PAGE_MS)
    job = Job(context.new_page(), stack, screens)

    sign_up(job)
    verify(job)
    brand(job)
    create_company(job)
    accept_invitation(job)
    contact_url = add_contact(job)
    add_deal(job)
    drag_to_won(job)
    say_who_sells(job)
    make_invoice(job)
    download_pdf(job, tmp_path)
    call(job, contact_url)

    assert job.heard == [], "\n".join(job.heard)
    assert job.faults == [], "\n".join(job.faults)
    context.close()
