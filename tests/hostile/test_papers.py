"""What leaves the house on paper and by mail: the company's own words, its brand, nothing of anybody else."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from pypdf import PdfReader

from tenants.crm.models import Deal, Stage
from tenants.directory.queries import company_tenant
from tenants.identity.letters import write
from tenants.identity.people import invite_user
from tenants.invoicing.actions import draft_invoice_from_deal
from tenants.invoicing.documents import render_pdf
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.records.actions import update_record
from tests.factories import Twin


def _pdf_text(twin: Twin) -> str:
    """A draft invoice of the twin's deal, and what the file says of itself."""
    with context.inside(twin.place, actor=robot()):
        won = Stage.objects.get(kind="won").pk
        update_record(record=Deal.objects.get(pk=twin.deal_id), values={"stage": won}, by=robot())
        invoice = draft_invoice_from_deal(deal=Deal.objects.get(pk=twin.deal_id), by=robot())
        found = PdfReader(BytesIO(render_pdf(invoice)))
    return "\n".join(page.extract_text() for page in found.pages) + str(found.metadata)


def _mail_text(twin: Twin, outbox: list[Any]) -> str:
    with context.inside(twin.place, actor=robot()):
        user = invite_user(email="new@people.example", name=f"Guest of {twin.sentinel}", role="support", by=robot())
        write(company_tenant(twin.company.pk), "invitation", str(user.pk), "")
    return str(outbox[-1].message().as_string()) + outbox[-1].body


@pytest.mark.parametrize("number", [0, 1])
def test_pdf_carries_its_own_brand_and_words_only(twins: tuple[Twin, Twin], number: int) -> None:
    own, other = twins[number], twins[1 - number]

    text = _pdf_text(own)

    assert own.sentinel in text
    assert f"{own.agency.slug.title()}Suite" in text
    assert other.sentinel not in text
    assert other.agency.slug not in text.lower()
    assert settings.PLATFORM_NAME.lower() not in text.lower()


@pytest.mark.parametrize("number", [0, 1])
def test_mail_carries_its_own_brand_and_words_only(
    twins: tuple[Twin, Twin], mailoutbox: list[Any], number: int
) -> None:
    own, other = twins[number], twins[1 - number]

    text = _mail_text(own, mailoutbox)

    assert f"{own.agency.slug.title()}Suite" in text
    assert own.host in text
    assert other.sentinel not in text
    assert other.agency.slug not in text.lower()
    assert settings.PLATFORM_NAME.lower() not in text.lower()
