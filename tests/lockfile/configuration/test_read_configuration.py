"""What a configuration says, where it may stand, and how a bad one is refused."""

from collections.abc import Mapping

import pytest

from holdfast.configuration.configuration import Configuration, TrustEntry
from holdfast.configuration.instants import parse_instant
from holdfast.configuration.read import read_configuration, read_project
from holdfast.errors import ConfigurationError
from holdfast.model.policy import Policy
from holdfast_resolver.errors import ManifestError
from holdfast_resolver.values.wishes import DeclaredMetadata, Source

WHOLE = """\
id = "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c55"
strategy = "lowest"
prereleases = "allow"
exclude-newer = 2025-01-31T14:00:00+02:00
constraints = [
    "Click<9",
    { requirement = "rich>=13", reason = "colours" },
]
overrides = [
    { requirement = "urllib3>=2", reason = "CVE in 1.x" },
]

[targets]
python = ["3.12", "3.11"]
platforms = [
    "linux-x86_64", "linux-x86_64 glibc-2.17", "linux-aarch64 musl-1.2", "macos-arm64 12.0", "windows-x86_64"
]

[sources.internal]
kind = "pypi"
url = "HTTPS://Packages.Acme.Example:443/Simple"
packages = ["Acme_*", "acme.web-tool"]

[sources.pypi]
url = "https://mirror.acme.example:8443/simple/"

[sources.acme]
kind = "modules"
url = "https://modules.acme.example/"
root = "sha256:7777777777777777777777777777777777777777777777777777777777777777"

[[metadata]]
name = "Old_Thing"
version = "1.0.0-ALPHA"
requires = ["six>=1.10", "enum34 ; python_version < '3.4'"]
requires-python = ">= 3.6"
extras = ["B", "a_x"]
reason = "its setup.py asks the network"

[[metadata]]
name = "other"
requires = []

[[trust]]
key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB ann@acme"
label = "acme-release"
names = ["@acme/*"]
until = 2027-01-01

[policy]
enforce = "changes"
privileged = ["@acme/guards"]
require-signatures = ["acme:*", "pypi:Acme_*"]
deny-capabilities = ["install-script"]

[[approver]]
name = "security team"
key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"

[modules]
"@acme/guards" = "^2.1"
"""


def reading(files: Mapping[str, str]) -> Configuration:
    return read_configuration(lambda name: files[name].encode() if name in files else None)


def refused(text: str, file_name: str = "holdfast.toml") -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        reading({file_name: text})
    return caught.value


def under_tool(text: str) -> str:
    """The same configuration, as tables below [tool.holdfast]."""
    lines = []
    for line in text.splitlines():
        if line.startswith("[["):
            line = "[[tool.holdfast." + line[2:]
        elif line.startswith("["):
            line = "[tool.holdfast." + line[1:]
        lines.append(line)
    return "[tool.holdfast]\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize("file_name", ["holdfast.toml", "pyproject.toml"])
def test_a_whole_configuration_is_read(file_name: str) -> None:
    """Every key arrives normalised, with its line, from `holdfast.toml` and from [tool.holdfast] alike."""
    shift = 1 if file_name == "pyproject.toml" else 0
    found = reading({file_name: under_tool(WHOLE) if shift else WHOLE})
    assert found.path == file_name
    assert found.id == "0f6f4f0e-6f0b-4c39-9a51-5b8c0f7d7c55"
    assert (found.strategy, found.prereleases) == ("lowest", "allow")
    assert found.exclude_newer == "2025-01-31T12:00:00Z"
    assert [(str(wish.requirement), wish.kind, wish.line - shift, wish.reason) for wish in found.constraints] == [
        ("pypi:click<9", "constraint", 6, ""),
        ("pypi:rich>=13", "constraint", 7, "colours"),
    ]
    assert [(str(wish.requirement), wish.kind, wish.line - shift, wish.reason) for wish in found.overrides] == [
        ("pypi:urllib3>=2", "override", 10, "CVE in 1.x"),
    ]
    assert {wish.path for wish in found.constraints + found.overrides} == {file_name}
    assert found.pythons == ((3, 12), (3, 11))
    assert found.platforms == (
        ("linux-x86_64", "glibc-2.28"),
        ("linux-x86_64", "glibc-2.17"),
        ("linux-aarch64", "musl-1.2"),
        ("macos-arm64", "12.0"),
        ("windows-x86_64", ""),
    )
    internal, mirror = "https://packages.acme.example/Simple/", "https://mirror.acme.example:8443/simple/"
    assert found.sources == (
        Source("internal", "pypi", internal, internal, ("acme-*", "acme-web-tool")),
        Source("pypi", "pypi", mirror, mirror, ()),
    )
    assert found.metadata == (
        DeclaredMetadata(
            "old-thing",
            "1.0.0a0",
            ("six>=1.10", "enum34 ; python_version < '3.4'"),
            ">=3.6",
            ("a-x", "b"),
        ),
        DeclaredMetadata("other", "", ()),
    )
    root = "sha256:" + 64 * "7"
    assert found.module_sources == (Source("acme", "modules", "https://modules.acme.example/", root),)
    assert [(str(wish.requirement), wish.kind, wish.path) for wish in found.modules] == [
        ("acme:@acme/guards ^2.1", "module", file_name)
    ]
    assert found.trust == (
        TrustEntry(
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB",
            "ed25519:72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793",
            ("@acme/*",),
            "acme-release",
            "2027-01-01T00:00:00Z",
            line=44 + shift,
        ),
    )
    assert found.policy == Policy(("@acme/guards",), ("acme:*", "pypi:acme-*"), deny_capabilities=("install-script",))
    assert [(one.name, one.line) for one in found.approvers] == [("security team", 56 + shift)]
    assert found.unread == ()


def test_silence_means_the_defaults() -> None:
    """Without any configuration each field holds its default."""
    assert reading({}) == Configuration()
    assert reading({"pyproject.toml": '[project]\nname = "x"\n'}) == Configuration()
    assert reading({"holdfast.toml": "# nothing yet\n"}) == Configuration(path="holdfast.toml")
    assert reading({"pyproject.toml": "[tool.holdfast]\n"}) == Configuration(path="pyproject.toml")


def test_two_configurations_are_refused() -> None:
    """`holdfast.toml` beside a filled [tool.holdfast] is refused, at the table's line."""
    files = {
        "holdfast.toml": 'strategy = "lowest"\n',
        "pyproject.toml": '\n[tool.holdfast]\nstrategy = "highest"\n',
    }
    with pytest.raises(ConfigurationError) as caught:
        reading(files)
    assert (caught.value.path, caught.value.line, caught.value.found) == ("pyproject.toml", 2, "both")


@pytest.mark.parametrize(
    ("own", "table", "path", "strategy"),
    [
        ("", 'strategy = "lowest"', "pyproject.toml", "lowest"),
        ('strategy = "lowest"', "", "holdfast.toml", "lowest"),
        ("", "", "holdfast.toml", "highest"),
    ],
)
def test_an_empty_place_beside_a_filled_one_is_no_conflict(own: str, table: str, path: str, strategy: str) -> None:
    """Only one of the two places has content: that one counts."""
    found = reading({"holdfast.toml": own, "pyproject.toml": f"[tool.holdfast]\n{table}\n"})
    assert (found.path, found.strategy) == (path, strategy)


def test_manifest_and_configuration_are_read_together() -> None:
    """`read_project` reads each file once and gives both."""
    asked: list[str] = []
    files = {"pyproject.toml": b'[project]\ndependencies = ["a"]\n[tool.holdfast]\nstrategy = "lowest"\n'}

    def read(name: str) -> bytes | None:
        asked.append(name)
        return files.get(name)

    project = read_project(read)
    assert [str(wish.requirement) for wish in project.manifest.wishes] == ["pypi:a"]
    assert project.configuration.strategy == "lowest"
    assert sorted(asked) == ["holdfast.toml", "package.json", "pyproject.toml", "uv.toml"]


@pytest.mark.parametrize("manifest", [None, "", "[tool.black]\n"])
def test_a_project_may_be_a_configuration_alone(manifest: str | None) -> None:
    """With a `holdfast.toml`, a missing or foreign `pyproject.toml` is an empty manifest."""
    files = {"holdfast.toml": b"", "pyproject.toml": None if manifest is None else manifest.encode()}
    project = read_project(files.get)
    assert project.manifest.wishes == ()
    assert project.configuration.path == "holdfast.toml"


def test_no_file_at_all_is_a_manifest_error() -> None:
    """None of the files: the error names them all."""
    with pytest.raises(ManifestError) as caught:
        read_project(lambda name: None)
    assert caught.value.expected == "pyproject.toml, package.json or holdfast.toml"


@pytest.mark.parametrize(
    ("text", "where", "line", "expected", "found"),
    [
        ("a = = 1", "", 1, "valid TOML", "invalid value"),
        ("stratgy = 'x'", "stratgy", 1, "one of id, targets", "an unknown key"),
        ("conflicts = []", "conflicts", 1, "reserved", "conflicts"),
        ("id = 3", "id", 1, "a string", "an integer"),
        ("id = 'mine'", "id", 1, "a UUID", "mine"),
        ("id = ''", "id", 1, "a UUID", ""),
        ("id = '0F6F4F0E-6F0B-4C39-9A51-5B8C0F7D7C55'", "id", 1, "lower case", "0F6F"),
        ("strategy = 'newest'", "strategy", 1, "one of highest, lowest", "newest"),
        ("prereleases = 'never'", "prereleases", 1, "one of if-necessary, allow, disallow", "never"),
        ("exclude-newer = 'yesterday'", "exclude-newer", 1, "2025-01-31", "yesterday"),
        ("exclude-newer = 2025-01-31T00:00:00", "exclude-newer", 1, "offset", "2025-01-31T00:00:00"),
        ("exclude-newer = 7", "exclude-newer", 1, "a string", "an integer"),
        ("targets = []", "targets", 1, "a table", "an array"),
        ("[targets]\npythons = []", "targets.pythons", 2, "python, platforms", "an unknown key"),
        ("[targets]\npython = '3.11'", "targets.python", 2, "an array", "a string"),
        ("[targets]\npython = [3.11]", "targets.python[0]", 2, "a string", "a float"),
        ("[targets]\npython = []", "targets.python", 2, "at least one", "an empty array"),
        ("[targets]\npython = ['3.11',\n'3.11.2']", "targets.python[1]", 3, "such as 3.12", "3.11.2"),
        ("[targets]\npython = ['3.11', '3.11']", "targets.python[1]", 2, "once", "3.11"),
        ("[targets]\nplatforms = ['linux']", "targets.platforms[0]", 2, "linux-x86_64", "linux"),
        ("[targets]\nplatforms = ['macos-arm64 glibc-2.17']", "targets.platforms[0]", 2, "macOS", "glibc"),
        (
            "[targets]\nplatforms = ['macos-arm64 11.0', 'macos-arm64 11.0']",
            "targets.platforms[1]",
            2,
            "once",
            "11.0",
        ),
        ("overrides = ['x>=2']", "overrides[0]", 1, "says why", "x>=2"),
        ("overrides = [{ requirement = 'x>=2' }]", "overrides[0]", 1, "why", "no reason"),
        ("overrides = [{ requirement = 'x>=2', reason = ' ' }]", "overrides[0].reason", 1, "why", "empty"),
        ("overrides = [{ reason = 'y' }]", "overrides[0]", 1, "requirement", "no requirement"),
        ("overrides = [{ requirement = 'x', reson = 'y' }]", "overrides[0].reson", 1, "reason", "unknown"),
        ("[overrides]\nx = '>=2'", "overrides", 1, "an array", "a table"),
        ("constraints = [3]", "constraints[0]", 1, "a string", "an integer"),
        ("constraints = [\n'a b']", "constraints[0]", 2, "", "a b"),
        ("constraints = ['a>=zzz']", "constraints[0]", 1, "", "a>=zzz"),
        ("constraints = ['a @ https://x.example/a.whl']", "constraints[0]", 1, "cannot be pinned", "a @"),
        ("constraints = ['a[x]<2']", "constraints[0]", 1, "without extras", "a[x]<2"),
        ("metadata = ['x']", "metadata[0]", 1, "a table", "a string"),
        ("[[metadata]]\nname = 'x'", "metadata[0]", 1, "requires", "no requires"),
        ("[[metadata]]\nrequires = []", "metadata[0]", 1, "name", "no name"),
        ("[[metadata]]\nname = '-'\nrequires = []", "metadata[0].name", 2, "a package", "-"),
        (
            "[[metadata]]\nname = 'x'\nversion = 'one'\nrequires = []",
            "metadata[0].version",
            3,
            "a version",
            "one",
        ),
        ("[[metadata]]\nname = 'x'\nrequires = ['=']", "metadata[0].requires[0]", 3, "a package name", "="),
        (
            "[[metadata]]\nname = 'x'\nrequires = []\nextras = ['?']",
            "metadata[0].extras[0]",
            4,
            "an extra",
            "?",
        ),
        (
            "[[metadata]]\nname = 'x'\nrequires = []\nrequires-python = '3'",
            "metadata[0].requires-python",
            4,
            "one of the operators",
            "3",
        ),
        (
            "metadata = [{name='x', version='1', requires=[]},\n{name = 'X', version = 'v1', requires = []}]",
            "metadata[1]",
            2,
            "once",
            "x 1",
        ),
        ("sources = 3", "sources", 1, "a table", "an integer"),
        ("[sources]\na = 3", "sources.a", 2, "a table", "an integer"),
        ("[sources.A_b]", "sources.A_b", 1, "a source name", ""),
        ("[sources.a]\nurl = 'https://x.example/'", "sources.a", 1, "kind: one of pypi", "no kind"),
        ("[sources.a]\nkind = 'conda'", "sources.a.kind", 2, "one of pypi", "conda"),
        ("[sources.pypi]\nkind = 'npm'", "sources.pypi.kind", 2, '"pypi"', "npm"),
        ("[sources.pypi]\nkind = 'pypi'", "sources.pypi", 1, "url", "no url"),
        (
            "[sources.pypi]\nurl = 'https://x.example/'\npackages = ['a']",
            "sources.pypi.packages",
            3,
            "main",
            "",
        ),
    ],
)
def test_a_bad_configuration_is_refused_with_its_place(
    text: str, where: str, line: int, expected: str, found: str
) -> None:
    """Each fault names the key path, the line, what was expected and what was found."""
    error = refused(text)
    assert error.path == "holdfast.toml"
    assert (error.where, error.line) == (where, line)
    assert expected in error.expected
    assert found in error.found


SOURCE = "[sources.internal]\nkind = 'pypi'\nurl = '{url}'\npackages = {packages}\n"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "packages.acme.example/simple",
        "ftp://x.example/",
        "file:///simple",
        "https://",
        "https:///simple",
        "https://user:secret@x.example/simple",
        "https://token@x.example/",
        "user:secret@x.example",
        "https://x.example/simple?x=1",
        "https://x.example/simple#x",
        "https://x.example?x",
        "https://x.example/a b",
        "https://x y.example/",
        "https://x.example/a/../b",
        "https://bücher.example/",
    ],
)
def test_a_url_that_is_no_plain_index_is_refused(url: str) -> None:
    """Other schemes, credentials, queries, blanks and dots are refused; a secret is never echoed."""
    error = refused(SOURCE.format(url=url, packages="['a']"))
    assert error.where == "sources.internal.url"
    assert error.line == 3
    assert "secret" not in str(error)


@pytest.mark.parametrize("packages", ["['*']", "['a*b']", "['-*']", "['a**']", "['']", "['a?']"])
def test_a_pattern_is_a_name_or_a_beginning(packages: str) -> None:
    """Patterns that are neither a name nor a beginning with one star are refused."""
    error = refused(SOURCE.format(url="https://x.example/", packages=packages))
    assert error.where == "sources.internal.packages[0]"


def test_an_extra_index_must_say_which_names_are_its_own() -> None:
    """Without patterns an index is refused, with the line to add."""
    error = refused(SOURCE.format(url="https://x.example/", packages="[]"))
    assert error.found == "no packages"
    assert 'packages = ["internal-*"]' in error.hint


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("acme-*", "acme-web", True),
        ("acme-web", "acme-*", True),
        ("acme-*", "ac*", True),
        ("Acme.Web", "acme_web", True),
        ("acme-*", "acme", False),
        ("acme-a*", "acme-b*", False),
    ],
)
def test_a_name_resolves_in_one_source(first: str, second: str, clash: bool) -> None:
    """Two sources may not claim one name; neighbours may share a beginning."""
    text = "".join(
        f'[sources.{name}]\nkind = "pypi"\nurl = "https://{name}.example/"\npackages = ["{pattern}"]\n'
        for name, pattern in (("one", first), ("two", second))
    )
    if clash:
        error = refused(text)
        assert error.where == "sources.two.packages[0]"
        assert "one has" in error.expected
    else:
        assert len(reading({"holdfast.toml": text}).sources) == 2


@pytest.mark.parametrize(
    "reason", ["evil \\u202e text", "bell \\u0007", "two\\nlines", "zero\\u200bwidth", "esc \\u001b[31m"]
)
def test_invisible_characters_are_refused(reason: str) -> None:
    """Control, bidirectional and other invisible characters never enter a message."""
    error = refused(f'constraints = [{{ requirement = "a", reason = "{reason}" }}]')
    assert error.where == "constraints[0].reason"
    assert error.found == "a control or invisible character"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("stratgy = 'x'", "did you mean strategy?"),
        ("[targets]\nplatform = []", "did you mean platforms?"),
        ("conflicts = []", "split"),
        ("overrides = ['x>=2']", 'overrides = [{ requirement = "x>=2", reason = "..." }]'[13:-1]),
    ],
)
def test_a_refusal_says_what_to_do(text: str, hint: str) -> None:
    """Faults with a likely remedy carry it as their hint."""
    assert hint in refused(text).hint


def test_places_in_pyproject_carry_the_whole_key_path() -> None:
    """Below [tool.holdfast] the key path starts at the top of the file."""
    error = refused("[tool.holdfast.targets]\npython = ['x']\n", "pyproject.toml")
    assert (error.path, error.where, error.line) == ("pyproject.toml", "tool.holdfast.targets.python[0]", 2)
    error = refused("[tool]\nholdfast = 3\n", "pyproject.toml")
    assert (error.where, error.expected) == ("tool.holdfast", "a table")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-01-31", "2025-01-31T00:00:00Z"),
        ("2025-01-31T12:00:00Z", "2025-01-31T12:00:00Z"),
        ("2025-01-31t12:00:00z", "2025-01-31T12:00:00Z"),
        ("2025-01-31 12:00:00.250-01:30", "2025-01-31T13:30:00.250000Z"),
        ("2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00Z"),
        ("2025-01-31T12:00:00", None),
        ("2025-01-31T12:00Z", None),
        ("2025-02-30", None),
        ("20250131", None),
        ("2025-W05-5", None),
        ("2025-01-31T25:00:00Z", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("7 days", None),
        ("", None),
        ("２０２５-01-31", None),
    ],
)
def test_instants_have_one_spelling(text: str, instant: str | None) -> None:
    """RFC 3339 dates and instants become UTC; what depends on a machine or is no instant is refused."""
    assert parse_instant(text) == instant
