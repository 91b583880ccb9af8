"""One version's manifest, as a packument holds it, turned into an `NpmRelease`.

Strict where it matters (identity, requirements, the tarball): what cannot be read there makes the release unusable,
and it is left out. Tolerant where the registry holds twenty years of dirt: `engines` as a list, `bundleDependencies:
true`, `license` objects, `os` as one string, `deprecated: false`. Follows npm's documentation of package.json and of
package metadata, and what npm's own client makes of what they do not say.
"""

from __future__ import annotations

from binascii import a2b_base64
from posixpath import normpath

from holdfast_resolver.values.npm import NpmRelease, NpmSignature
from holdfast_resolver.values.npm_names import is_npm_name

_LENGTHS = {"sha512": 64, "sha384": 48, "sha256": 32}  # bytes; the strongest first
_USUAL_LENGTH = 95  # "sha512-" and 88 characters of base64
_STRANGE = frozenset("? \t\n\v\f\r")  # what ends a hash
_HOOKS = ("preinstall", "install", "postinstall")
_MOST_SIGNATURES = 16
LONGEST_FACTS = 16_384  # characters of commands, systems and engines of one release, together
LONGEST_RANGE = 16_384
_DEPRECATED = "deprecated, without a reason"

Pairs = tuple[tuple[str, str], ...]


class UnusableManifestError(Exception):
    """The manifest cannot be read where it matters; never seen outside this room."""


def read_manifest(name: str, raw_version: str, version: str, entry: object, published: str) -> NpmRelease:
    """Read the manifest under `raw_version` of the packument of `name`; `version` is its normal form.

    Raises `UnusableManifestError`.
    """
    if type(entry) is not dict:
        raise UnusableManifestError
    get = entry.get
    dist = get("dist")
    if type(dist) is not dict or get("name", name) != name or get("version", raw_version) != raw_version:
        raise UnusableManifestError
    optional = requirements(possible(get("optionalDependencies")))
    dependencies = requirements(get("dependencies"))
    if optional and dependencies:
        names = {pair[0] for pair in optional}
        dependencies = tuple([pair for pair in dependencies if pair[0] not in names])
    peers = requirements(get("peerDependencies"))
    bundled = get("bundleDependencies", get("bundledDependencies"))
    signatures = dist.get("signatures")
    attestations = dist.get("attestations")
    bins = get("bin")
    release = NpmRelease(
        version,
        dependencies,
        optional,
        peers,
        optional_peers(get("peerDependenciesMeta"), peers) if peers else (),
        bundled_names(bundled, dependencies + optional) if bundled else (),
        engine_ranges(get("engines")),
        words_of(get("os")),
        words_of(get("cpu")),
        words_of(get("libc")),
        commands(bins, name) if bins else (),
        get("hasInstallScript") is True or get("gypfile") is True or _has_hook(get("scripts")),
        deprecation(get("deprecated")),
        integrity_of(dist.get("integrity")),
        _tarball(dist.get("tarball")),
        published,
        license_of(get("license") or get("licenses")),
        signatures_of(signatures) if signatures else (),
        address_of(attestations.get("url")) if type(attestations) is dict else "",
    )
    words = release.os + release.cpu + release.libc + release.bundled
    if length_of_pairs(release.bins + release.engines) + length_of_words(words) > LONGEST_FACTS:
        raise UnusableManifestError  # no lock could have it: its lines are bounded
    return release


def length_of_pairs(pairs: Pairs) -> int:
    """How long pairs of facts are in a lock, about: their characters and those around each."""
    return sum([len(key) + len(value) + 8 for key, value in pairs]) if pairs else 0


def length_of_words(words: tuple[str, ...]) -> int:
    """As `length_of_pairs`, of single words."""
    return sum([len(word) + 4 for word in words]) if words else 0


def requirements(value: object) -> Pairs:
    """An object of specs, sorted by name. An empty list, null and false are none."""
    if not value:
        return ()
    if type(value) is not dict:
        raise UnusableManifestError
    pairs = sorted(value.items())
    try:
        whole = "".join(["".join(pair) for pair in pairs])
        if not whole.isprintable() or "" in value:
            pairs = [(_name(name), _clean(spec)) for name, spec in pairs]
    except TypeError:
        raise UnusableManifestError from None
    if "npm:" in whole or len(whole) > LONGEST_RANGE:
        for name, spec in pairs:
            if len(spec) > LONGEST_RANGE or (spec.startswith("npm:") and not is_npm_name(name)):
                raise UnusableManifestError
    return tuple(pairs)


def possible(value: object) -> object:
    """Return optional dependencies without those that no package can be: they are never had."""
    if not value or type(value) is not dict:
        return value
    return {name: spec for name, spec in value.items() if is_npm_name(name)}


def _name(text: str) -> str:
    if not text or not text.isprintable():
        raise UnusableManifestError
    return text


def _clean(text: str) -> str:
    """`\\t>=1.2\\n` -> `>=1.2`; what is no text then is refused."""
    text = " ".join(text.split())
    if not text.isprintable():
        raise UnusableManifestError
    return text


def optional_peers(meta: object, peers: Pairs) -> tuple[str, ...]:
    """Those that peerDependenciesMeta calls optional; a name that is no peer says nothing."""
    if type(meta) is not dict:
        return ()
    told = {name for name, entry in meta.items() if type(entry) is dict and entry.get("optional")}
    return tuple([name for name, _ in peers if name in told])


def bundled_names(value: object, wanted: Pairs) -> tuple[str, ...]:
    """`true` means all that it depends on; an object its keys."""
    if value is True:
        return tuple(sorted([name for name, _ in wanted]))
    names = value if isinstance(value, list | dict) else ()
    return tuple(sorted({name for name in names if type(name) is str and is_npm_name(name)}))


def engine_ranges(value: object) -> Pairs:
    """Ranges by engine; old manifests have a list or a text instead, which npm does not look into."""
    if type(value) is not dict or not value:
        return ()
    pairs = []
    for name, text in value.items():
        if type(text) is str and name:
            if not text.isprintable():
                text = " ".join(text.split())
            if (name + text).isprintable():
                pairs.append((name, text))
    pairs.sort()
    return tuple(pairs)


def words_of(value: object) -> tuple[str, ...]:
    """A list of words such as `linux` and `!win32`, as written; one word may stand alone."""
    if not value:
        return ()
    words = [value] if type(value) is str else value
    if type(words) is not list:
        return ()
    return tuple([word for word in words if type(word) is str and word and word.isprintable() and " " not in word])


def commands(value: object, name: str) -> Pairs:
    """(command, path), as npm links them: a command has no folder, and a path does not leave the package."""
    if type(value) is str:
        value = {name: value}
    elif type(value) is list:
        value = {path.rpartition("/")[2]: path for path in value if type(path) is str}
    if type(value) is not dict:
        return ()
    bins = {}
    for key, path in value.items():
        command = key.replace("\\", "/").replace(":", "/").rpartition("/")[2]
        if command in ("", ".", "..") or type(path) is not str:
            continue
        inside = normpath("/" + path.replace("\\", "/")).lstrip("/")
        if inside and (command + inside).isprintable():
            bins[command] = inside
    return tuple(sorted(bins.items()))


def _has_hook(scripts: object) -> bool:
    """Whether something runs at installation."""
    return type(scripts) is dict and any(scripts.get(hook) for hook in _HOOKS)


def deprecation(value: object) -> str:
    if not value:
        return ""
    return (_plain(value) if type(value) is str else "") or _DEPRECATED


def integrity_of(value: object) -> str:
    """The strongest hash of a text of Subresource Integrity (W3C), as `algorithm:hex`; "" below sha256."""
    if type(value) is not str:
        return ""
    if len(value) == _USUAL_LENGTH and value.startswith("sha512-") and _STRANGE.isdisjoint(value):  # nearly always
        try:
            digest = a2b_base64(value[7:])
        except ValueError:  # no base64, or no ASCII
            return ""
        return f"sha512:{digest.hex()}" if len(digest) == _LENGTHS["sha512"] else ""
    best = ""
    for word in value.split():
        algorithm, _, rest = word.partition("-")
        length = _LENGTHS.get(algorithm)
        if length is None or (best and length <= _LENGTHS[best.partition(":")[0]]):
            continue
        try:
            digest = a2b_base64(rest.partition("?")[0])
        except ValueError:
            continue
        if len(digest) == length:
            best = f"{algorithm}:{digest.hex()}"
    return best


def _tarball(value: object) -> str:
    address = address_of(value)
    if not address:
        raise UnusableManifestError
    return address


def address_of(value: object) -> str:
    """A URL as it is written; "" for what is none."""
    if type(value) is not str or " " in value or not value.isprintable():
        return ""
    return value if value.startswith(("https://", "http://")) else ""


def license_of(value: object) -> str:
    """An SPDX expression as written; of the old objects the `type`, of a list all, joined by OR."""
    if type(value) is str:
        return _plain(value)
    if type(value) is dict:
        return license_of(value["type"]) if type(value.get("type")) is str else ""
    if type(value) is list:
        names = [name for name in [license_of(one) for one in value if type(one) is not list] if name]
        return names[0] if len(names) == 1 else f"({' OR '.join(names)})" if names else ""
    return ""


def _plain(text: str) -> str:
    """One line of text, without what could play with a terminal or a file."""
    if text.isprintable():
        return text.strip()
    return "".join([letter if letter.isprintable() else " " for letter in " ".join(text.split())]).strip()


def signatures_of(value: object) -> tuple[NpmSignature, ...]:
    """The registry's signatures: evidence, which nobody has verified here."""
    found: list[NpmSignature] = []
    for entry in value if type(value) is list else ():
        if type(entry) is dict and len(found) < _MOST_SIGNATURES:
            key_id, signature = entry.get("keyid"), entry.get("sig")
            if type(key_id) is str and type(signature) is str:
                text = key_id + signature
                if key_id and signature and " " not in text and text.isprintable():
                    found.append(NpmSignature(key_id, signature))
    return tuple(found)
