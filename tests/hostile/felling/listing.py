"""How a wall is listed."""

from tests.hostile.felling.wall import AT_THE_CALL, Fault, Wall

WALLS: dict[str, Wall] = {}
LONGEST_SECONDS = 300


def wall(
    hazards: str,
    fault: Fault,
    *tests: str,
    name: str = "",
    after: str = AT_THE_CALL,
    seconds: int = LONGEST_SECONDS,
    leaves_something: bool = False,
) -> None:
    """Named as its fault, unless it is given a name. A hazard that has no number is a word of its row in hostile.md."""
    name = name or fault.__name__.replace("_", "-")
    if name in WALLS:
        raise ValueError(f"Two walls called {name}")
    WALLS[name] = Wall(
        name=name, hazards=hazards.split(), fault=fault, tests=tests, after=after, seconds=seconds,
        leaves_something=leaves_something,
    )  # fmt: skip


def of(file: str, *tests: str) -> list[str]:
    """`of("hostile/walls", "t01_…")`: tests of one file."""
    folder, _slash, name = file.rpartition("/")
    return [f"tests/{folder}/test_{name}.py::test_{one}" for one in tests]
