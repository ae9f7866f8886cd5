import pytest

from tenants.records.search.folding import digits_of, fold, grams_in, grams_of, haystack_of, words_in


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("José GARCÍA", "jose garcia"),
        ("Łódź", "lodz"),
        ("Плевен", "плевен"),
        ("Йордан", "иордан"),
        ("Straße Ærø", "strasse aero"),
        ("İstanbul ıRMAK", "istanbul irmak"),
        ("Ångström", "angstrom"),
        ("ﬁnance", "finance"),
        ("राम शर्मा", "राम शर्मा"),
        ("क़लम", "क़लम"),
        ("ガス", "ガス"),
        ("한국", "한국"),
        ("a\x00b", "ab"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_fold_is_stable() -> None:
    for text in ("José", "Łódź", "Плевен Йордан", "शर्मा", "Zoë's Café", "Nguyễn Văn"):
        assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("O'Brien & Sons, Ltd.", ["o", "brien", "sons", "ltd"]),
        ("Riya.N@Customer.example is new", ["riya.n@customer.example", "is", "new"]),
        ("INV-2024/0012", ["inv", "2024", "0012"]),
        ("शर्मा जी", ["शर्मा", "जी"]),
        ("  ", []),
        ("***", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_in(text) == words


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+91 98200-11842", "919820011842"),
        ("(020) 555 12", "02055512"),
        ("98200", "98200"),
        ("2024", ""),
        ("Plan 2024 15", ""),
        ("12a45", ""),
    ],
)
def test_digits(text: str, digits: str) -> None:
    assert digits_of(text) == digits


def test_haystack_parts_texts_and_leaves_out_what_is_there() -> None:
    found = haystack_of(
        "José Nair", list(enumerate(["José Nair", "+919820011842", "jose@x.example", "Nair Solar", "Nair"]))
    )

    assert found == "=jose_nair | jose nair |1 919820011842 |2 jose@x.example |3 nair solar "


def test_grams_leave_the_title_key_out() -> None:
    assert grams_in("=abc_def | xyz ") == grams_of("xyz")
    assert len(grams_of("solar")) == 3
    assert grams_of("so") == set()
