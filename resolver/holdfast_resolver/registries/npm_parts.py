"""Of a packument, only the parts that a lock needs: decoded in C, so that the rest is never built.

The quick way for large answers. Knows shapes; what they mean is the business of `npm_manifest.py`. Whatever is not
of the ordinary shape is None here, never an error: then `npm_packument.py` reads the whole, and says what is wrong.
"""

from typing import Any

import msgspec

from holdfast_resolver.registries.npm_packument import LARGEST

_ABSENT: Any = msgspec.UNSET  # told from null
FAULTS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_NOTHING = msgspec.Raw(b"null")


class Dist(msgspec.Struct, gc=False):
    """Where the tarball is, and what it must be."""

    integrity: Any = None
    tarball: Any = None
    signatures: Any = None
    attestations: Any = None


class Scripts(msgspec.Struct, gc=False):
    """What runs at installation."""

    preinstall: Any = None
    install: Any = None
    postinstall: Any = None


class Manifest(msgspec.Struct, gc=False):
    """One version."""

    dist: Dist
    name: Any = _ABSENT
    version: Any = _ABSENT
    dependencies: Any = None
    optionalDependencies: Any = None  # noqa: N815  # as the registry writes it
    peerDependencies: Any = None  # noqa: N815
    peerDependenciesMeta: Any = None  # noqa: N815
    bundleDependencies: Any = _ABSENT  # noqa: N815
    bundledDependencies: Any = None  # noqa: N815
    engines: msgspec.Raw = _NOTHING  # many have the same
    os: Any = None
    cpu: Any = None
    libc: Any = None
    bin: msgspec.Raw = _NOTHING
    hasInstallScript: Any = None  # noqa: N815
    gypfile: Any = None
    scripts: Scripts | None = None
    deprecated: Any = None
    license: Any = None
    licenses: Any = None


class Sketch(msgspec.Struct, gc=False):
    """One version, of which little is decoded: a tenth of all is looked at closer."""

    dist: msgspec.Raw
    name: Any = _ABSENT
    version: Any = _ABSENT
    dependencies: msgspec.Raw = _NOTHING
    optionalDependencies: msgspec.Raw = _NOTHING  # noqa: N815
    peerDependencies: msgspec.Raw = _NOTHING  # noqa: N815
    peerDependenciesMeta: msgspec.Raw = _NOTHING  # noqa: N815
    bundleDependencies: Any = _ABSENT  # noqa: N815
    bundledDependencies: Any = None  # noqa: N815
    engines: msgspec.Raw = _NOTHING
    os: Any = None
    cpu: Any = None
    libc: Any = None
    bin: msgspec.Raw = _NOTHING
    hasInstallScript: Any = None  # noqa: N815
    gypfile: Any = None
    scripts: msgspec.Raw = _NOTHING
    deprecated: Any = None
    license: Any = None
    licenses: Any = None


class SketchedPackument(msgspec.Struct, gc=False):
    """The document, its versions sketched."""

    name: Any = None
    versions: dict[str, Sketch] | None = None
    time: dict[str, Any] | None = None
    tags: Any = msgspec.field(default=None, name="dist-tags")


class Packument(msgspec.Struct, gc=False):
    """The document."""

    name: Any = None
    versions: dict[str, Manifest] | None = None
    time: dict[str, Any] | None = None
    tags: Any = msgspec.field(default=None, name="dist-tags")


_BLOCK = 2048  # bytes: more than 4300 digits, which the careful way refuses, fill a whole block wherever they begin
_DIGITS = frozenset(b"0123456789")

_DECODER = msgspec.json.Decoder(Packument)
_SKETCHER = msgspec.json.Decoder(SketchedPackument)
_DIST = msgspec.json.Decoder(Dist)
_SCRIPTS = msgspec.json.Decoder(Scripts | None)
_VALUE = msgspec.json.Decoder()


def decoded(body: bytes, name: str) -> Packument | None:
    """Return the parts of the packument of `name`; None where it is not JSON, of another package, or unusual."""
    if len(body) > LARGEST or _has_endless_number(body):
        return None
    try:
        parts = _DECODER.decode(body)
    except FAULTS:
        return None
    return parts if parts.name == name else None


def sketched(body: bytes, name: str) -> SketchedPackument | None:
    """Do as `decoded`, without what is in most versions."""
    if len(body) > LARGEST or _has_endless_number(body):
        return None
    try:
        parts = _SKETCHER.decode(body)
    except FAULTS:
        return None
    return parts if parts.name == name else None


def whole_manifest(sketch: Sketch) -> Manifest:
    """Decode what a sketch left. Raises one of `FAULTS`."""
    value = _VALUE.decode
    return Manifest(
        _DIST.decode(sketch.dist),
        sketch.name,
        sketch.version,
        value(sketch.dependencies),
        value(sketch.optionalDependencies),
        value(sketch.peerDependencies),
        value(sketch.peerDependenciesMeta),
        sketch.bundleDependencies,
        sketch.bundledDependencies,
        sketch.engines,
        sketch.os,
        sketch.cpu,
        sketch.libc,
        sketch.bin,
        sketch.hasInstallScript,
        sketch.gypfile,
        _SCRIPTS.decode(sketch.scripts),
        sketch.deprecated,
        sketch.license,
        sketch.licenses,
    )


def _has_endless_number(body: bytes) -> bool:
    """Whether there may be a number of thousands of digits: in what is skipped nobody else would see it."""
    starts = [at for at, byte in enumerate(body[::_BLOCK]) if byte in _DIGITS]
    return any(body[at * _BLOCK : (at + 1) * _BLOCK].isdigit() for at in starts)
