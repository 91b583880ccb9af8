"""What a `pyproject.toml` asks for, and how a bad one is refused."""

import re

import pytest

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.pyproject import read_pyproject
from holdfast_resolver.manifests.table import READERS, reader_of
from holdfast_resolver.values.wishes import Manifest, Wish


def read(text: str) -> Manifest:
    return read_pyproject(text.encode())


def told(wishes: tuple[Wish, ...]) -> list[str]:
    """Wishes as "kind group line: requirement"."""
    return [f"{wish.kind} {wish.group or '-'} {wish.line}: {wish.requirement}" for wish in wishes]


def refused(text: str) -> ManifestError:
    text = re.sub("INCLUDE (.)", r"{include-group = '\1'}", text)
    with pytest.raises(ManifestError) as caught:
        read(text)
    return caught.value


WHOLE = """\
[project]
name = "My_Web.App"
requires-python = ">= 3.11, <4"
dependencies = [
    "click>=8",   # twice in this file
    # "commented>=1",
    "Celery[Redis] ; sys_platform == 'win32'",
]

[project.optional-dependencies]
Cli_Tools = ["click>=8", "rich"]

[dependency-groups]
test = [
    "pytest",
    { include-group = "Lint" },
    'click>=8',
]
lint = ["ruff"]
"""


def test_a_whole_manifest_is_read_with_lines() -> None:
    """Each wish has its kind, its normalised group and the line of its own string, though texts repeat."""
    manifest = read(WHOLE)
    assert (manifest.path, manifest.name, manifest.requires_python) == (
        "pyproject.toml",
        "my-web-app",
        ">=3.11,<4",
    )
    assert told(manifest.wishes) == [
        "project - 5: pypi:click>=8",
        "project - 7: pypi:celery[redis] ; sys_platform == 'win32'",
        "extra cli-tools 11: pypi:click>=8",
        "extra cli-tools 11: pypi:rich",
        "group test 15: pypi:pytest",
        "group test 19: pypi:ruff",
        "group test 17: pypi:click>=8",
        "group lint 19: pypi:ruff",
    ]


@pytest.mark.parametrize(
    "text",
    [
        'project.name = "x"\nproject.dependencies = [\n"a"]\n',
        'project = { name = "x", dependencies = [\n"a" ] }\n',
        '[project]\nname = "x"\r\ndependencies=["""\\\n  a"""]\r\n'.replace("]\r\n", "]\r\n", 1),
    ],
    ids=["dotted", "inline", "multi-line string"],
)
def test_any_spelling_of_the_tables_is_read(text: str) -> None:
    """Dotted keys, inline tables and multi-line strings give the same wish."""
    wishes = read(text).wishes
    assert [str(wish.requirement) for wish in wishes] == ["pypi:a"]
    assert wishes[0].line in (2, 3)


@pytest.mark.parametrize(
    "text",
    ['[dependency-groups]\na = ["b"]\n', "[tool.holdfast]\n", '[project]\nname = "x"\n', "[project]\n"],
)
def test_one_known_table_is_enough(text: str) -> None:
    """[project], [dependency-groups] or [tool.holdfast] alone make a manifest."""
    assert read(text).requires_python == ""


def test_the_projects_own_extras_are_expanded() -> None:
    """`web[a,b]` in `web` stands for what the extras a and b want, with their lines and under its marker."""
    manifest = read(
        """\
[project]
name = "web"
dependencies = ["web[mail]"]
[project.optional-dependencies]
mail = ["aiosmtplib"]
win = ["pywin32 ; python_version < '3.13'", "colorama"]
all = ["Web[mail,win] ; os_name == 'nt'", "web[mail]", "rich"]
[dependency-groups]
dev = ["web[all]", "web", "pytest"]
"""
    )
    nt = "os_name == 'nt'"
    assert told(manifest.wishes) == [
        "project - 5: pypi:aiosmtplib",
        "extra mail 5: pypi:aiosmtplib",
        "extra win 6: pypi:pywin32 ; python_version < '3.13'",
        "extra win 6: pypi:colorama",
        f"extra all 5: pypi:aiosmtplib ; {nt}",
        f"extra all 6: pypi:pywin32 ; python_version < '3.13' and {nt}",
        f"extra all 6: pypi:colorama ; {nt}",
        "extra all 5: pypi:aiosmtplib",
        "extra all 7: pypi:rich",
        f"group dev 5: pypi:aiosmtplib ; {nt}",
        f"group dev 6: pypi:pywin32 ; python_version < '3.13' and {nt}",
        f"group dev 6: pypi:colorama ; {nt}",
        "group dev 5: pypi:aiosmtplib",
        "group dev 7: pypi:rich",
        "group dev 9: pypi:pytest",
    ]


def test_a_marker_with_or_keeps_its_meaning_when_joined() -> None:
    """Joining markers puts parentheses around alternatives."""
    manifest = read(
        '[project]\nname = "w"\n[project.optional-dependencies]\n'
        "a = [\"x ; os_name == 'nt' or os_name == 'java'\"]\nb = [\"w[a] ; sys_platform == 'win32'\"]\n"
    )
    marker = "(os_name == 'nt' or os_name == 'java') and sys_platform == 'win32'"
    assert str(manifest.wishes[-1].requirement) == f"pypi:x ; {marker}"


def test_extras_that_name_each_other_are_a_union() -> None:
    """A circle of extras ends: each has what it reaches, once."""
    manifest = read('[project]\nname = "w"\n[project.optional-dependencies]\na = ["x", "w[b]"]\nb = ["y", "w[a]"]\n')
    assert told(manifest.wishes) == [
        "extra a 4: pypi:x",
        "extra a 5: pypi:y",
        "extra b 5: pypi:y",
        "extra b 4: pypi:x",
    ]


def test_a_ladder_of_includes_stays_small() -> None:
    """Forty groups that include the previous one twice name its entries once (2**40 otherwise)."""
    rungs = "".join(
        f'g{rung} = [{{include-group = "g{rung - 1}"}}, {{include-group = "G{rung - 1}"}}]\n' for rung in range(1, 40)
    )
    manifest = read('[dependency-groups]\ng0 = ["a"]\n' + rungs)
    assert len(manifest.wishes) == 40


DIRECT = "a direct reference cannot be pinned yet"


@pytest.mark.parametrize(
    ("text", "line", "expected", "found"),
    [
        ("", 0, "[project] or [dependency-groups]", "neither"),
        ("[tool.poetry]\n", 0, "[project] or [dependency-groups]", "neither"),
        ("project = 3", 1, "project: a table", "an integer"),
        ("[project]\nname = 3", 2, "project.name: a string", "an integer"),
        ("[project]\nname = '-x'", 2, "project.name: a project name", "-x"),
        ("[project]\ndependencies = 'a'", 2, "project.dependencies: an array", "a string"),
        ("[project]\ndependencies = [\n'a',\n3]", 4, "project.dependencies[1]: a requirement", "an integer"),
        ("[project]\ndependencies = ['a b']", 2, "project.dependencies[0]: ", "a b"),
        ("[project]\ndependencies = ['']", 2, "project.dependencies[0]: a package name", ""),
        ("[project]\ndependencies = ['a>=x']", 2, "project.dependencies[0]: ", "a>=x"),
        ("[project]\ndependencies = ['a ; x']", 2, "project.dependencies[0]: ", "a ; x"),
        (
            "[project]\ndependencies = [\n'a @ https://x.example/a.whl']",
            3,
            DIRECT,
            "a @ https://x.example/a.whl",
        ),
        ("[project]\nrequires-python = '3.11'", 2, "project.requires-python: ", "3.11"),
        ("[project]\nrequires-python = 3.11", 2, "project.requires-python: a string", "a float"),
        (
            "[project]\ndynamic = ['version',\n'dependencies']",
            3,
            "static dependencies",
            "dynamic dependencies",
        ),
        ("[project]\ndynamic = ['optional-dependencies']", 2, "static optional-dependencies", "dynamic"),
        ("[project]\ndynamic = ['requires-python']", 2, "static requires-python", "dynamic"),
        ("[project]\ndynamic = 'x'", 2, "project.dynamic: an array", "a string"),
        (
            "[project.optional-dependencies]\na = 'b'",
            2,
            "project.optional-dependencies.a: an array",
            "a string",
        ),
        ("[project.optional-dependencies]\na-b = []\nA_b = []", 3, "each extra once", "a-b"),
        ("[project.optional-dependencies]\n'a b' = []", 2, "the name of an extra", "a b"),
        (
            "[project.optional-dependencies]\na = [{include-group = 'b'}]",
            2,
            "a requirement in a string",
            "a table",
        ),
        (
            "[dependency-groups]\na = [{include-group = 'b', x = 1}]",
            2,
            "include-group = NAME",
            "include-group, x",
        ),
        ("[dependency-groups]\na = [{}]", 2, "include-group = NAME", "a table"),
        ("[dependency-groups]\na = [{include-group = 1}]", 2, "a string", "an integer"),
        (
            "[dependency-groups]\nlint = []\na = [\n{include-group = 'lnit'}]",
            4,
            "the name of a group",
            "lnit",
        ),
        ("[dependency-groups]\na = [{include-group = 'A'}]", 2, "in a circle", "a -> a"),
        (
            "[dependency-groups]\nx = [INCLUDE b]\nb = ['c',\nINCLUDE c]\nc = [INCLUDE b]",
            5,
            "in a circle",
            "b -> c -> b",
        ),
        ("[dependency-groups]\na-b = []\nA_b = []", 3, "each group once", "a-b"),
        ("[project]\nname = 'w'\ndependencies = ['w[x]']", 3, "an extra of w", "w[x]"),
        ("[project\nname = 'w'", 1, "valid TOML", ""),
    ],
)
def test_a_bad_manifest_is_refused_with_its_place(text: str, line: int, expected: str, found: str) -> None:
    """Each fault names the key path, what was expected, what was found and the line."""
    error = refused(text)
    assert error.path == "pyproject.toml"
    assert error.line == line
    assert expected in error.expected
    assert found in error.found


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[project]\ndynamic = ['dependencies']", 'remove "dependencies" from project.dynamic'),
        ("[project]\ndependencies = ['a @ file:///x']", "name a version range"),
        ("[dependency-groups]\nlint = []\na = [{include-group = 'lnit'}]", "did you mean lint?"),
        ("[project]\nname = 'w'\n[project.optional-dependencies]\na = ['w[zzz]']", "known are a"),
        ("[tool.other]\n", "[project]"),
    ],
)
def test_a_refusal_says_what_to_do(text: str, hint: str) -> None:
    """Faults with a likely remedy carry it as their hint."""
    assert hint in refused(text).hint


def test_the_table_of_readers_knows_the_file() -> None:
    """A manifest's reader is found by its file name, and each row of the table can be imported."""
    reader = reader_of("pyproject.toml")
    assert reader is not None
    assert reader(b"[project]\n", "sub/pyproject.toml").path == "sub/pyproject.toml"
    assert all(reader_of(name) is not None for name in READERS)
    assert reader_of("setup.py") is None
