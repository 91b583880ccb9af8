"""A service of advisories on loopback for the bench: `python -m bench.audit_service LOCK`; its port is its first line.

Every tenth package of the lock has a record that affects all its releases; all answers are at hand before anybody asks,
so the service itself costs both sides little. A process of its own, as `folder_server.py` is.
"""

import sys
import time
from pathlib import Path
from typing import Any

from bench.audit_rows import versions_of
from tests.support.loopback import running
from tests.support.osv_records import affecting, python
from tests.support.osv_server import OsvService

EVERY = 10  # packages, of which one is affected


class Service(OsvService):
    """Answers by name alone: each record affects every release of its one package."""

    def __init__(self, names: list[str]) -> None:
        records = [
            affecting(f"BENCH-{place}", python(name), "ECOSYSTEM", "introduced 0") for place, name in enumerate(names)
        ]
        super().__init__(*records)
        self._of = {name: [record] for name, record in zip(names, records, strict=True)}

    def about(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """The records that affect a release."""
        return self._of.get(query["package"]["name"], [])


def main() -> None:
    """The command line."""
    service = Service([name for name, _ in versions_of(Path(sys.argv[1]))][::EVERY])
    with running(service):
        print(service.server_address[1], flush=True)
        while True:  # until killed
            time.sleep(3600)


if __name__ == "__main__":
    main()
