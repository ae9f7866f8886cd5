"""SVG path data for small drawings. Presentation attributes only: the CSP forbids inline style."""

from collections.abc import Sequence


def wave_path(peaks: Sequence[float], *, bars: int = 80) -> str:
    """Rounded bars of a sound in a box of 100 by 30; peaks run 0 to 1."""
    heights = _resampled(peaks, bars)
    step = 100 / len(heights)
    return "".join(_bar(at * step, step * 0.5, 3 + height * 25) for at, height in enumerate(heights))


def spark_path(values: Sequence[float], *, is_area: bool = False) -> str:
    """A line through the values in a box of 100 by 30, or the area under it."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    spread = (high - low) or 1
    step = 100 / (len(values) - 1)
    points = [f"{at * step:.2f} {27 - (value - low) / spread * 24:.2f}" for at, value in enumerate(values)]
    line = "M" + "L".join(points)
    return f"{line}L100 30L0 30Z" if is_area else line


def _resampled(peaks: Sequence[float], bars: int) -> list[float]:
    """As many numbers as bars, each the loudest of its stretch."""
    if not peaks:
        return [0.0] * bars
    count = len(peaks)
    return [
        max(0.0, min(1.0, max(peaks[at * count // bars : max((at + 1) * count // bars, at * count // bars + 1)])))
        for at in range(bars)
    ]


def _bar(left: float, width: float, height: float) -> str:
    top = 15 - height / 2
    return f"M{left:.2f} {top:.1f}h{width:.2f}v{height:.1f}h-{width:.2f}z"
