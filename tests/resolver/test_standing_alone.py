"""The resolver is a library of its own: it works where `holdfast` does not exist."""

import subprocess
import sys
from pathlib import Path

RESOLVER = Path(__file__).parents[2] / "resolver"

_IMPORT_ALL = """
import importlib, importlib.abc, pkgutil, sys

class Nowhere(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "holdfast" or name.startswith("holdfast."):
            raise ImportError("the resolver asks for " + name)

sys.meta_path.insert(0, Nowhere())
sys.path.insert(0, sys.argv[1])
import holdfast_resolver
names = [found.name for found in pkgutil.walk_packages(holdfast_resolver.__path__, "holdfast_resolver.")]
for name in names:
    importlib.import_module(name)
print(len(names), holdfast_resolver.__path__[0])
"""


def test_every_module_of_the_resolver_imports_where_holdfast_is_missing() -> None:
    """With `lockfile/` off the path, every module of `holdfast_resolver` still imports."""
    done = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", _IMPORT_ALL, str(RESOLVER)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    count, _, folder = done.stdout.strip().partition(" ")
    assert int(count) > 50
    assert Path(folder) == RESOLVER / "holdfast_resolver"
