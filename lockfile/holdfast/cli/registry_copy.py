"""A module's index document in the folder of a registry, looked up as a client would and believed no further.

The registry's metadata (The Update Framework, "Metadata files") only leads to the document here: signatures of
publishers hold by themselves, and `holdfast lock` is what asks whether a registry's word is current.

    timestamp.json -> 12.snapshot.json -> 7.bin-3a.json -> modules/@acme/<sha256>.guards.json
"""

import json
import os
from hashlib import sha256
from typing import Any

from holdfast import files
from holdfast.errors import FileProblem
from holdfast_resolver.registries.modules import read_index_document
from holdfast_resolver.values.modules import ModuleListing


def read_listing(folder: str, name: str) -> ModuleListing:
    """Return what the registry in `folder` says of the module `name`; no releases where it does not have it.

    Raises `FileProblem` for a folder that is no registry, `RegistryAnswerInvalid` for a bad document.
    """
    target = f"modules/{name}.json"
    role = f"bin-{sha256(target.encode()).hexdigest()[:2]}"
    try:
        version = _signed(folder, "timestamp.json")["meta"]["snapshot.json"]["version"]
        version = _signed(folder, f"{int(version)}.snapshot.json")["meta"][f"{role}.json"]["version"]
        row = _signed(folder, f"{int(version)}.{role}.json")["targets"].get(target)
        digest = row and str(row["hashes"]["sha256"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise FileProblem(folder, "read a module registry from", "its metadata is not as one writes it") from None
    if not digest:
        return ModuleListing(name, ())
    scope, _, short = name.partition("/")
    path = os.path.join(folder, "targets", "modules", scope, f"{os.path.basename(digest)}.{short}.json")
    data = files.read_bytes(path)
    if sha256(data).hexdigest() != digest:
        raise FileProblem(path, "read an index document from", "its bytes are not those that its name tells")
    return read_index_document(data, name, folder, path)


def _signed(folder: str, name: str) -> Any:
    return json.loads(files.read_bytes(os.path.join(folder, "metadata", name)))["signed"]
