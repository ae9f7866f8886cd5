"""T56: commands say where they work; what fails in one company holds up no other, and is not hidden."""

from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, get_commands

from tenants.kernel import context
from tenants.kernel.commands import Scope, ScopedCommand
from tenants.kernel.errors import NoTenant
from tests.factories import Twin

REPO = Path(__file__).resolve().parents[2]
OURS = ("tenants.", "saas.", "public_site.", "billing.")


def our_commands() -> list[str]:
    files = [file for room in OURS for file in (REPO / room.rstrip(".")).rglob("management/commands/*.py")]
    return sorted(str(file.relative_to(REPO))[:-3].replace("/", ".") for file in files if file.stem != "__init__")


@pytest.mark.parametrize("name", our_commands())
def test_t56_every_command_of_ours_says_where_it_works(name: str) -> None:
    command = import_module(name).Command

    assert issubclass(command, ScopedCommand)
    assert command.scope in Scope


def test_t56_a_command_without_a_scope_does_not_run() -> None:
    class Command(ScopedCommand):
        def handle(self, *args: Any, **options: Any) -> None:
            raise AssertionError("it ran")

    with pytest.raises(CommandError, match="does not say where it works"):
        call_command(Command())


@pytest.mark.parametrize(
    "words",
    [
        ("dumpdata", "crm"), ("dumpdata", "directory"), ("flush", "--noinput"), ("inspectdb",), ("showmigrations",),
        ("clearsessions",), ("createsuperuser", "--noinput", "--email=x@example.com"), ("sqlflush",),
    ],
)  # fmt: skip
def test_t56_commands_of_others_are_refused_outside_any_place(rolled_back: None, words: tuple[str, ...]) -> None:
    if words[0] not in get_commands():
        pytest.skip(f"{words[0]} is not installed")
    with pytest.raises((NoTenant, CommandError)):
        call_command(*words, stdout=StringIO(), stderr=StringIO())


class Walking(ScopedCommand):
    """Through ten places, the third of which fails."""

    scope = Scope.COMPANIES

    def handle(self, *args: Any, places: Any, done: list[str], **options: Any) -> None:
        def work(name: str) -> None:
            assert context.place().schema == name
            if name == "t_3":
                raise RuntimeError("the third is broken")
            done.append(name)

        self.walk(places, work)


def test_t56_one_that_fails_holds_up_no_other_and_the_end_says_so() -> None:
    places = [(f"t_{number}", context.Place(schema=f"t_{number}")) for number in range(1, 11)]
    done: list[str] = []
    said = StringIO()

    with pytest.raises(CommandError, match=r"Failed in 1 of 10: t_3\."):
        Walking(stderr=said).execute(
            places=places, done=done, force_color=False, no_color=True, skip_checks=True, stderr=None, stdout=None
        )

    assert done == [name for name, _place in places if name != "t_3"]
    assert "t_3: the third is broken" in said.getvalue()
    assert context.current_or_none() is None


def test_t56_search_goes_on_after_a_company_that_fails(
    twins: tuple[Twin, Twin], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same with a real command and two real companies."""

    def reindex(types: Any) -> int:
        if context.place() == twins[0].place:
            raise RuntimeError("broken")
        return 7

    monkeypatch.setattr("tenants.records.management.commands.search.reindex_all", reindex)
    said, out = StringIO(), StringIO()
    with pytest.raises(CommandError, match="Failed in 1 of 2"):
        call_command("search", "reindex", stdout=out, stderr=said)

    assert "Bravo Works: 7 records" in out.getvalue()
    assert "Alpha Works: broken" in said.getvalue()
