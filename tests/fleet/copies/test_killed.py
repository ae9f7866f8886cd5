"""A copy, an export and an import whose process is ended with SIGKILL are gone on with, or leave nothing."""

from datetime import timedelta
from pathlib import Path

import pytest

from tenants.directory.models import Agency, Company
from tenants.fleet.models import Operation, Schema
from tenants.fleet.operations.reconciling import left_behind
from tenants.fleet.operations.running import run
from tests.fleet.copies.test_packages import exported
from tests.fleet.killing import killed_at, statements_of
from tests.voice.conftest import wait_for


def gone_on_with() -> list[str]:
    """What the reconciler makes of it, once the server has noticed that the killed process is gone."""
    left = left_behind(patience=timedelta(0))
    wait_for(lambda: all(run(one).state != "running" for one in left), 30)
    return [one.state for one in Operation.objects.filter(pk__in=[one.pk for one in left])]


def places(count: int) -> list[int]:
    """Early, in the middle of the rows, among constraints and files, late."""
    return [count // 10, count // 3, count * 2 // 3, count - 3]


def test_a_clone_that_died_is_made_after_all(filled: Company) -> None:
    count = statements_of("company", "clone", "alpha/filled", "--slug", "first")
    for number, place in enumerate(places(count)):
        slug = f"died-{number}"

        assert killed_at(place, "company", "clone", "alpha/filled", "--slug", slug)
        assert gone_on_with() in ([], ["done"])
        assert [one.status for one in Company.objects.filter(slug=slug)] in ([], ["active"])
    known = set(Company.objects.values_list("schema_name", flat=True))
    assert Schema.objects.filter(state="beside").count() == 0
    assert set(Schema.objects.filter(state="claimed").values_list("name", flat=True)) <= known


def test_an_import_that_died_is_made_after_all(filled: Company, settled: Agency, tmp_path: Path) -> None:
    file = exported(filled, tmp_path / "filled.zip")
    words = ("company", "import", str(file), "--agency", "alpha", "--slug")
    count = statements_of(*words, "first")
    for number, place in enumerate(places(count)):
        slug = f"died-{number}"

        assert killed_at(place, *words, slug)
        assert gone_on_with() in ([], ["done"])
        assert [one.status for one in Company.objects.filter(slug=slug)] in ([], ["active"])


@pytest.mark.parametrize("share", [3, 2])
def test_an_export_that_died_is_written_after_all(filled: Company, tmp_path: Path, share: int) -> None:
    count = statements_of("company", "export", "alpha/filled", str(tmp_path / "first.zip"))

    assert killed_at(count // share, "company", "export", "alpha/filled", str(tmp_path / "filled.zip"))
    assert gone_on_with() in ([], ["done"])
    assert Operation.objects.filter(ended_at=None).count() == 0
