"""Annotations within the limits of GitHub: ten of a level for one step, the gravest first, none lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.findings.finding import Finding
from holdfast.reports.findings_github import SHOWN, render
from holdfast.reports.findings_text import listing
from holdfast.reports.port import Summary

LEVELS = {"alarm": "error", "error": "error", "warning": "warning", "note": "notice"}
SEVERITIES = st.lists(st.sampled_from(sorted(LEVELS)), max_size=60)


def many(severities: list[str]) -> tuple[Finding, ...]:
    """One finding of each of these severities; subjects tell them apart."""
    return tuple([Finding("pin-yanked", severity, f"package{place} 1.0") for place, severity in enumerate(severities)])


def annotations(text: str, level: str) -> list[str]:
    """The annotations of a level: title and message."""
    return [line.partition("title=")[2] for line in text.split("\n") if line.startswith(f"::{level} ")]


@settings(max_examples=60, deadline=None)
@given(SEVERITIES)
def test_no_level_has_more_annotations_than_are_shown(severities: list[str]) -> None:
    """Ten at most, and what the last one counts and the others show are all findings of the level."""
    text = render(many(severities), Summary("check"))
    for level in set(LEVELS.values()):
        made = annotations(text, level)
        of_level = [one for one in severities if LEVELS[one] == level]
        assert len(made) == min(len(of_level), SHOWN)
        if len(of_level) > SHOWN:
            assert made[-1].startswith(f"{len(of_level) - SHOWN + 1} more ")


@settings(max_examples=60, deadline=None)
@given(SEVERITIES)
def test_no_alarm_stands_behind_an_error(severities: list[str]) -> None:
    """An alarm is never folded away while an error is shown."""
    text = render(many(severities), Summary("check"))
    shown = [
        "alarm" if one.startswith("alarm") else "error" for one in annotations(text, "error") if " more " not in one
    ]
    assert shown == sorted(shown)
    assert shown.count("alarm") >= min(severities.count("alarm"), SHOWN - 1)


@settings(max_examples=60, deadline=None)
@given(SEVERITIES)
def test_the_group_has_all(severities: list[str]) -> None:
    """Between the lines of the group stands what the text format says, in the order in which to mend it."""
    findings = many(severities)
    text = render(findings, Summary("check"))
    if not findings:
        assert "::group::" not in text
        return
    inside = text.partition("::group::")[2].partition("\n")[2].partition("::endgroup::\n")[0]
    assert inside == listing(findings) + "\n"


@pytest.mark.parametrize(
    "hostile", ["::error::x", "  ::set-output name=a::b", "\u3000::stop-commands::t", "a ##[error]b"]
)
def test_no_line_of_the_listing_is_a_command(hostile: str) -> None:
    """The runner trims a line before it looks for `::`, and once looked for `##[` anywhere."""
    text = render((Finding("pin-yanked", "note", "a", facts=((hostile, hostile),)),), Summary("check", hostile))
    listed = [line for line in text.split("\n") if not line.startswith(("::notice ", "::group::", "::endgroup::"))]
    assert not any(line.strip().startswith("::") or "##[" in line for line in listed)


def test_a_long_message_is_cut() -> None:
    """GitHub refuses an annotation that is too long; the group still has all of it."""
    text = render((Finding("pin-yanked", "error", "a", found="x" * 100_000),), Summary("check"))
    assert len(annotations(text, "error")[0]) < 10_000
    assert annotations(text, "error")[0].endswith("x (cut)")
    assert "x" * 100_000 in text
