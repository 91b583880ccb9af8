"""The fast reader's part for modules: canonical [[package]] blocks whose names begin with "@" -> pins.

Knows no other section; whatever is not canonical raises `OtherTextError`, and the plain reader decides. Loaded only
for a lock that has modules.
"""

from itertools import pairwise

from holdfast.format import shapes
from holdfast.format.fields import MODULE
from holdfast.format.naming import belongs
from holdfast.format.order import package_key
from holdfast.format.read import Value, scalars, string, values_of
from holdfast.format.read_packages import check_lines, increasing, other
from holdfast.model.lock import ModuleFacts, Pin, PinnedArtifact
from holdfast.model.signers import canonical_ids
from holdfast_resolver.values.digests import parse_digest

_KEYS = [field.key for field in MODULE.fields]
_FILE, _HASH = "    { file = ", ", hash = "


def read_modules(blocks: list[str], registries: frozenset[str], signers: frozenset[str]) -> tuple[Pin, ...]:
    """Return the pins of the blocks, each without its header and the key of its name."""
    pins = tuple([_pin(block, registries, signers) for block in blocks])
    keys = [package_key(pin) for pin in pins]
    if any(one >= two for one, two in pairwise(keys)):
        other()
    return pins


def interleaved(packages: tuple[Pin, ...], modules: tuple[Pin, ...], kinds: list[bool]) -> tuple[Pin, ...]:
    """Return both as they stand in the text: `kinds` says of each block whether it is a module's."""
    rest, rest_of_modules = iter(packages), iter(modules)
    pins = tuple([next(rest_of_modules) if kind else next(rest) for kind in kinds])
    names = [(pin.source, pin.name) for pin in pins]
    if any(one > two for one, two in pairwise(names)):
        other()
    return pins


def _pin(block: str, registries: frozenset[str], signers: frozenset[str]) -> Pin:
    check_lines(block)
    artifacts, body = _artifacts(block)
    found = dict(zip(_KEYS, values_of(MODULE, f'{MODULE.fields[0].key} = "{body}')))
    scalars(MODULE, list(found.values()))  # each in its canonical spelling
    name, source, version, tree = [_text(found[key]) for key in ("name", "source", "version", "tree")]
    for key in ("permissions", "signers", "vetted", "dependencies"):
        increasing(_items(found[key]))
    edges = tuple([_edge(text, registries) for text in _items(found["dependencies"])])
    signed, vetted = _items(found["signers"]), _items(found["vetted"])
    threshold = _number(_text(found["threshold"]))
    if source not in registries or not signers.issuperset(signed + vetted):
        other()
    if bool(signed) != bool(threshold) or threshold > len(canonical_ids(signed)):
        other()
    if any(shapes.permission(text) != text for text in _items(found["permissions"])):
        other()
    increasing([artifact.file for artifact in artifacts])
    if not all(belongs(artifact.file, name, version) for artifact in artifacts):
        other()
    facts = ModuleFacts(
        tree, _flag(_text(found["privileged"])), tuple(_items(found["permissions"])), tuple(vetted), threshold
    )
    return Pin(source, name, version, "", "", artifacts, tuple(signed), edges, (), facts)


def _artifacts(block: str) -> tuple[tuple[PinnedArtifact, ...], str]:
    """The artifacts, and the block with an empty array in their place."""
    before, start, rest = block.partition("\nartifacts = [\n")
    inside, end, after = rest.partition("\n]\n")
    if not start or not end:
        other()
    found = []
    for line in inside.split("\n"):
        file, hash_, digest = line.removeprefix(_FILE).partition(_HASH)
        if not line.startswith(_FILE) or not hash_ or not digest.endswith(" },"):
            other()
        found.append(PinnedArtifact(string(file), parse_digest(string(digest[:-3]))))
    return tuple(found), f"{before}\nartifacts = []\n{after}"


def _edge(text: str, registries: frozenset[str]) -> shapes.Edge:
    edge = shapes.edge(text)
    if edge[0].name[0] != "@" or edge[0].source not in registries or shapes.edge_text(edge) != text:
        other()
    return edge


def _text(value: Value) -> str:
    return value if isinstance(value, str) else other()


def _items(value: Value) -> list[str]:
    return value if isinstance(value, list) else other()


def _flag(text: str) -> bool:
    if text not in ("", "true"):
        other()
    return bool(text)


def _number(text: str) -> int:
    if text and (not text.isdigit() or not text.isascii() or text[0] == "0" or len(text) > 3):
        other()
    return int(text or 0)
