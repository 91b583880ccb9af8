"""npm's own command line, as a user runs it, in a project of a test: without it, its tests fail.

Nothing of the machine's settings counts but those that the environment of the project gives; the cache is empty at
first.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path


def npm(folder: Path, environment: Mapping[str, str], *words: str) -> str:
    """Run npm in a folder; it has to work. Returns its standard output.

    The cache lies beside the folder, and scripts of packages run: they are the test's own.
    """
    program = shutil.which("npm")
    assert program, "npm is not installed: what it makes of a package-lock.json is what these tests ask"
    settings = {
        "npm_config_cache": str(folder.parent / "npm-cache"),
        "npm_config_update_notifier": "false",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_fetch_retries": "0",
        # a machine may leave the URLs out; then npm itself takes no dist-tag as met
        "npm_config_omit_lockfile_registry_resolved": "false",
    }
    own = {key: value for key, value in os.environ.items() if not key.lower().startswith("npm_config_")}
    done = subprocess.run(
        [program, *words],
        cwd=folder,
        env={**own, **settings, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"npm {' '.join(words)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout
