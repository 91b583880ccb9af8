"""The keys of a registry, asked for while packuments are on their way: on a cold run nobody waits for them at the end.

One thread, which ends with the process. Knows nothing of what the keys are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from holdfast_resolver.errors import RegistryError


class KeysAhead:
    """Asks at once; `answer` waits for it."""

    def __init__(self, fetch: Callable[[], bytes | None]) -> None:
        self._fetch = fetch
        self._body: bytes | None = None
        self._error: RegistryError | None = None
        self._is_answered = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def answer(self) -> bytes | None:
        """Return what `fetch` returns. Raises the `RegistryError` that it raised; where it broke, it is run again."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._body if self._is_answered else self._fetch()

    def _run(self) -> None:
        try:
            self._body = self._fetch()
        except RegistryError as error:
            self._error = error
        self._is_answered = True
