"""What differs between two releases, file by file: nothing is hidden by being binary, long, large or badly encoded."""

import difflib
import io
import random
import time
import zipfile
from collections.abc import Mapping

import pytest

from holdfast.model.lock import Pin, PinnedArtifact
from holdfast.model.source_change import ArtifactPair, FileChange, Size, SourceDifference, artifact_pairs
from holdfast.reports.source_difference import render_lines, size_in_words
from holdfast.trust.errors import ArchiveRefused
from holdfast.workflows import source_difference
from holdfast.workflows.line_difference import Budget, line_difference
from holdfast.workflows.source_difference import Archive, compare_archives, measure
from tests.support.lock_scenarios import digest


def wheel(version: str, files: Mapping[str, bytes]) -> Archive:
    """A wheel of `tool` with these files and what every wheel has."""
    own = {f"tool-{version}.dist-info/METADATA": f"Version: {version}\n".encode()}
    own[f"tool-{version}.dist-info/RECORD"] = repr((version, files)).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in {**files, **own}.items():
            archive.writestr(name, data)
    return Archive(f"tool-{version}-py3-none-any.whl", out.getvalue())


def compared(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, FileChange]:
    """What differs between two wheels, by path, without what every wheel has."""
    difference = compare_archives(wheel("1.0", before), wheel("1.1", after), Budget())
    return {one.path: one for one in difference.files if "dist-info" not in one.path}


def pin(version: str, *files: str) -> Pin:
    """A release with these files, each of a digest of its own."""
    return Pin("pypi", "tool", version, artifacts=tuple(PinnedArtifact(file, digest(file)) for file in files))


def test_files_and_lines_are_told() -> None:
    """What came, went and changed, with its lines; what is the same is only counted."""
    found = compared(
        {"tool/a.py": b"import os\nx = 1\n", "tool/gone.py": b"1\n2\n", "tool/same.py": b"0\n"},
        {"tool/a.py": b"import os\nx = 2\n", "tool/new.py": b"evil()\n", "tool/same.py": b"0\n"},
    )
    assert {path: (one.kind, one.lines_added, one.lines_removed, one.lines) for path, one in found.items()} == {
        "tool/a.py": ("changed", 1, 1, ("@@ -1,2 +1,2 @@", " import os", "-x = 1", "+x = 2")),
        "tool/gone.py": ("removed", 0, 2, ()),
        "tool/new.py": ("added", 1, 0, ("@@ -1,0 +1,1 @@", "+evil()")),
    }


def test_the_folder_of_the_release_does_not_count() -> None:
    """`tool-1.0.dist-info` and `tool-1.1.dist-info` are compared; the list of hashes is named and not shown."""
    difference = compare_archives(wheel("1.0", {"a": b""}), wheel("1.1", {"a": b""}), Budget())
    assert [(one.kind, one.path) for one in difference.files] == [
        ("changed", "tool-*.dist-info/METADATA"),
        ("changed", "tool-*.dist-info/RECORD"),
    ]
    record = compare_archives(wheel("1.0", {"a": b"1"}), wheel("1.1", {"a": b"2"}), Budget()).files[-1]
    assert (record.path, record.lines) == ("tool-*.dist-info/RECORD", ())
    assert "not shown" in record.note


def test_a_folder_that_looks_like_a_release_hides_nothing() -> None:
    """Two folders that would have one name keep their own, so that each file is compared."""
    files = {"tool-9.dist-info/METADATA": b"other\n", "tool-*.dist-info/METADATA": b"third\n"}
    found = compare_archives(wheel("1.0", {}), wheel("1.1", files), Budget())
    assert sorted(one.lines_added for one in found.files if "METADATA" in one.path) == [1, 1, 1]


def test_a_binary_is_told_by_its_hash() -> None:
    """Sizes and hashes before and after, no lines."""
    found = compared({"tool/x.so": b"\0old"}, {"tool/x.so": b"\0newer"})["tool/x.so"]
    assert (found.note, found.lines, found.size_before, found.size_after) == ("binary", (), 4, 6)
    assert found.hash_before != found.hash_after
    (line,) = [one for one in shown({"x.so": b"\0old"}, {"x.so": b"\0newer"}) if "x.so" in one]
    assert "binary, 4 -> 6 bytes, sha256:" in line


def test_a_nul_makes_no_script_a_binary() -> None:
    """A file that something would run as text by its name is shown as text, the NUL as an escape."""
    lines = shown({"tool/a.js": b"ok()\n"}, {"tool/a.js": b"ok()\n\0evil()\n"})
    assert "+\\u{0}evil()" in lines


def test_what_reorders_or_hides_text_is_shown_as_escapes() -> None:
    """Bidirectional, invisible and control characters, bytes that are no UTF-8, and paths with any of them."""
    evil = "access = 'user\u202e \u2066# check\u2069 \u2066' \u200b\x1b[2J\rx\n".encode() + b"caf\xe9\n"
    lines = shown({}, {"tool/\u202eyp.py": evil})
    text = "\n".join(lines)
    assert "+access = 'user\\u{202e} \\u{2066}# check\\u{2069} \\u{2066}' \\u{200b}\\u{1b}[2J\\u{d}x" in lines
    assert "+caf\\u{dce9}" in lines
    assert "tool/\\u{202e}yp.py" in text
    assert not set(text) & set("\u202e\u2066\u2069\u200b\x1b\r")


def test_a_last_line_without_newline_differs_from_one_with() -> None:
    """And is said; a lone control character cannot pretend to be that."""
    assert "+x (no newline at the end)" in shown({"a.py": b"x\n"}, {"a.py": b"x"})
    assert "+x\\u{4}" in shown({"a.py": b"x\n"}, {"a.py": b"x\x04\n"})


def test_what_is_long_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of a file, lines of all files, characters of a line, a huge file: each bound is told where it cuts."""
    monkeypatch.setattr(source_difference, "MOST_LINES", 10)
    monkeypatch.setattr(source_difference, "MOST_LINES_IN_ALL", 15)
    monkeypatch.setattr(source_difference, "LARGEST_TEXT", 100_000)
    many = b"".join(b"%d\n" % number for number in range(50))
    found = compared({}, {"a.py": many, "b.py": many, "c.py": many, "d.txt": b"y" * 100_001})
    assert [(len(one.lines), one.note) for one in found.values()] == [
        (10, "41 more lines are not shown"),
        (5, "46 more lines are not shown"),
        (0, "51 more lines are not shown"),
        (0, "more than 100000 bytes: its lines are not compared"),
    ]
    monkeypatch.setattr(source_difference, "MOST_CHARACTERS_IN_ALL", 48)
    assert [len(one.lines) for one in compared({}, {"a.py": b"x" * 30 + b"\n" + many}).values()] == [2]
    monkeypatch.undo()
    lines = shown({}, {"a.py": b"z" * 5_000})
    assert any(line.endswith("z (3,000 more characters) (no newline at the end)") for line in lines)
    monkeypatch.setattr(source_difference, "MOST_LINES", 0)
    assert "(51 more lines are not shown)" in "\n".join(shown({}, {"a.py": many, "b.py": many, "c.py": many}))


def shown(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """The lines of the report."""
    return render_lines(compare_archives(wheel("1.0", before), wheel("1.1", after), Budget()))


def test_the_report_begins_with_a_list() -> None:
    """Which files were compared, how much differs, then each file; colours only where they are asked for."""
    before, after = {"tool/a.py": b"x = 1\n"}, {"tool/a.py": b"x = 2\n", "tool/b.py": b"\n"}
    lines = shown(before, after)
    assert lines[:8] == [
        "tool-1.0-py3-none-any.whl -> tool-1.1-py3-none-any.whl",
        "3 files changed, 1 added, 0 removed, 0 the same; +3 -2 lines",
        "",
        "  changed  tool-*.dist-info/METADATA  +1 -1",
        "  changed  tool-*.dist-info/RECORD    (a list of the archive's own files: not shown)",
        "  changed  tool/a.py                  +1 -1",
        "  added    tool/b.py                  +1",
        "",
    ]
    assert not any("\x1b" in line for line in lines)
    coloured = render_lines(compare_archives(wheel("1.0", before), wheel("1.1", after), Budget()), colour=True)
    assert "\x1b[32m+x = 2\x1b[0m" in coloured


def test_without_a_release_before_everything_came() -> None:
    """A package that is new shows all that it brings."""
    difference = compare_archives(None, wheel("1.0", {"a.py": b"x\n"}), Budget())
    assert {one.kind for one in difference.files} == {"added"}
    assert difference.file_before == ""


def test_the_size_of_a_change_needs_both_releases() -> None:
    """Where both are at hand and can be read it is known, else nothing is said."""
    old, new = wheel("1.0", {"a.py": b"1\n"}), wheel("1.1", {"a.py": b"2\n3\n"})
    stored = {digest(old.file): old.data, digest(new.file): new.data}
    before, after = pin("1.0", old.file), pin("1.1", new.file)
    size = measure(before, after, lambda one: stored.get(one.hash))
    assert size == Size(new.file, 0, 0, 3, 3, 2)
    assert size_in_words(size) == f"3 files changed, 0 added, 0 removed; +3 -2 lines ({new.file})"
    assert measure(before, after, lambda one: None) is None
    assert measure(None, after, lambda one: stored.get(one.hash)) is None
    assert measure(before, after, lambda one: b"no archive") is None
    with pytest.raises(ArchiveRefused):
        compare_archives(Archive(old.file, b"no archive"), new, Budget())


PAIRS = {
    "a pure wheel and the sdist": (
        ("t-1.tar.gz", "t-1-py3-none-any.whl", "t-1-cp311-cp311-win_amd64.whl"),
        ("t-2-1-py3-none-any.whl", "t-2.tar.gz"),
        [("t-1-py3-none-any.whl", "t-2-1-py3-none-any.whl"), ("t-1.tar.gz", "t-2.tar.gz")],
    ),
    "wheels of the same tags": (
        ("t-1-cp312-cp312-win_amd64.whl", "t-1-cp311-cp311-win_amd64.whl"),
        ("t-2-cp312-cp312-win_amd64.whl",),
        [("t-1-cp312-cp312-win_amd64.whl", "t-2-cp312-cp312-win_amd64.whl")],
    ),
    "nothing alike": (("t-1.tar.gz",), ("t-2-py3-none-any.whl",), [("t-1.tar.gz", "t-2-py3-none-any.whl")]),
    "modules": (("acme-t-1.tar",), ("acme-t-2.tar",), [("acme-t-1.tar", "acme-t-2.tar")]),
    "no files": ((), (), []),
}


@pytest.mark.parametrize("row", PAIRS)
def test_what_is_installed_is_compared_first(row: str) -> None:
    """A wheel with the same tags, then the sdist; where nothing is alike, the first of each."""
    before, after, expected = PAIRS[row]
    found = artifact_pairs(pin("1", *before), pin("2", *after))
    assert [(one.before and one.before.file, one.after and one.after.file) for one in found] == expected


WHEEL, SDIST, OTHER = "t-1-py3-none-any.whl", "t-1.tar.gz", "t-1-cp311-cp311-win_amd64.whl"
CHANGED = {
    "the wheel": ((WHEEL, SDIST), (WHEEL, SDIST), (WHEEL,), [(WHEEL, WHEEL)]),
    "the sdist": ((WHEEL, SDIST), (WHEEL, SDIST), (SDIST,), [(SDIST, SDIST)]),
    "another wheel": ((WHEEL, OTHER), (WHEEL, OTHER), (OTHER,), [(OTHER, OTHER)]),
    "both": ((WHEEL, SDIST), (WHEEL, SDIST), (WHEEL, SDIST), [(WHEEL, WHEEL), (SDIST, SDIST)]),
    "a wheel came": ((SDIST,), (WHEEL, SDIST), (), [(None, WHEEL)]),
    "a wheel came, and the sdist": ((SDIST,), (WHEEL, SDIST), (SDIST,), [(SDIST, SDIST)]),
    "a wheel went": ((WHEEL, SDIST), (SDIST,), (), [(SDIST, SDIST)]),
}


@pytest.mark.parametrize("row", CHANGED)
def test_of_one_version_what_changed_is_compared(row: str) -> None:
    """A file with the same bytes says nothing of the one that was exchanged, and its size is none of the change."""
    before, after, changed, expected = CHANGED[row]
    old, new = pin("1", *before), pin("1", *after)
    files = [one._replace(hash=digest(f"other {one.file}")) if one.file in changed else one for one in new.artifacts]
    new = new._replace(artifacts=tuple(files))
    found = artifact_pairs(old, new)
    assert [(one.before and one.before.file, one.after and one.after.file) for one in found] == expected
    asked: list[str] = []

    def at_hand(one: PinnedArtifact) -> bytes:
        asked.append(one.file)
        return b"no archive"

    assert measure(old, new, at_hand) is None
    assert set(asked) <= set(changed)


def test_a_new_release_is_compared_with_nothing() -> None:
    """And one that goes as well."""
    assert artifact_pairs(None, pin("1", "t-1.tar.gz")) == (
        ArtifactPair(None, PinnedArtifact("t-1.tar.gz", digest("t-1.tar.gz"))),
    )
    assert artifact_pairs(pin("1", "t-1.tar.gz"), None)[0].after is None


def applied(old: list[str], new: list[str], budget: Budget) -> tuple[list[str], int]:
    """The new text made of the old one and the spans, and how many lines the spans call equal."""
    made: list[str] = []
    at = equal = 0
    for span in line_difference(old, new, budget):
        made += old[at : span.old_start] + new[span.new_start : span.new_end]
        equal += span.old_start - at
        at = span.old_end
    return made + old[at:], equal + len(old) - at


@pytest.mark.parametrize("cells", [4_000_000, 0])
def test_a_difference_is_always_right(cells: int) -> None:
    """Applying it gives the new text, whatever the budget; with one, what is equal is found as well as by difflib."""
    dice = random.Random(7)
    ours = theirs = 0
    for _ in range(300):
        old = [dice.choice("abcdefgh") for _ in range(dice.randrange(20))]
        new = [line for line in old if dice.random() > 0.2]
        for _ in range(dice.randrange(4)):
            new.insert(dice.randint(0, len(new)), dice.choice("abcdxyz"))
        made, equal = applied(old, new, Budget(cells))
        assert made == new
        ours += equal
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        theirs += sum(block.size for block in matcher.get_matching_blocks())
    assert ours > theirs * (0.98 if cells else 0.5)


def test_hostile_texts_cost_little() -> None:
    """Long texts in which nothing is unique, against each other: bounded, and right."""
    dice = random.Random(7)
    old, new = ([dice.choice("ab") for _ in range(30_000)] for _ in range(2))
    start = time.process_time()
    assert applied(old, new, Budget())[0] == new
    assert applied(["a"] * 30_000, ["a"] * 29_000 + ["b"] * 1_000, Budget())[0][-1] == "b"
    assert time.process_time() - start < 2


def test_an_empty_difference_has_a_size() -> None:
    """Nothing differs: zeros."""
    assert SourceDifference("a", "b", (), 4).size == Size("b", 0, 0, 0, 0, 0)
