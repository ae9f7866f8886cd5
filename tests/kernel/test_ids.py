"""Keys that sort by time, schema names that nobody chose."""

import re
import time

from tenants.kernel.ids import SCHEMA_PATTERN, schema_name, uuid7


def test_uuid7_has_version_variant_and_the_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000

    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert before <= made.int >> 80 <= after


def test_uuid7_sorts_by_the_millisecond_it_was_made_in() -> None:
    early = [uuid7() for _ in range(50)]
    time.sleep(0.003)
    late = [uuid7() for _ in range(50)]

    assert max(early) < min(late)
    assert len({*early, *late}) == 100


def test_schema_names_are_ours_and_differ() -> None:
    names = {schema_name() for _ in range(1000)}

    assert len(names) == 1000
    assert all(re.match(SCHEMA_PATTERN, name) for name in names)
