"""What a publisher signs: that these bytes are this release, and what it asks for.

    predicate = {"critical": [], "dependencies": {name: range}, "exports": [{"kind", "name", "path", "privileged"}],
                 "permissions": ["network:api.acme.example"], "privileged": bool, "signed": time}

Knows the statement's form; who may make it is decided in `verify_module`.
"""

from holdfast.trust.errors import MalformedDocument
from holdfast.trust.strict_fields import Fields
from holdfast.trust.subjects import Subject, malformed, read_claim, write_claim
from holdfast.trust.subjects import purl as purl
from holdfast_resolver.values.modules import PERMISSION_KINDS, Export, ModuleManifest, is_module_name
from holdfast_resolver.values.tuples import NamedTuple

PREDICATE = "https://holdfast.example/module/v1"


class ModuleStatement(NamedTuple):
    """A publisher's statement, read and not verified. The fields are those of `ModuleRelease`."""

    name: str
    version: str
    archive: str
    tree: str
    dependencies: tuple[tuple[str, str], ...]
    permissions: tuple[str, ...]
    privileged: bool
    exports: tuple[Export, ...]
    signed: str  # RFC 3339 in UTC; the signer's own word


def statement(manifest: ModuleManifest, archive: str, tree: str, signed: str) -> bytes:
    """Return the payload that a publisher signs (canonical JSON), of the manifest and "sha256:<hex>" digests.

    `signed` is a time such as `2026-11-21T06:40:00Z`. Raises `MalformedSignature` for what would not read back.
    """
    predicate = {
        "critical": [],
        "dependencies": dict(manifest.dependencies),
        "exports": [export._asdict() for export in manifest.exports],
        "permissions": list(manifest.permissions),
        "privileged": manifest.privileged,
        "signed": signed,
    }
    subject = Subject(manifest.name, manifest.version, archive, tree)
    payload = write_claim(subject, PREDICATE, predicate)
    read_statement(payload, str(subject))
    return payload


def read_statement(payload: bytes, about: str = "") -> ModuleStatement:
    """Read a publisher's statement, strictly; `about` names its release for errors.

    Raises `MalformedSignature` for a statement that breaks its form, contradicts itself (`privileged` against its
    exports) or has an unknown name in `critical`; `PayloadTypeRefused` for another predicate.
    """
    claim = read_claim(payload, PREDICATE, about)
    fields = claim.predicate
    try:
        fields.critical()
        exports = _exports(fields)
        if fields.boolean("privileged") != any(export.privileged for export in exports):
            raise fields.wrong("privileged", "what its exports say")
        return ModuleStatement(
            *claim.subject,
            dependencies=_dependencies(fields),
            permissions=_permissions(fields),
            privileged=fields.boolean("privileged"),
            exports=exports,
            signed=fields.time("signed"),
        )
    except MalformedDocument as error:
        raise malformed(about, error) from None


def _dependencies(fields: Fields) -> tuple[tuple[str, str], ...]:
    table = fields.text_table("dependencies")
    for name in table:
        if not is_module_name(name):
            raise MalformedDocument(fields.at("dependencies"), "names of modules", f"{name!a}")
    return tuple(sorted(table.items()))


def _permissions(fields: Fields) -> tuple[str, ...]:
    permissions = fields.texts("permissions")
    if list(permissions) != sorted(set(permissions)):
        raise fields.wrong("permissions", "permissions in order, each once", "others")
    for permission in permissions:
        kind, colon, value = permission.partition(":")
        if kind not in PERMISSION_KINDS or not colon or not value:
            raise fields.wrong("permissions", "permissions such as network:api.acme.example", f"{permission!a}")
    return permissions


def _exports(fields: Fields) -> tuple[Export, ...]:
    exports = []
    for row in fields.tables("exports"):
        name, path = row.text("name", empty=False), row.text("path", empty=False)
        exports.append(Export(name, path, row.text("kind"), row.boolean("privileged")))
    if len({export.name for export in exports}) < len(exports):
        raise fields.wrong("exports", "each name once", "one twice")
    return tuple(exports)
