"""What the attackers of the story do. No command of holdfast would: these are the files as somebody with bad intent
makes them.

Each function says what its attacker must have for it: a place on the wire, the registry's online key, or nothing.
"""

import json
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from holdfast.publish.pack import read_packed
from holdfast.publish.registry.desk import Desk
from holdfast.publish.registry.documents import add_releases, edit_release, find_release
from holdfast.publish.registry.documents import write_index as index_document
from holdfast.publish.registry.folder import RegistryFolder
from holdfast.publish.registry.layout import index_target
from holdfast.publish.registry.signers import Keyring
from holdfast.trust.archive_layout import headers
from holdfast_resolver.values.modules import ModuleListing, ModuleRelease, archive_file_name


def flip_a_bit(path: Path) -> None:
    """Change one bit in the middle of a file. Needs: write access to it."""
    data, mode = bytearray(path.read_bytes()), path.stat().st_mode
    data[len(data) // 2] ^= 1
    path.chmod(mode | 0o200)
    path.write_bytes(data)
    path.chmod(mode)


def replace_text(path: Path, old: str, new: str) -> None:
    """Change what a file says. Needs: write access to it."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} has no {old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


@contextmanager
def cutting_server(folder: Path) -> Iterator[str]:
    """Serve a registry, and hang up in the middle of each archive. Needs: a place on the wire."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = folder / self.path.lstrip("/")
            data = path.read_bytes() if path.is_file() else b""
            self.send_response(200 if data else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if self.path.startswith("/blobs/") else data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


class Insider:
    """Somebody with the registry's online key, in a folder of its own, and write access to the registry's files."""

    def __init__(self, registry: Path, keys: Path) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._desk = Desk(RegistryFolder(str(registry)), Keyring(str(keys)), now)

    def release(self, name: str, version: str) -> ModuleRelease:
        """Return a release as the registry has it."""
        with self._desk.change() as change:
            return find_release(change.state.listing(name), name, version)

    def slip_in(self, archive: Path, publisher: str, *envelopes: str) -> None:
        """Publish an archive with these envelopes as its signatures, and nobody's judgement."""
        packed = read_packed(archive.read_bytes())
        manifest = packed.manifest
        release = ModuleRelease(
            version=manifest.version,
            file=archive_file_name(manifest.name, manifest.version),
            size=len(packed.archive),
            archive=packed.archive_digest,
            tree=packed.tree_digest,
            dependencies=manifest.dependencies,
            permissions=manifest.permissions,
            privileged=manifest.privileged,
            published=self._desk.now,
            publisher=publisher,
            envelopes=envelopes,
        )
        self._write(manifest.name, lambda listing: add_releases(listing, manifest.name, [release]), packed.archive)

    def edit(self, name: str, version: str, change: Callable[[ModuleRelease], ModuleRelease]) -> None:
        """Change what the registry says of a release."""
        self._write(name, lambda listing: edit_release(listing, name, version, change))

    def _write(self, name: str, edit: Callable[[ModuleListing | None], ModuleListing], blob: bytes = b"") -> None:
        with self._desk.change() as change:
            if blob:
                change.put_blob(blob)
            change.put(index_target(name), index_document(edit(change.state.listing(name))))
            change.commit(self._desk.keys)


def with_spoilt_signature(envelope: str) -> str:
    """Return an envelope whose signature is another text of the same length. Needs: nothing."""
    document = json.loads(envelope)
    row = document["signatures"][0]
    row["sig"] = ("B" if row["sig"][0] == "A" else "A") + row["sig"][1:]
    return json.dumps(document)


def signed_twice(envelope: str) -> str:
    """Return an envelope in which one signature stands twice, the second time under another key's id."""
    document = json.loads(envelope)
    document["signatures"].append(document["signatures"][0] | {"keyid": "ed25519:" + "0" * 64})
    return json.dumps(document)


def hostile_archive(archive: Path, path: Path, entry: bytes) -> None:
    """Write a module's archive with one entry more, at its beginning. Needs: nothing."""
    path.write_bytes(entry + archive.read_bytes())


def hostile_entries() -> dict[str, bytes]:
    """Return entries that no packing writes, each by what an archive with it is called."""
    link = tarfile.TarInfo("guards/passwd")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return {
        "an archive with a link": link.tobuf(tarfile.USTAR_FORMAT),
        "an archive with ..": headers("../../up.sh", True, 0),
        "an archive with an absolute path": headers("/etc/profile.d/up.sh", True, 0),
        "an archive with two names that are one elsewhere": headers("EXAMPLES.md", False, 0),
        "an archive that claims gigabytes": headers("DATA.bin", False, 8 * 1024**3 - 1),
    }
