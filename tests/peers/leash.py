"""Run another project's console script, and end with the process that started it.

    python leash.py /path/to/console-script ARGUMENT...

Standard input is the leash: nothing is ever written to it, and when its other end is closed, by whoever holds it or by
the system after that process was killed, this one ends at once. So no server outlives the tests.
"""

import os
import runpy
import sys
import threading


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    del sys.argv[0]
    runpy.run_path(sys.argv[0], run_name="__main__")
