"""`pnpm-lock.yaml`: the same pins whatever peers they were placed with, from safe YAML alone."""

import pytest
import yaml

from holdfast.errors import ForeignFileError
from holdfast.imports import npm_yaml
from holdfast.imports.port import Skipped
from holdfast.imports.table import detect, read_foreign
from tests.lockfile.imports.npm_foreign_files import HOST, PNPM_6, PNPM_9, hexed

PATH = "pnpm-lock.yaml"


def refusal(text: str) -> ForeignFileError:
    with pytest.raises(ForeignFileError) as caught:
        read_foreign(PATH, text)
    return caught.value


@pytest.mark.parametrize("text", [PNPM_9, PNPM_6])
def test_releases_become_pins_once(text: str) -> None:
    """What is in parentheses places a release and is no other one."""
    foreign = read_foreign(PATH, text)
    assert [(pin.name, pin.version, pin.artifacts[0][1]) for pin in foreign.pins] == [
        ("@acme/ui", "2.1.0", hexed("@acme/ui@2.1.0")),
        ("ansi", "5.0.1", hexed("ansi@5.0.1")),
        ("ansi", "6.0.0", hexed("ansi@6.0.0")),
        ("string-width", "4.2.3", hexed("string-width@4.2.3")),
    ]


@pytest.mark.parametrize("text", [PNPM_9, PNPM_6])
def test_edges_lead_to_versions(text: str) -> None:
    """An alias is asked for by its own name; links and git lead nowhere."""
    foreign = read_foreign(PATH, text)
    edges = {(pin.name, pin.version): pin.edges for pin in foreign.pins}
    (strip,) = edges["string-width", "4.2.3"]
    assert (strip[:2], strip.entry) == (("strip", "6.0.0"), "ansi@6.0.0")
    assert text.split("\n")[strip.line - 1].strip().startswith("strip: ")
    assert ("ansi", "5.0.1") in [edge[:2] for edge in edges["@acme/ui", "2.1.0"]]
    folder, wishes = foreign.importers[0]
    assert folder == ""
    assert [(edge.name, edge.version, edge.entry) for edge in wishes] == [
        ("@acme/ui", "2.1.0", "@acme/ui@2.1.0"),
        ("ansi", "6.0.0", "ansi@6.0.0"),
        ("cjs", "4.2.3", "string-width@4.2.3"),
    ]


def test_a_release_in_two_placements_has_the_edges_of_both() -> None:
    """Each snapshot adds its own."""
    (ui,) = (pin for pin in read_foreign(PATH, PNPM_9).pins if pin.name == "@acme/ui")
    assert [edge[:2] for edge in ui.edges] == [("ansi", "5.0.1"), ("ansi", "6.0.0")]
    assert (ui.entry, ui.location) == ("@acme/ui@2.1.0", f"{HOST}/@acme/ui/-/ui-2.1.0.tgz")
    assert PNPM_9.split("\n")[ui.line - 1].strip() == "'@acme/ui@2.1.0':"


def test_what_is_no_release_is_named() -> None:
    """Git, folders and tarballs by URL, in both spellings."""
    assert [entry[:2] for entry in read_foreign(PATH, PNPM_9).skipped] == [
        ("local", "folder"),
        ("packed", "url"),
        ("tool", "git"),
    ]
    assert read_foreign(PATH, PNPM_6).skipped == (Skipped("tool", "url", 36), Skipped("local", "folder", 41))


def test_the_project_is_the_last_document() -> None:
    """The one before it says which pnpm is used."""
    first = "---\nlockfileVersion: '9.0'\npackages:\n  pnpm@12.0.0:\n    resolution: {integrity: sha1-x}\n---\n"
    assert read_foreign(PATH, first + PNPM_9) == read_foreign(PATH, "\n" * 5 + "---\n" + PNPM_9)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("lockfileVersion: '9.0'", "lockfileVersion: 5.4", "lockfileVersion 6.0 or 9.0"),
        ("lockfileVersion: '9.0'", "lockfileVersion: [9]", "text"),
        ("  ansi@5.0.1:\n    resolution", "  ansi@5.0.1:\n    solution", "the key 'resolution'"),
        ("  ansi@5.0.1: {}", "  ansi@5.0.2: {}", "a snapshot of one of packages"),
        ("  ansi@6.0.0:\n", "  ansi@5.0.1:\n", "each key once"),
        ("  ansi@5.0.1:", "  '../ansi@5.0.1':", "NAME@VERSION as a key"),
        ("  ansi@5.0.1:", "  .ansi@5.0.1:", "a name that does not begin with '.', '-' or '_'"),
        ("  ansi@5.0.1:", "  ansi@latest:", "NAME@VERSION as a key"),
        ("type: directory", "type: elsewhere", "a type of resolution that pnpm has"),
        ("integrity: sha512-", "integrity: sha512:", "hashes such as sha512-<base64>"),
        ("hasBin: true", "hasBin: &a true", "values without anchors"),
        ("hasBin: true", "hasBin: *a", "values without anchors"),
        ("hasBin: true", "hasBin: !!python/object:os.system true", "values without tags"),
        ("hasBin: true", "<<: {hasBin: true}", "a plain key"),
        ("hasBin: true", "[a]: true", "a plain key"),
        ("hasBin: true", "hasBin: " + "[" * 40 + "]" * 40, "at most 32 lists and mappings in each other"),
        ("hasBin: true", "hasBin: {", "YAML"),
        ("hasBin: true", "hasBin: \x00", "YAML"),
        ("hasBin: true", 'hasBin: "\\xZZ"', "YAML"),
        ("  ansi@5.0.1:\n", '  "an\\u202Esi@5.0.1":\n', "text without control characters"),
    ],
)
def test_hostile_files_are_refused(old: str, new: str, expected: str) -> None:
    """No objects, nothing that grows, no key twice, no name or hash that is none."""
    assert old in PNPM_9
    error = refusal(PNPM_9.replace(old, new))
    assert error.expected == expected
    assert (error.where + error.found).isprintable()


@pytest.mark.parametrize("text", ["", "7", "[]", "--- a\n" * 9, "lockfileVersion: '9.0'\npackages: []\n"])
def test_other_values_are_refused(text: str) -> None:
    """A file has to be a mapping, in a few documents at most."""
    assert refusal(text).expected


def test_without_the_c_parser_the_answer_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some builds of PyYAML do not have it."""
    fast = [read_foreign(PATH, text) for text in (PNPM_9, PNPM_6)]
    monkeypatch.setattr(npm_yaml, "_LOADER", yaml.SafeLoader)
    assert [read_foreign(PATH, text) for text in (PNPM_9, PNPM_6)] == fast


def test_there_is_a_limit_on_the_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted before anything is parsed."""
    monkeypatch.setattr("holdfast.imports.npm_yaml.LARGEST", 100)
    assert refusal(PNPM_9).expected == "at most 100 characters"


def test_the_file_is_known_by_its_name_or_by_what_it_contains() -> None:
    """Branches of pnpm write their own files."""
    assert detect("pnpm-lock.feature.yaml", "").tool == "pnpm"
    assert detect("locks/old.yaml", PNPM_9).tool == "pnpm"
