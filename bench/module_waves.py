"""How often a command asks its module registries, and in how many round trips: `RegistryView` tells.

Runs holdfast's command line in this process and prints {"requests": 350, "waves": 21, "code": 0} as its last line.

    python -m bench.module_waves lock -q
"""

import json
import os
import sys
from typing import Any

from holdfast.cli.main import main
from holdfast.trust.registry_client import RegistryView


def count(words: list[str]) -> dict[str, int]:
    """Run a command and count."""
    views: list[RegistryView] = []
    real = RegistryView.open

    def noted(*arguments: Any, **named: Any) -> RegistryView:
        views.append(real(*arguments, **named))
        return views[-1]

    RegistryView.open = noted  # type: ignore[method-assign] # the command makes its own registries
    try:
        code = main(words, dict(os.environ), sys.stdout, sys.stderr)
    finally:
        RegistryView.open = real  # type: ignore[method-assign]
    return {
        "requests": sum(view.requests for view in views),
        "waves": sum(view.waves for view in views),
        "code": code,
    }


if __name__ == "__main__":
    print(json.dumps(count(sys.argv[1:])))
