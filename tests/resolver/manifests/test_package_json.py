"""`package.json`: what is read, and each fault with its line."""

import json

import pytest

from holdfast_resolver.errors import ManifestError
from holdfast_resolver.manifests.json_places import DEEPEST, MAX_BYTES, key_path, parse_json
from holdfast_resolver.manifests.package_json import read_package_json
from holdfast_resolver.manifests.table import reader_of
from holdfast_resolver.values.npm import NpmManifest, NpmOverride, NpmWish

KINDS = "a range, a tag, npm:NAME@RANGE, file:, a folder, a tarball's URL, git, workspace: or catalog:"
WHOLE = b"""\
{
  "name": " @acme/web ",
  "version": "v1.2.0",
  "private": true,
  "scripts": {"build": "x"},
  "dependencies": {
    "lodash": "^4.17.0",
    "both": "1",
    "slim": "npm:fat@^2",
    "JSONStream": "*"
  },
  "optionalDependencies": {
    "fsevents": "~2.3.2",
    "both": "2"
  },
  "devDependencies": {"jest": "next",
    "react": "18.2.0"},
  "peerDependencies": {
    "react": ">=17",
    "vue": "3",
    "svelte": "4"
  },
  "peerDependenciesMeta": {"vue": {"optional": true}, "absent": {"optional": true}, "svelte": {"optional": "yes"}},
  "overrides": {"semver": "$lodash"},
  "workspaces": {"packages": ["packages/*"], "nohoist": []},
  "engines": {"npm": ">=9", "node": ">= 18"},
  "bundleDependencies": ["lodash"]
}
"""


def wish(name: str, spec: str, kind: str, line: int) -> NpmWish:
    return NpmWish(name, spec, kind, "web/package.json", line)


def refused(text: str | bytes) -> ManifestError:
    body = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ManifestError) as caught:
        read_package_json(body, "web/package.json")
    assert caught.value.path == "web/package.json"
    return caught.value


def test_a_manifest_is_read_whole() -> None:
    """Every table; optional stands for plain, development for a peer of the same name, each wish with its line."""
    assert read_package_json(WHOLE, "web/package.json") == NpmManifest(
        "web/package.json",
        "@acme/web",
        "1.2.0",
        (
            wish("vue", "3", "peer optional", 20),
            wish("svelte", "4", "peer", 21),
            wish("lodash", "^4.17.0", "dependency", 7),
            wish("slim", "npm:fat@^2", "dependency", 9),
            wish("JSONStream", "*", "dependency", 10),
            wish("fsevents", "~2.3.2", "optional", 13),
            wish("both", "2", "optional", 14),
            wish("jest", "next", "dev", 16),
            wish("react", "18.2.0", "dev", 17),
        ),
        (NpmOverride((), "semver", "", "^4.17.0", 24),),
        ("packages/*",),
        (("node", ">= 18"), ("npm", ">=9")),
    )


def test_of_a_member_overrides_and_workspaces_are_not_read() -> None:
    """npm knows them in the project's own manifest only: in a member even a wrong one is no fault."""
    body = b'{"overrides": {"a": "$nobody"}, "workspaces": 3, "dependencies": {"a": "1"}}'
    manifest = read_package_json(body, "a/package.json", member=True)
    assert manifest == NpmManifest("a/package.json", "", "", (NpmWish("a", "1", "dependency", "a/package.json", 1),))


def test_a_byte_order_mark_is_passed_over() -> None:
    """As npm does; lines and columns count from behind it."""
    assert read_package_json(b'\xef\xbb\xbf{"name": "a"}').name == "a"
    assert refused(b"\xef\xbb\xbf{\n x}").line == 2


def test_an_empty_manifest_asks_for_nothing() -> None:
    """Only the braces are needed."""
    assert read_package_json(b"{}") == NpmManifest("package.json", "", "", ())


def test_the_table_of_readers_knows_package_json() -> None:
    """The reader is found by the file's name."""
    reader = reader_of("package.json")
    assert reader is not None
    assert reader(b'{"name": "a"}', "x/package.json") == NpmManifest("x/package.json", "a", "", ())


@pytest.mark.parametrize(
    ("text", "line", "expected", "found"),
    [
        ("", 1, "valid JSON: a JSON value", "the end of the file"),
        ('{"a": 1,\n "a": 2}', 2, "a: each key once", "the key a second time"),
        ('{"dependencies": {\n"x": "1",\n"x": "2"}}', 3, "dependencies.x: each key once", "the key a second time"),
        ('{"a": NaN}', 1, "valid JSON: a JSON value", "'N'"),
        ('{"a": Infinity}', 1, "valid JSON: a JSON value", "'I'"),
        ('{"a": 1}\n}', 2, "valid JSON: the end of the text after its value", "'}'"),
        ('{"a": 01}', 1, "valid JSON: ',' or '}'", "'1'"),
        ('{"a": [1 2]}', 1, "valid JSON: ',' or ']'", "'2'"),
        ('{"a": "x\ny"}', 1, "valid JSON: a string without control characters and with its end", "'\\n'"),
        ('{"a": 1,}', 1, "valid JSON: a key in quotation marks", "'}'"),
        ("{'a': 1}", 1, "valid JSON: a key in quotation marks", '"\'"'),
        ("// no\n{}", 1, "valid JSON: a JSON value", "'/'"),
        (b'{"a": "\xff"}', 1, "UTF-8 text", "byte 0xff"),
        ("[]", 1, "an object", "an array"),
        ("null", 1, "an object", "null"),
        ('{"name": 3}', 1, "name: a string", "a number"),
        ('{"name": "../x"}', 1, "name: a name that does not begin with '.', '-' or '_'", "../x"),
        ('{"version": "one"}', 1, "version: a SemVer version such as 1.2.3 or 2.0.0-rc.1", "one"),
        ('{"dependencies": []}', 1, "dependencies: an object", "an array"),
        ('{"dependencies": {\n"x": 1}}', 2, "dependencies.x: a string", "a number"),
        ('{"devDependencies": {\n"x": null}}', 2, "devDependencies.x: a string", "null"),
        (
            '{"dependencies": {\n"../../x": "1"}}',
            2,
            "dependencies[\"../../x\"]: a name that does not begin with '.', '-' or '_'",
            "../../x",
        ),
        (
            '{"dependencies": {"x": "patch:y"}}',
            1,
            f"dependencies.x: {KINDS}",
            "patch:y",
        ),
        ('{"peerDependenciesMeta": {\n"x": true}}', 2, "peerDependenciesMeta.x: an object", "a boolean"),
        ('{"workspaces": "a"}', 1, "workspaces: an array of folder patterns", "a string"),
        ('{"workspaces": {"packages": {}}}', 1, "workspaces.packages: an array of folder patterns", "an object"),
        ('{"workspaces": ["a",\n1]}', 2, "workspaces[1]: a string", "a number"),
        ('{"engines": {\n"node": 18}}', 2, "engines.node: a string", "a number"),
        ('{"engines": ["node"]}', 1, "engines: an object", "an array"),
    ],
)
def test_a_fault_is_named_with_its_line(text: str | bytes, line: int, expected: str, found: str) -> None:
    """Each fault says what should stand there, what does, and on which line."""
    error = refused(text)
    assert (error.line, error.expected, error.found) == (line, expected, found)


def test_documents_are_bounded() -> None:
    """Neither a deep document nor a long one costs more than its refusal."""
    assert refused("[" * 100_000).expected == f"valid JSON: at most {DEEPEST} objects and arrays in each other"
    assert refused(b" " * (MAX_BYTES + 1)).expected == f"at most {MAX_BYTES} bytes"
    assert refused('{"a": ' + "1" * 5000 + "}").expected.startswith("valid JSON")


def test_many_wishes_are_read_in_one_sweep() -> None:
    """Finding lines does not cost a sweep for each of them."""
    body = json.dumps({"dependencies": {f"p{place}": "^1" for place in range(20_000)}}, indent=1).encode()
    wishes = read_package_json(body).wishes
    assert [one.line for one in wishes] == list(range(3, 20_003))


def test_json_is_read_as_python_reads_it() -> None:
    """Values and escapes of a whole document are those of `json`, and each knows its place."""
    text = '{"a": [1, -2.5e3, "\\u00e9\\n", {"b": null}],\n "c": {"": true, "x": false}}'
    document = parse_json(text.encode(), "x.json")
    assert document.data == json.loads(text)
    assert document.place("c", "x") == (2, 23)
    assert document.line("a", 3, "nothing there") == 1


def test_key_paths_are_spelled() -> None:
    """As people write them; a key that is no word stands in brackets."""
    assert key_path(("overrides", "@a/b", ".", 1)) == 'overrides["@a/b"]["."][1]'
