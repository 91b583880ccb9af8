"""Keys: make one, and show what a file or the ssh-agent holds. Never prints; nothing here judges trust."""

from collections.abc import Mapping

from holdfast.trust.ed25519 import PublicKey
from holdfast.trust.key_files import Passphrase, load_public
from holdfast.trust.key_writing import write_key
from holdfast.trust.signing import FileSigner
from holdfast.trust.ssh_agent import agent_signers
from holdfast_resolver.values.tuples import NamedTuple

AGENT = "agent"  # where a path can stand: the keys of the ssh-agent


class ShownKey(NamedTuple):
    """A public key and what its owner calls it ("" = nothing)."""

    public: PublicKey
    comment: str


def generate(path: str, form: str, passphrase: bytes = b"", comment: str = "") -> ShownKey:
    """Make a key: its private half at `path`, its public line at `PATH.pub`.

    Raises `FileProblem` when one of them is there already or cannot be written, `KeyRefused` for the comment.
    """
    signer = FileSigner.generate()
    write_key(path, signer, form=form, passphrase=passphrase, comment=comment)
    return ShownKey(signer.public, comment)


def keys_at(place: str, environment: Mapping[str, str], passphrase: Passphrase) -> tuple[ShownKey, ...]:
    """Return the key of a public or private key's file, or with `agent` all Ed25519 keys of the ssh-agent.

    Raises `KeyUnreadable`, `KeyRefused`.
    """
    if place == AGENT:
        return tuple([ShownKey(signer.public, signer.comment) for signer in agent_signers(environment)])
    return (ShownKey(*load_public(place, passphrase)),)
