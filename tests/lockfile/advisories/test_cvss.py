"""Scores from CVSS vectors: every base vector of version 2 and 3 as the library computes it, and what has none."""

import itertools

import pytest

from holdfast.advisories import cvss

V3 = {"AV": "NALP", "AC": "LH", "PR": "NLH", "UI": "NR", "S": "UC", "C": "HLN", "I": "HLN", "A": "HLN"}
V2 = {"AV": "LAN", "AC": "HML", "Au": "MSN", "C": "NPC", "I": "NPC", "A": "NPC"}


def vectors(table: dict[str, str]) -> list[str]:
    return ["/".join(map(":".join, zip(table, values))) for values in itertools.product(*table.values())]


@pytest.mark.parametrize("beginning", ["CVSS:3.1/", "CVSS:3.0/"])
def test_every_vector_of_version_3_has_the_score_of_the_library(beginning: str) -> None:
    """2,592 vectors: FIRST's formula, rounded up as it says."""
    library = pytest.importorskip("cvss")
    wrong = {
        vector: (mine, theirs)
        for vector in vectors(V3)
        if (mine := cvss.base_score(beginning + vector))
        != (theirs := (float(library.CVSS3(beginning + vector).base_score), 3))
    }
    assert wrong == {}


def test_every_vector_of_version_2_has_the_score_of_the_library() -> None:
    """729 vectors."""
    library = pytest.importorskip("cvss")
    wrong = [
        vector for vector in vectors(V2) if cvss.base_score(vector) != (float(library.CVSS2(vector).base_score), 2)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("vector", "score"),
    [  # worked examples of CVSS v3.1, "Examples", and v2, section 3.3
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", (6.4, 3)),
        ("CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", (3.1, 3)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/E:P/RL:O", (10.0, 3)),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C", (7.8, 2)),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:N", (0.0, 2)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", None),
        ("CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", None),
        ("CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", None),
        ("CVSS:9.0/AV:N", None),
        ("CVSS:4.0/AV:N", None),
        ("high", None),
        ("", None),
    ],
)
def test_single_vectors(vector: str, score: tuple[float, int] | None) -> None:
    """Known ones, those with more than base metrics, and what is no vector."""
    assert cvss.base_score(vector) == score


def test_version_4_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """With it there is a score, without it there is none; nothing else differs."""
    vector = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
    pytest.importorskip("cvss")
    assert cvss.base_score(vector) == (9.3, 4)
    monkeypatch.setitem(__import__("sys").modules, "cvss", None)
    assert cvss.base_score(vector) is None


def test_version_3_speaks_before_the_others() -> None:
    """So that the score is the same with and without the library for 4; of one version the highest counts."""
    three = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N"
    four = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
    worse = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    assert cvss.strongest((("CVSS_V4", four), ("CVSS_V3", three))) == (3.1, three, 3)
    assert cvss.strongest((("CVSS_V3", three), ("CVSS_V3", worse), ("Ubuntu", "high"))) == (9.8, worse, 3)
    assert cvss.strongest((("Ubuntu", "high"),)) is None


@pytest.mark.parametrize(
    ("score", "version", "word"),
    [
        (0.0, 3, "none"),
        (0.1, 3, "low"),
        (3.9, 3, "low"),
        (4.0, 3, "medium"),
        (6.9, 3, "medium"),
        (7.0, 3, "high"),
        (8.9, 4, "high"),
        (9.0, 4, "critical"),
        (10.0, 3, "critical"),
        (0.0, 2, "low"),
        (10.0, 2, "high"),
    ],
)
def test_words(score: float, version: int, word: str) -> None:
    """CVSS v3.1, section 5; v2 has three words only."""
    assert cvss.word_of(score, version) == word
