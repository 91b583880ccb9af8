"""Adding and removing modules: `[modules]` changes as meant, the rest not by a byte."""

import re
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.configuration.edit_modules import add_module, remove_module
from holdfast.errors import UsageError
from holdfast_resolver.errors import ManifestError

TOML, PYPROJECT = "holdfast.toml", "pyproject.toml"

ADDITIONS = [
    # before, module, range, after
    ("", "@a/x", "^1", '[modules]\n"@a/x" = "^1"\n'),
    ('id = "i"', "@a/x", "^1", 'id = "i"\n\n[modules]\n"@a/x" = "^1"\n'),
    ("# only remarks\n", "@a/x", "*", '# only remarks\n\n[modules]\n"@a/x" = "*"\n'),
    ("[modules]\n", "@a/x", "^1", '[modules]\n"@a/x" = "^1"\n'),
    (
        '[modules] # ours\n"@a/w" = "1" # w\n# end\n\n[targets]\n',
        "@a/x",
        "^1",
        '[modules] # ours\n"@a/w" = "1" # w\n"@a/x" = "^1"\n# end\n\n[targets]\n',
    ),
    ("[modules]\n  '@a/w' = '1'\n", "@a/x", "^1", "[modules]\n  '@a/w' = '1'\n  \"@a/x\" = \"^1\"\n"),
    ("[modules]\n'@a/x' = '1' # why\n", "@a/x", "^2", "[modules]\n'@a/x' = '^2' # why\n"),
    ("modules = {}\n", "@a/x", "^1", 'modules = { "@a/x" = "^1" }\n'),
    ('modules = { "@a/w" = "1" } # r\n', "@a/x", "^1", 'modules = { "@a/w" = "1", "@a/x" = "^1" } # r\n'),
    ('modules = {"@a/x"="1"}\n', "@a/x", "^1", 'modules = {"@a/x"="^1"}\n'),
    (
        'modules."@a/w" = "1" # w\nid = "i"\n[targets]\n',
        "@a/x",
        "^1",
        'modules."@a/w" = "1" # w\nmodules."@a/x" = "^1"\nid = "i"\n[targets]\n',
    ),
    (
        '[modules]\n"@a/x" = { version = "1" }\n',
        "@a/x",
        "^2",
        '[modules]\n"@a/x" = { version = "^2" }\n',
    ),
    (
        '[modules."@a/x"]\nversion = "1"\n',
        "@a/x",
        "^2",
        '[modules."@a/x"]\nversion = "^2"\n',
    ),
    (
        '[modules."@a/w"]\nversion = "1"\n',
        "@a/x",
        "^2",
        '[modules."@a/w"]\nversion = "1"\n\n[modules]\n"@a/x" = "^2"\n',
    ),
    ('[modules]\n"@a/x" = "^1" # as it is\n', "@a/x", "^1", '[modules]\n"@a/x" = "^1" # as it is\n'),
]


@pytest.mark.parametrize(("before", "name", "written", "after"), ADDITIONS)
def test_a_module_is_added_in_the_files_style(before: str, name: str, written: str, after: str) -> None:
    """Layout, quotes, comments and order stay as the file has them; a range is replaced where it stands."""
    assert add_module(before, name, written, TOML) == after


@pytest.mark.parametrize(("before", "name", "written", "after"), ADDITIONS)
def test_line_ends_stay(before: str, name: str, written: str, after: str) -> None:
    """A file with CRLF has CRLF afterwards, also in what was added."""
    if "\n" in before:
        changed = add_module(before.replace("\n", "\r\n"), name, written, TOML)
        assert changed == after.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[project]\nname = "x"\n\n[tool.holdfast]\nid = "i"\n\n[tool.ruff]\n',
            (
                '[project]\nname = "x"\n\n[tool.holdfast]\nid = "i"\n\n[tool.holdfast.modules]\n"@a/x" = "^1"\n'
                "\n[tool.ruff]\n"
            ),
        ),
        (
            "[tool.holdfast.targets]\npython = []\n# of ruff\n[tool.ruff]\n",
            (
                '[tool.holdfast.targets]\npython = []\n\n[tool.holdfast.modules]\n"@a/x" = "^1"\n'
                "\n# of ruff\n[tool.ruff]\n"
            ),
        ),
        (
            '[tool.holdfast]\nmodules."@a/w" = "1"\n',
            '[tool.holdfast]\nmodules."@a/w" = "1"\nmodules."@a/x" = "^1"\n',
        ),
    ],
)
def test_in_pyproject_modules_stand_with_the_rest_of_the_configuration(before: str, after: str) -> None:
    """A new table goes behind the last one of [tool.holdfast], not to the end of the file."""
    assert add_module(before, "@a/x", "^1", PYPROJECT) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[modules]\n"@a/x" = "1" # x\n', "[modules]\n"),
        (
            '[modules]\n# of w\n"@a/w" = "1"\n# of x\n"@a/x" = "1" # x\n"@a/y" = "1"\n',
            '[modules]\n# of w\n"@a/w" = "1"\n# of x\n"@a/y" = "1"\n',
        ),
        ('modules = { "@a/x" = "1" }\n', "modules = {}\n"),
        ('modules = { "@a/w" = "1", "@a/x" = "1" }\n', 'modules = { "@a/w" = "1" }\n'),
        ('modules = { "@a/x" = "1" , "@a/y" = "1" }\n', 'modules = { "@a/y" = "1" }\n'),
        ('modules = {"@a/w"="1","@a/x"={version="1"},"@a/y"="1"}\n', 'modules = {"@a/w"="1","@a/y"="1"}\n'),
        ('modules."@a/x" = "1"\nid = "i"\n', 'id = "i"\n'),
        ('id = "i"\n\n# gone with it\n[modules."@a/x"]\nversion = "1"\n\n[targets]\n', 'id = "i"\n\n[targets]\n'),
        ('[modules]\n"@a/x".version = "1"\n', "[modules]\n"),
    ],
)
def test_a_module_is_removed_with_its_line(before: str, after: str) -> None:
    """Its entry goes, in whatever form it is written; comments on other lines stay."""
    assert remove_module(before, "@a/x", TOML) == after
    assert remove_module(before.replace("\n", "\r\n"), "@a/x", TOML) == after.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("@a", "1", "a module name"),
        ("guards", "1", "a module name"),
        ("@A/x", "1", "a module name"),
        ("@a/x", "latest", "a version range"),
        ("@a/x", ">=1,<2", "a version range"),
    ],
)
def test_what_is_no_module_is_not_added(name: str, written: str, expected: str) -> None:
    """A broken name or a range that npm does not know is refused before anything is edited."""
    with pytest.raises(UsageError) as caught:
        add_module("", name, written, TOML)
    assert expected in caught.value.expected


def test_removing_what_is_not_there_is_refused() -> None:
    """The refusal names the file; a word that is no module's name says so."""
    for name, expected in (("@a/x", "a module in [modules] of holdfast.toml"), ("@a/x@^1", "a module name")):
        with pytest.raises(UsageError) as caught:
            remove_module('[modules]\n"@a/w" = "1"\n', name, TOML)
        assert expected in caught.value.expected
        assert caught.value.found == name


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("modules = 3\n", TOML),
        ("modules = []\n", TOML),
        ("[modules\n", TOML),
        ('modules = { "@a/w".version = "1", "@a/x".version = "1" }\n', TOML),
        ('tool.holdfast = { id = "i", modules."@a/x" = "1" }\n', PYPROJECT),
    ],
)
def test_a_layout_that_cannot_be_edited_is_refused(text: str, path: str) -> None:
    """Rather than write something else than was meant, the edit is left to the person."""
    with pytest.raises(ManifestError):
        add_module(remove_module(text, "@a/x", path), "@a/y", "1", path)


NAMES = ["@a/w", "@a/x", "@a/y", "@b/x"]
RANGES = ["^1", "1.x || ~2", "*"]
REMARKS = ["", " # r1", "\t# r2 ] \" '"]


@st.composite
def files(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """A configuration in any of the usual layouts, and the modules in it."""
    wanted = {name: draw(st.sampled_from(RANGES)) for name in draw(st.lists(st.sampled_from(NAMES), unique=True))}
    form = draw(st.sampled_from(["header", "inline", "dotted", "tables"]))
    head, tail = (
        draw(st.sampled_from(["", 'id = "i" # r3\n'])),
        draw(st.sampled_from(["", "\n# r4\n[targets]\n# r5\n"])),
    )
    quoted = [(draw(st.sampled_from(['"{}"', "'{}'"])), name, text) for name, text in wanted.items()]
    if form == "inline":
        pairs = [f'{quote.format(name)} = "{text}"' for quote, name, text in quoted]
        return head + "modules = {" + draw(st.sampled_from([" ", ""])) + ", ".join(pairs) + "}\n" + tail, wanted
    lines = []
    for quote, name, text in quoted:
        remark = draw(st.sampled_from(REMARKS))
        if form == "tables":
            lines += [f"[modules.{quote.format(name)}]{remark}", f'version = "{text}"', ""]
        else:
            dot = "modules." if form == "dotted" else draw(st.sampled_from(["", "  "]))
            lines += [f'{dot}{quote.format(name)} = "{text}"{remark}', *draw(st.sampled_from([[], ["# r6"]]))]
    return head + ("[modules]\n" if form == "header" else "") + "".join(line + "\n" for line in lines) + tail, wanted


def modules(text: str) -> dict[str, str]:
    found: dict[str, Any] = tomllib.loads(text).get("modules", {})
    return {name: value["version"] if isinstance(value, dict) else value for name, value in found.items()}


def remarks(text: str) -> list[str]:
    return re.findall(r"# r\d", text)


@given(files(), st.sampled_from(NAMES), st.sampled_from(RANGES), st.booleans())
def test_adding_changes_one_entry_only(
    file: tuple[str, dict[str, str]], name: str, written: str, windows: bool
) -> None:
    """In any layout: the entry is there, all others are as they were, and every comment and line end stays."""
    text, wanted = file
    text = text.replace("\n", "\r\n") if windows else text
    after = add_module(text, name, written, TOML)
    assert modules(after) == wanted | {name: written}
    assert sorted(remarks(after)) == sorted(remarks(text))
    if windows and "\n" in text:
        assert after.count("\n") == after.count("\r\n")
    if name not in wanted:
        start = next((place for place, pair in enumerate(zip(text, after)) if pair[0] != pair[1]), len(text))
        assert after.endswith(text[start:])


@given(files(), st.integers(0, 3))
def test_removing_changes_one_entry_only(file: tuple[str, dict[str, str]], choice: int) -> None:
    """In any layout: the entry goes and no other; what is left is the old text with pieces taken out."""
    text, wanted = file
    if not wanted:
        return
    name = list(wanted)[choice % len(wanted)]
    after = remove_module(text, name, TOML)
    assert modules(after) == {key: value for key, value in wanted.items() if key != name}
    rest = iter(text)
    assert all(character in rest for character in after)
    assert len(remarks(text)) - len(remarks(after)) <= 1 + text.count("# r6")


@given(files(), st.sampled_from(NAMES))
def test_removing_what_was_added_gives_the_same_text(file: tuple[str, dict[str, str]], name: str) -> None:
    """Add then remove leaves every byte as it was, but for a table that stays empty."""
    text, wanted = file
    if name in wanted:
        return
    there_and_back = remove_module(add_module(text, name, "^1", TOML), name, TOML)
    if "modules" in tomllib.loads(text) and "[modules.'" not in text and '[modules."' not in text:
        assert there_and_back.replace("{ }", "{}") == text.replace("{ }", "{}")
    else:
        assert there_and_back.replace("\n", "") == text.replace("\n", "") + "[modules]"
