"""The registry's keys: found by what they sign for, opened only when they sign.

A keys folder has `NAME.pem` and `NAME.pem.pub` for each key; where only the public file is there, the ssh-agent may
hold the private one. Which key signs what stands in the registry's metadata, never in a file's name.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from securesystemslib.signer import Signature, SSlibKey
from securesystemslib.signer import Signer as TufSigner
from tuf.api.metadata import Key

from holdfast.publish.registry.errors import SigningKeyMissing
from holdfast.publish.registry.folder import list_names, make_private_folder
from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.key_files import Passphrase, load_key, load_public
from holdfast.trust.key_forms import PKCS8
from holdfast.trust.key_writing import write_key
from holdfast.trust.registry_metadata import MODULES, ROOT, TARGETS
from holdfast.trust.signing import FileSigner, Signer

_PRIVATE = ".pem"
_PUBLIC = ".pem.pub"
_OFFLINE = (ROOT, TARGETS, MODULES)  # these are needed seldom, and best kept where no server is


class RoleSigner(TufSigner):
    """A signer of ours, as python-tuf has them."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._key = tuf_key(signer.public)

    @property
    def public_key(self) -> SSlibKey:
        return self._key

    @classmethod
    def from_priv_key_uri(cls, priv_key_uri: str, public_key: Key, secrets_handler: object = None) -> RoleSigner:
        raise NotImplementedError("keys are found by a Keyring")

    def sign(self, payload: bytes) -> Signature:
        return Signature(self._key.keyid, self._signer.sign(payload).hex())


class Keyring:
    """The keys at hand. `passphrase` is asked for with a file's path; `agent` gives the ssh-agent's signers.

    `protect` is the passphrase of new keys that are kept offline, b"" for none.
    """

    def __init__(
        self,
        folder: str,
        passphrase: Callable[[str], bytes] | None = None,
        agent: Callable[[], Iterable[Signer]] | None = None,
        protect: bytes = b"",
    ) -> None:
        self.folder = folder
        self._passphrase = passphrase
        self._agent = agent
        self._protect = protect
        self._by_raw: dict[bytes, str] | None = None
        self._open: dict[bytes, Signer] = {}

    def generate(self, name: str) -> Signer:
        """Make a key and write it to `NAME.pem`, or to the next number where that is taken: root-4, online-2.

        Raises `FileProblem`.
        """
        make_private_folder(self.folder)
        taken = set(list_names(self.folder))
        stem, _, last = name.rpartition("-")
        stem, number = (stem, int(last)) if last.isdigit() else (name, 1)
        free = name
        while free + _PRIVATE in taken or free + _PUBLIC in taken:
            number += 1
            free = f"{stem}-{number}"
        signer = FileSigner.generate()
        passphrase = self._protect if stem in _OFFLINE else b""
        path = os.path.join(self.folder, free + _PRIVATE)
        write_key(path, signer, form=PKCS8, passphrase=passphrase, comment=free)
        self._known()[signer.public.raw] = free
        self._open[signer.public.raw] = signer
        return signer

    def name(self, public: PublicKey) -> str:
        """Return what a key's file is called, "" for a key that is not in the folder."""
        return self._known().get(public.raw, "")

    def find(self, public: PublicKey) -> Signer | None:
        """Return the signer of a key, None when it is not at hand. Raises `KeyUnreadable` for one that stays shut."""
        if public.raw not in self._open:
            found = self._load(public)
            if found is None:
                return None
            self._open[public.raw] = found
        return self._open[public.raw]

    def at_least(self, role: str, keys: Iterable[PublicKey], threshold: int) -> list[Signer]:
        """Return the signers of all `keys` at hand; raise `SigningKeyMissing` for fewer than `threshold`."""
        wanted = list(keys)
        found = [signer for key in wanted if (signer := self.find(key))]
        if len(found) < threshold:
            raise SigningKeyMissing(role, threshold, len(found), tuple(key.id for key in wanted))
        return found

    def _load(self, public: PublicKey) -> Signer | None:
        name = self._known().get(public.raw, "")
        path = os.path.join(self.folder, name + _PRIVATE)
        if name and os.path.exists(path):
            signer = load_key(path, self._ask(path))
            return signer if signer.public == public else None
        return next((one for one in (self._agent() if self._agent else ()) if one.public == public), None)

    def _ask(self, path: str) -> Passphrase | None:
        ask = self._passphrase
        return (lambda: ask(path)) if ask else None

    def _known(self) -> dict[bytes, str]:
        if self._by_raw is None:
            self._by_raw = {
                load_public(os.path.join(self.folder, name))[0].raw: name.removesuffix(_PUBLIC)
                for name in list_names(self.folder)
                if name.endswith(_PUBLIC)
            }
        return self._by_raw


def tuf_key(public: PublicKey) -> SSlibKey:
    """Return a key of ours as python-tuf has it; its id is python-tuf's own."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(public.raw))


def public_key(key: Key) -> PublicKey:
    """Return a key of the metadata as ours. Raises `KeyRefused` for one that must not be used."""
    return PublicKey.from_text(str(key.keyval["public"]))
