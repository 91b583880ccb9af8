"""`lock` as its own process, which ends itself before the n-th effect on the disk: `python driver.py N [LIMIT]`.

Effects are what the interpreter announces (opening a file to write, renaming, removing, making a folder) and the steps
of `holdfast.files`. N = 0 never ends it; then the number of effects is printed last on stderr. With LIMIT, no file may
grow beyond so many bytes, which is how a full disk looks to a program.
"""

import os
import signal
import sys
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_EVENTS = frozenset(("os.rename", "os.remove", "os.mkdir", "os.truncate", "os.rmdir", "os.chmod"))

fatal = int(sys.argv[1])
effects = 0


def effect() -> None:
    """Count one effect, and end here if it is the one."""
    global effects
    effects += 1
    if effects == fatal:
        os.kill(os.getpid(), signal.SIGKILL)


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook (PEP 578)."""
    if event in _EVENTS:
        effect()
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING:
        path = str(arguments[0])
        if path != os.devnull and "__pycache__" not in path:
            effect()


def main() -> int:
    """Run `holdfast lock` in the folder that the process was started in."""
    from holdfast import files
    from holdfast.cli.main import main as run

    if len(sys.argv) > 2:
        import resource

        limit = int(sys.argv[2])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    files.step = lambda name: effect()
    sys.addaudithook(watch)
    code = run(["lock"], os.environ, sys.stdout, sys.stderr)
    sys.stdout.flush()
    sys.stderr.write(f"{effects}\n")
    return code


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)
