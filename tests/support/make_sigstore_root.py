"""Re-makes the shipped root of trust from the installed sigstore distribution, and prints the digest to pin.

    python -m tests.support.make_sigstore_root            # writes lockfile/holdfast/trust/data/sigstore.json

Nothing is downloaded and no user's cache is read: the root is the one that the distribution carries within itself,
which its own release vouches for. Whoever runs this reviews the difference and puts the digest into `trust_root.py`.
"""

import hashlib
import sys
from importlib.resources import files
from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "lockfile/holdfast/trust/data/sigstore.json"
_INSTANCE = "https%3A%2F%2Ftuf-repo-cdn.sigstore.dev"


def embedded_root(instance: str = _INSTANCE) -> bytes:
    """Return the `trusted_root.json` that the installed sigstore distribution carries for an instance."""
    return files("sigstore").joinpath("_store", instance, "trusted_root.json").read_bytes()


def main() -> None:
    """Write the file and print its digest."""
    data = embedded_root()
    SHIPPED.parent.mkdir(exist_ok=True)
    SHIPPED.write_bytes(data)
    sys.stdout.write(f"sha256:{hashlib.sha256(data).hexdigest()}\n")


if __name__ == "__main__":
    main()
