"""A company taken to another installation: same pages, files, history and counts; nothing altered gets in."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants.directory.models import Agency, Company
from tenants.fleet.copies import keeping
from tenants.fleet.copies.actions import export_company, import_company
from tenants.fleet.copies.packing import PackageReader
from tenants.fleet.copies.sealing import WrongPassphrase
from tenants.fleet.copies.shapes import Newer
from tenants.fleet.models import Schema
from tenants.fleet.operations.running import run
from tenants.fleet.streams.loading import Altered
from tenants.fleet.streams.manifest import Unfit
from tenants.identity.models import User
from tenants.kernel import context
from tenants.kernel.actors import robot
from tenants.kernel.errors import Invalid, NotFound
from tests.fleet.copies import elsewhere, telling
from tests.fleet.copies.conftest import PIN

PASSPHRASE = "a boat on a quiet river"


@pytest.fixture
def away(tmp_path: Path, settled: Agency) -> elsewhere.Elsewhere:
    found = elsewhere.made(tmp_path / "away")
    found.asked("agency", "harbour")
    return found


def exported(company: Company, to: Path, passphrase: str = "") -> Path:
    words = ["company", "export", f"alpha/{company.slug}", str(to)]
    if passphrase:
        (to.parent / "passphrase").write_text(passphrase + "\n")
        words += ["--passphrase-file", str(to.parent / "passphrase")]
    call_command(*words)
    return to


def packed(company: Company, passphrase: str = "") -> str:
    """A package of ours, ready to be brought in again."""
    done = run(export_company(company=company, by=robot(), passphrase=passphrase))
    assert (done.state, done.error) == ("done", "")
    assert "key" not in done.arguments
    return str(done.pk)


def test_a_sealed_package_is_the_same_company_elsewhere(
    filled: Company, away: elsewhere.Elsewhere, tmp_path: Path
) -> None:
    file = exported(filled, tmp_path / "filled.zip", PASSPHRASE)
    here = telling.told("filled")

    ran = away.manage(
        "company", "import", str(file), "--agency", "harbour", "--slug", "filled", "--passphrase-file",
        str(tmp_path / "passphrase"),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-3000:]
    there = away.asked("company", "filled")

    for name in ("rows", "files", "people"):
        assert there[name] == here[name]
    for url, text in here["pages"].items():
        assert there["pages"][url].split() == text.split()
    assert (here["pin"], there["pin"]) == (PIN, PIN)
    known = here["audit"]["entries"]
    assert there["audit"]["entries"][: len(known)] == known
    assert [entry[1] for entry in there["audit"]["entries"][len(known) :]] == ["company.arrived", "company.copied_from"]
    assert (here["audit"]["findings"], there["audit"]["findings"]) == ([], [])
    assert b"rep@filled.example" not in file.read_bytes()


def test_an_open_package_leaves_secrets_behind_and_says_so(
    filled: Company, away: elsewhere.Elsewhere, tmp_path: Path
) -> None:
    file = exported(filled, tmp_path / "filled.zip")

    ran = away.manage("company", "import", str(file), "--agency", "harbour", "--slug", "filled")
    there = away.asked("company", "filled")

    assert "enter again: API keys and personal tokens" in ran.stdout
    assert "enter again: Passwords: everybody sets a new one by a mailed link" in ran.stdout
    assert (there["pin"], [one[3] for one in there["people"]]) == ("", [False, False])
    assert there["rows"] == telling.told("filled")["rows"] | {"contacts": there["rows"]["contacts"]}


def test_a_company_may_come_in_beside_itself(filled: Company, settled: Agency) -> None:
    done = run(import_company(package=packed(filled), agency=settled, slug="again", by=robot()))

    assert (done.state, done.error) == ("done", "")
    assert telling.told("again")["rows"]["deals"] == telling.told("filled")["rows"]["deals"]


def test_a_wrong_passphrase_opens_nothing(filled: Company, settled: Agency) -> None:
    package = packed(filled, PASSPHRASE)

    with pytest.raises(WrongPassphrase):
        import_company(package=package, agency=settled, slug="again", by=robot(), passphrase="another one entirely")
    with pytest.raises(Invalid):
        import_company(package=package, agency=settled, slug="again", by=robot())
    assert Company.objects.filter(slug="again").count() == 0


# Packages that somebody had their hands on


def rewritten(package: str, change: Any) -> str:
    """The same package with members changed: `change(members)` gets their names and bytes."""
    with keeping.reading(package) as file, zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return keeping.taken_in(iter([made.getvalue()]))


def in_manifest(**values: Any) -> Any:
    def change(members: dict[str, bytes]) -> None:
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | values).encode()

    return change


def one_more_row(members: dict[str, bytes]) -> None:
    members["tables/crm_deal.copy"] += members["tables/crm_deal.copy"]


def a_way_out(members: dict[str, bytes]) -> None:
    """Of the same length, so that only the checksums and the look at names stand in its way."""
    members["files.bin"] = members["files.bin"].replace(b"files/aa/", b"../../../")


def a_member_more(members: dict[str, bytes]) -> None:
    members["../evil.py"] = b"1"


def a_table_more(members: dict[str, bytes]) -> None:
    """Somebody's own API key."""
    told = json.loads(members["manifest.json"])
    told["tables"].append({"name": "identity_apikey", "columns": ["id"], "rows": 0, "size": 0, "sha256": ""})
    members["manifest.json"] = json.dumps(told).encode()


def a_bomb(members: dict[str, bytes]) -> None:
    told = json.loads(members["manifest.json"])
    told["files"]["size"] = 10**12
    members["manifest.json"] = json.dumps(told).encode()


@pytest.mark.parametrize(
    "change",
    [one_more_row, a_way_out, a_member_more, a_table_more, a_bomb, in_manifest(format=2), in_manifest(kind="x"),
     in_manifest(applied=[["crm", "9999_later"]], fingerprint="x"), in_manifest(tables="none")],
)  # fmt: skip
def test_what_was_altered_does_not_come_in(filled: Company, settled: Agency, change: Any) -> None:
    package = rewritten(packed(filled), change)
    before = (Company.objects.count(), Schema.objects.count())

    with pytest.raises((Unfit, RefusedLater)):
        later(import_company(package=package, agency=settled, slug="again", by=robot()))
    assert (Company.objects.count(), Schema.objects.count()) == before


class RefusedLater(Exception):
    """Refused by the worker, which looks at every byte."""


def later(operation: Any) -> None:
    done = run(operation)
    if done.state == "failed" and "on our side" not in done.error:
        raise RefusedLater(done.error)


def test_a_package_of_newer_code_is_refused_with_words(filled: Company, settled: Agency) -> None:
    package = rewritten(packed(filled), in_manifest(applied=[["crm", "9999_later"]], fingerprint="x"))

    with pytest.raises(Newer) as caught:
        import_company(package=package, agency=settled, slug="again", by=robot())
    assert "newer version" in str(caught.value.detail)


def test_a_sealed_manifest_cannot_be_written_by_others(filled: Company, settled: Agency) -> None:
    package = rewritten(packed(filled, PASSPHRASE), in_manifest(hosts=["evil.example"]))

    with pytest.raises(Altered):
        import_company(package=package, agency=settled, slug="again", by=robot(), passphrase=PASSPHRASE)


def test_what_is_cut_off_is_no_package(filled: Company) -> None:
    package = packed(filled)
    content = keeping.path_of(package).read_bytes()

    with pytest.raises(Unfit):
        PackageReader(io.BytesIO(content[: len(content) // 2]))
    with pytest.raises(Unfit):
        PackageReader(io.BytesIO(b"PK nothing"))


def test_a_package_is_fetched_once(filled: Company) -> None:
    package = packed(filled)

    with keeping.hand_out(package) as file:
        assert file.read(2) == b"PK"
    with pytest.raises(NotFound):
        keeping.hand_out(package)


def test_the_command_refuses_what_is_not_there(settled: Agency, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("company", "import", str(tmp_path / "none.zip"), "--agency", "alpha", "--slug", "none")


def test_rows_of_older_code_come_to_the_head(filled: Company, settled: Agency) -> None:
    """The fingerprint is of text that never ran here, the migrations are known: the shape is made from those."""
    package = rewritten(packed(filled), in_manifest(fingerprint="of older text"))

    done = run(import_company(package=package, agency=settled, slug="again", by=robot()))

    assert (done.state, done.error) == ("done", "")
    with context.inside(Company.objects.get(slug="again").place):
        assert User.objects.count() == 2
