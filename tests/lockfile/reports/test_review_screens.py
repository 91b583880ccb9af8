"""The screens of a review: at any width, without colour, in ASCII, and with nothing in them that a terminal obeys."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from holdfast.model.review import ReviewGroup, arrange
from holdfast.reports.review_json import render_json
from holdfast.reports.review_screen import NARROWEST, Look, render_rows, render_screen, title_of
from tests.support.review_items import NOW, SECURITY, items, review_world

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "review.schema.json").read_text(encoding="utf-8"))
HOSTILE = set("\u202e\x1b\r\x07")


def screens(look: Look) -> str:
    """All screens of the small world."""
    entries = review_world().entries
    return "\n".join(
        [render_screen(entry, (number, len(entries)), NOW, look) for number, entry in enumerate(entries, 1)]
    )


@pytest.mark.parametrize("width", [60, 100, 200])
@pytest.mark.parametrize("lines", [True, False])
def test_no_line_is_wider_than_the_terminal(width: int, lines: bool) -> None:
    """And nothing is cut off: every id, name and reason is there whole, over however many lines."""
    text = screens(Look(width, False, lines))
    assert max(len(line) for line in text.splitlines()) <= width
    joined = "".join(text.split())
    for word in ("3" * 64, "github:777/.github/workflows/publish.yaml", "acme-network-utilities", "jupyterlab4.2.5"):
        assert word in joined
    assert text.isascii() is not lines


def test_a_terminal_of_no_width_is_taken_for_a_narrow_one() -> None:
    """Some say that they have no columns at all."""
    assert max(len(line) for line in screens(Look(0)).splitlines()) <= NARROWEST


def test_nothing_of_others_reaches_the_terminal_raw() -> None:
    """Escapes, bidirectional marks and markup in reasons and names are shown, not obeyed."""
    text = screens(Look(200))
    assert not HOSTILE & set(text)
    assert "another workflow \\u{1b}[31mred\\u{1b}[0m\\u{a}[bold]::error::" in text
    assert "rejected by bob: \\u{202e}evil" in text
    assert "mallory\\u{202e} (security)" in text


def test_colour_says_nothing_more() -> None:
    """Without the codes of colours the screen is the same."""
    import re

    coloured = screens(Look(100, True))
    assert "\x1b[" in coloured
    bare = "\n".join([line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).split("\n")])
    assert bare == screens(Look(100))


def test_an_alarm_says_all_that_it_takes() -> None:
    """Both signers, what differs between them, who approved, who is needed, and what was rejected before."""
    click = next(one for one in items() if one.name == "click")
    text = render_screen(ReviewGroup((click,)), (1, 1), NOW, Look(200))
    for words in (
        "alarm: signer-impersonated",
        "owner-id: 16748505 -> 777",
        "signed before   pallets/click (github:19465412/",
        "signed now      pallets/click (github:777/",
        "nobody knows this signer here",
        "needs 2 approvers, one of them with the role security, and an end date",
        "approved by     carol (1 of 2)",
        "17 days ago; its newest file 2026-11-20, today",
        "1 file added: click-8.1.8.tar.gz",
    ):
        assert words in text


def test_titles() -> None:
    """What moved, what is new, what goes, what has other bytes; a source that is not the main one is named."""
    assert {title_of(one) for one in items()} == {
        "acme-core 1.4.0 -> 1.5.0",
        "acme-network-utilities 1.4.0 -> 1.5.0",
        "acme-web 1.4.0 -> 1.5.0",
        "click 8.1.7 -> 8.1.8",
        "flask 3.0.2 -> 3.0.3",
        "gone 1.0, removed",
        "left 0.1.0, new (from internal)",
        "swapped 1.0",
    }


def test_rows_below_a_title() -> None:
    """What does not fit stands below its beginning; each text is harmless."""
    text = render_rows("keys", [("a", "approve: all that is shown here"), ("Ctrl-C", "\x1b")], Look(40, False, False))
    assert text.splitlines() == [
        f"-- keys {'-' * 32}",
        "a       approve: all that is shown here",
        "Ctrl-C  \\u{1b}",
    ]


@pytest.mark.parametrize(
    "review",
    [review_world(), arrange((), None), arrange((), SECURITY), arrange(items(), None)],
    ids=["all", "nothing", "configuration", "packages"],
)
def test_the_json_is_as_its_schema_says(review: object) -> None:
    """And every key of the schema is used by the small world."""
    from holdfast.model.review import Review

    assert isinstance(review, Review)
    document = json.loads(render_json(review, NOW))
    Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)] == []
    assert document["waiting"] == len(review.items) + (review.security is not None)


def test_the_json_is_exact_and_harmless() -> None:
    """What is not ASCII is an escape of JSON, and the value is what it was."""
    text = render_json(review_world(), NOW)
    assert text.isascii()
    click = next(one for group in json.loads(text)["groups"] for one in group["packages"] if one["name"] == "click")
    assert click["rejected"][0]["reason"].startswith("another workflow \x1b[31m")
    assert click["next"] == "holdfast review click"
    assert [one["class"] for one in click["classes"]] == ["signer-impersonated", "version-changed"]
