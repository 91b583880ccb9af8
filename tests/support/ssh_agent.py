"""A real ssh-agent with somebody's Ed25519 key from an OpenSSH file; its socket has a path that is short enough."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.approving import key_file

IS_HERE = all(map(shutil.which, ("ssh-agent", "ssh-add", "ssh-keygen")))


@contextmanager
def ssh_agent(word: str, comment: str) -> Iterator[dict[str, str]]:
    """Run an agent that holds the key of a word; gives what the environment of its users needs."""
    with tempfile.TemporaryDirectory(prefix="hf") as folder:
        settings = {"PATH": os.environ["PATH"], "SSH_AUTH_SOCK": f"{folder}/agent", "HOME": folder}
        process = subprocess.Popen(
            ["ssh-agent", "-D", "-a", settings["SSH_AUTH_SOCK"]], env=settings, stdout=subprocess.DEVNULL
        )
        try:
            for _ in range(200):
                if os.path.exists(settings["SSH_AUTH_SOCK"]):
                    break
                time.sleep(0.02)
            key = key_file(Path(folder), word)
            for command in (["ssh-keygen", "-q", "-c", "-P", "", "-C", comment, "-f"], ["ssh-add", "-q"]):
                subprocess.run([*command, str(key)], env=settings, check=True, timeout=20, capture_output=True)
            key.unlink()
            yield {"SSH_AUTH_SOCK": settings["SSH_AUTH_SOCK"]}
        finally:
            process.terminate()
            process.wait(10)
