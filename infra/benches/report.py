"""What a bench found: lines for people, figures for programs."""

from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass
class Report:
    title: str
    figures: dict[str, float] = field(default_factory=dict)
    """Times in ms unless the key ends in `_s`."""
    lines: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def table(self) -> str:
        widths = [max(len(line[column]) for line in self.lines) for column in range(len(self.lines[0]))]
        drawn = ["  ".join(_aligned(cell, widths[i], i) for i, cell in enumerate(line)).rstrip() for line in self.lines]
        return "\n".join([self.title, "", *drawn, "", *self.notes])


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column == 0 else cell.rjust(width)


def p50(times_ms: list[float]) -> float:
    return round(median(times_ms), 2)


def p95(times_ms: list[float]) -> float:
    return round(quantiles(times_ms, n=20)[-1], 2)


def p99(times_ms: list[float]) -> float:
    return round(quantiles(times_ms, n=100)[-1], 2)
