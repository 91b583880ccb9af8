"""What the scanner sees in wheels and source archives."""

from holdfast.model.scan import Scan
from holdfast.risk.native_files import native_kind
from holdfast.risk.python_metadata import licence, provided
from holdfast.risk.scan import SCANNER_VERSION, scan_artifact

WHEEL = ("x-1.dist-info/WHEEL", b"Wheel-Version: 1.0\n")


def _wheel(*files: tuple[str, bytes]) -> Scan:
    return scan_artifact("pypi", "x", "1", [*files, WHEEL])


def _sdist(*files: tuple[str, bytes]) -> Scan:
    return scan_artifact("pypi", "x", "1", [(f"x-1/{path}", data) for path, data in [*files, ("PKG-INFO", b"")]])


def _moments(scan: Scan, found: str) -> set[tuple[str, str]]:
    return {(one.path, one.moment) for one in scan.evidence if one.found == found}


def test_a_wheel_provides_its_top_level_modules() -> None:
    """Packages, single modules and extensions; of a namespace, what is in it."""
    files = [
        ("a/__init__.py", b""),
        ("a/b/__init__.py", b""),
        ("c.py", b""),
        ("_d.cpython-311-x86_64-linux-gnu.so", b""),
        ("google/auth/__init__.py", b""),
        ("old/__init__.py", b"__import__('pkg_resources').declare_namespace(__name__)"),
        ("old/new/__init__.py", b""),
        ("x-1.data/purelib/e/__init__.py", b""),
        ("x-1.dist-info/RECORD", b""),
        ("data-only/f.py", b""),
        ("templates/g.html", b""),
    ]
    assert provided(files) == ("_d", "a", "c", "e", "google.auth", "old.new")


def test_a_source_archive_provides_what_its_layout_tells() -> None:
    """The folder src, where there is one; tests and setup.py are nobody's to import."""
    scan = _sdist(("setup.py", b""), ("src/x/__init__.py", b""), ("tests/test_x.py", b""))
    assert scan.provides == ("x",)
    assert _sdist(("setup.py", b""), ("y/__init__.py", b""), ("tests/__init__.py", b"")).provides == ("y",)


def test_the_package_s_own_modules_are_no_imports() -> None:
    """Only what comes from elsewhere is listed, each name once, at its earliest moment."""
    scan = _wheel(
        ("x/__init__.py", b"import x.a\nimport x\nfrom . import b\n"),
        ("x/a.py", b"def f():\n    import y\n"),
        ("x/b.py", b"import y\n"),
    )
    assert [(one.name, one.path, one.moment) for one in scan.imports] == [("y", "x/b.py", "import")]


def test_what_a_build_imports_runs_when_it_is_installed() -> None:
    """Modules of the archive that setup.py or an in-tree backend imports have the moment "install"; tests do not."""
    run = b"import os\nos.system('a')\n"
    scan = _sdist(
        ("setup.py", b"import tools.build\nfrom setuptools import setup\nsetup()\n"),
        ("tools/__init__.py", b""),
        ("tools/build.py", b"import helper\n" + run),
        ("helper.py", run),
        ("x/__init__.py", run),
        ("tests/test_a.py", run),
        ("_own/backend.py", run),
        ("pyproject.toml", b"[build-system]\nrequires=[]\nbuild-backend='backend'\nbackend-path=['_own']\n"),
    )
    assert _moments(scan, "os.system") == {
        ("x-1/tools/build.py", "install"),
        ("x-1/helper.py", "install"),
        ("x-1/_own/backend.py", "install"),
        ("x-1/x/__init__.py", "import"),
        ("x-1/tests/test_a.py", "call"),
    }


def test_the_line_of_a_path_file_is_read_as_code() -> None:
    """A `.pth` line that imports is shown, and so is what it does."""
    scan = _wheel(("x.pth", b"lib\nimport os; os.system('a')\n"))
    assert [(one.rule, one.line) for one in scan.evidence] == [("python-path-file", 2), ("python-subprocess-early", 2)]


def test_a_path_file_inside_a_package_runs_never() -> None:
    """Only files in the folder of packages itself are read by the interpreter."""
    assert _wheel(("x/data/x.pth", b"import os\n")).evidence == ()


def test_scripts_run_when_they_are_called() -> None:
    """A script without an ending is Python by its first line."""
    scan = _wheel(("x-1.data/scripts/run", b"#!python\nimport os\nos.system('a')\n"))
    assert _moments(scan, "os.system") == {("x-1.data/scripts/run", "call")}


def test_files_that_cannot_be_read_are_listed() -> None:
    """Build settings that are no TOML, and bytecode, are unread with a reason."""
    assert [one.reason for one in _sdist(("pyproject.toml", b"[")).unread] == ["not valid TOML"]
    assert [one.reason for one in _wheel(("x/a.pyc", b"\0")).unread] == ["compiled Python, not source"]
    broken = _wheel(("x-1.dist-info/entry_points.txt", b"x = y\n"))
    assert [one.reason for one in broken.unread] == ["not a file of sections and options"]


def test_compiled_files_are_known_by_their_bytes() -> None:
    """Names prove nothing: a text named lib.so is none, a program named a.txt is one."""
    assert native_kind(b"MZ" + b"\0" * 58 + (64).to_bytes(4, "little") + b"PE\0\0") == "PE"
    assert native_kind(b"\xca\xfe\xba\xbe\0\0\0\x02") == "Mach-O"
    assert native_kind(b"\xca\xfe\xba\xbe\0\0\0\x34") == ""  # a Java class
    assert [native_kind(data) for data in (b"", b"MZ", b"\0asm\1", b"\xcf\xfa\xed\xfe")] == [
        "",
        "",
        "WebAssembly",
        "Mach-O",
    ]
    assert _moments(_wheel(("x/a.txt", b"\x7fELF")), "ELF") == {("x/a.txt", "call")}


def test_a_licence_is_what_can_mean_only_one() -> None:
    """The expression goes before the free text, that before a classifier; "BSD License" can mean several."""
    head = b"Metadata-Version: 2.4\nName: x\n"
    assert licence(head + b"License-Expression: mit or apache-2.0\nLicense: BSD\n") == "MIT OR Apache-2.0"
    assert licence(head + b"License: Apache License 2.0\n") == "Apache-2.0"
    assert licence(head + b"Classifier: License :: OSI Approved :: MIT License\n") == "MIT"
    assert licence(head + b"Classifier: License :: OSI Approved :: BSD License\n") == ""
    assert licence(head + b"\nLicense: MIT\n") == ""


def test_what_metadata_requires_on_a_condition_is_known() -> None:
    """Names in their normal form, each once, by an extra and under a marker too; none of the description."""
    metadata = (
        b"Metadata-Version: 2.1\nRequires-Dist: Six>=1\nRequires-Dist: zope.interface ; extra == 'web'\r\n"
        b"Requires-Dist: six[x] (>=2) ; python_version < '3'\n\nRequires-Dist: words\n"
    )
    assert scan_artifact("pypi", "x", "1", [("x-1.dist-info/METADATA", metadata)]).wishes == ("six", "zope-interface")


def test_the_evidence_of_one_rule_is_bounded_and_the_early_pieces_stay() -> None:
    """Nobody can hide a call at import behind a hundred harmless ones."""
    many = b"import os\ndef f():\n" + b"    os.remove('a')\n" * 100
    scan = _wheel(("x/a.py", many), ("x/z.py", b"import os\nif x:\n    os.popen('a')\n"))
    assert scan.omitted == 50
    assert ("x/z.py", "import") in _moments(scan, "os.popen")


def test_a_scan_counts_the_files_and_does_not_depend_on_their_order() -> None:
    """The same members in any order give the same scan."""
    files = [("x/a.py", b"import os\n"), ("x/b.txt", b"12345"), WHEEL]
    assert scan_artifact("pypi", "x", "1", files) == scan_artifact("pypi", "x", "1", reversed(files))
    assert scan_artifact("pypi", "x", "1", files).files == 3
    assert SCANNER_VERSION
