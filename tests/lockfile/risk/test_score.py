"""The score: a sum of rows that anybody can check with a pencil."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.risk.score import PACKAGE_SIGNALS, SHOWN, WHOLE_SIGNALS, Sign, scored

PAGE = Path(__file__).parents[3] / "docs" / "risk.md"
SIGNS = st.lists(
    st.builds(Sign, st.sampled_from(sorted(PACKAGE_SIGNALS)), st.sampled_from(["a", "b", "c", "d"]), st.integers(1, 20))
)


@given(SIGNS)
def test_a_score_is_the_sum_of_its_rows_and_every_row_says_why(signs: list[Sign]) -> None:
    """Points are weight times count, at most the cap; no row without a reason, no point without a row."""
    score, rows = scored(signs, PACKAGE_SIGNALS)
    assert score == sum(row.points for row in rows)
    for row in rows:
        signal = PACKAGE_SIGNALS[row.signal]
        assert row.count == sum(sign.times for sign in signs if sign.signal == row.signal)
        assert row.points == min(signal.weight * row.count, signal.cap) > 0
        assert row.reason
    assert {row.signal for row in rows} == {sign.signal for sign in signs}


@given(SIGNS, st.randoms())
def test_the_order_of_signs_does_not_matter(signs: list[Sign], dice: random.Random) -> None:
    """Rows come in the order of the table, reasons in that of the alphabet."""
    assert scored(dice.sample(signs, len(signs)), PACKAGE_SIGNALS) == scored(signs, PACKAGE_SIGNALS)


@given(SIGNS, st.sampled_from(sorted(PACKAGE_SIGNALS)))
def test_one_more_sign_never_lowers_a_score(signs: list[Sign], signal: str) -> None:
    """A sum of weights that are all positive."""
    assert scored([*signs, Sign(signal, "e")], PACKAGE_SIGNALS)[0] >= scored(signs, PACKAGE_SIGNALS)[0]


def test_a_row_shows_a_few_reasons_and_counts_the_rest() -> None:
    """Four files, three of them named."""
    signs = [Sign("unread-code", f"{letter}.py") for letter in "dcba"]
    (row,) = scored(signs, PACKAGE_SIGNALS)[1]
    assert SHOWN == 3
    assert (row.count, row.points, row.reason) == (4, 6, "a.py; b.py; c.py; +1 more")


def test_no_signs_no_score() -> None:
    """Nothing known, nothing said."""
    assert scored([], WHOLE_SIGNALS) == (0, ())


def test_an_unknown_signal_is_refused() -> None:
    """A signal that is in no table could not be taken apart."""
    with pytest.raises(KeyError, match="luck"):
        scored([Sign("luck", "bad")], PACKAGE_SIGNALS)


@pytest.mark.parametrize("table", [PACKAGE_SIGNALS, WHOLE_SIGNALS])
def test_the_tables_are_sound(table: dict[str, tuple[int, int, str]]) -> None:
    """Positive weights, caps of whole multiples, each with words."""
    for name, (weight, cap, meaning) in table.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert 0 < weight <= cap
        assert not cap % weight
        assert meaning


@pytest.mark.parametrize(("heading", "table"), [("package", PACKAGE_SIGNALS), ("whole", WHOLE_SIGNALS)])
def test_the_page_publishes_the_tables(heading: str, table: dict[str, tuple[int, int, str]]) -> None:
    """`docs/risk.md` has every row, in the same order, and no other."""
    text = PAGE.read_text(encoding="utf-8").partition(f"### Of a {heading}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \| (\d+) \| (.*) \|$", text, re.MULTILINE)
    assert rows == [(name, str(weight), str(cap), meaning) for name, (weight, cap, meaning) in table.items()]
