"""What ten times the rows cost: the records bench at a tenth and at all, and the ratio of each figure."""

from infra.benches.records import QUICK_REQUESTS, QUICK_ROWS, REQUESTS, ROWS, reports
from infra.benches.report import Report

TIMES = 10


def run(*, is_quick: bool, rows: int = 0) -> Report:
    rows = rows or (QUICK_ROWS if is_quick else ROWS)
    few, many = reports((rows // TIMES, rows), QUICK_REQUESTS if is_quick else REQUESTS)
    figures, lines = {}, [("", f"{rows // TIMES:,}", f"{rows:,}", "ratio")]
    for key, before in few.figures.items():
        after = many.figures[key]
        # A rate that falls is a cost that grows.
        ratio = before / after if key == "api_list_per_s_c8" else after / before
        if key not in ("rows", "floor_p50_ms"):
            figures[f"{key.removesuffix('_ms')}_ratio"] = round(ratio, 2)
        lines.append((key, f"{before:,.2f}", f"{after:,.2f}", f"{ratio:.2f}"))
    return Report(f"growth: {rows // TIMES:,} to {rows:,} contacts", figures, lines, many.notes)
