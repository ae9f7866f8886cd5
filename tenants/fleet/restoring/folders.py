"""The files of a company and those of its copy exchange places.

Three renames, and after each a note with the operation: killed between the two, the rename is looked for and not done
a second time.
"""

from pathlib import Path

from tenants.fleet.operations.running import Work
from tenants.kernel.storage import folder_of


def exchange_folders(work: Work, live: str, beside: str) -> None:
    here, there = folder_of(live), folder_of(beside)
    aside = here.with_name(f"{live}.aside")
    moves = ((here, aside), (there, here), (aside, there))
    for number, (source, target) in enumerate(moves):
        if work.kept.get("moved", 0) <= number:
            _move(source, target)
            work.keep(moved=number + 1)


def _move(source: Path, target: Path) -> None:
    """What somebody wrote to the target meanwhile goes along: names of files are never given twice."""
    if not source.is_dir():
        return
    if not target.exists():
        source.rename(target)
        return
    for file in [one for one in source.rglob("*") if one.is_file()]:
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
    for folder in sorted((one for one in source.rglob("*") if one.is_dir()), reverse=True):
        folder.rmdir()
    source.rmdir()
