"""Wishes and overrides as a lock keeps them."""

import json

from holdfast_resolver.manifests.npm_requirements import npm_inputs, requirement_of_override
from holdfast_resolver.manifests.package_json import read_package_json
from holdfast_resolver.values.npm import NpmOverride
from holdfast_resolver.values.requirements import parse_entry

MANIFEST = {
    "dependencies": {"lodash": "^ 4", "slim": "npm:fat@^2", "self": "npm:self@1", "git": "a/b", "near": "file:../x"},
    "devDependencies": {"@acme/tool": "next", "any": ""},
    "optionalDependencies": {"fsevents": "~2.3.2"},
    "peerDependencies": {"react": ">=17", "vue": "3"},
    "peerDependenciesMeta": {"vue": {"optional": True}},
    "overrides": {"semver": "^7.5.2", "a@^1": {"b@>= 2": "npm:c@3"}, "lodash": "git+ssh://host.example/x"},
}


def source_of(name: str) -> str:
    return "acme" if name.startswith("@acme/") else "npm"


def test_each_table_becomes_an_input() -> None:
    """Registry specs as entries, in the stored spelling of their ranges; what no registry serves is left out."""
    manifest = read_package_json(json.dumps(MANIFEST).encode())
    assert {kind: list(map(str, entries)) for kind, entries in npm_inputs(manifest, source_of)} == {
        "project": ["npm:fat ^2 ; as slim", "npm:lodash ^4", "npm:self 1"],
        "dev": ["acme:@acme/tool next", "npm:any *"],
        "optional": ["npm:fsevents ~2.3.2 ; optional"],
        "peer": ["npm:react >=17 ; peer", "npm:vue 3 ; peer optional"],
        "override": ["npm:a ^1 ; of ^1", "npm:c 3 ; as b of >=2 below a@^1", "npm:semver ^7.5.2"],
    }


def test_every_entry_can_be_read_back() -> None:
    """What is kept of a manifest is an entry of a lock."""
    manifest = read_package_json(json.dumps(MANIFEST).encode())
    for _, entries in npm_inputs(manifest, source_of):
        for entry in entries:
            assert parse_entry(str(entry), frozenset({"npm", "acme"})) == entry


def test_an_override_without_a_registry_is_none() -> None:
    """It cannot be kept as a requirement."""
    assert requirement_of_override(NpmOverride((), "a", "", "./x"), source_of) is None
