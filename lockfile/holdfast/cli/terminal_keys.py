"""One key at a time, and lines, from whoever sits at the terminal.

What was typed before a question was shown is thrown away, so that nobody approves what they have not seen. The only
file that changes how the terminal reads; it is put back however a question ends.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_INTERRUPT, _END = "\x03", "\x04"


def at_a_terminal() -> bool:
    """Whether somebody reads what is written, and can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def read_key(ask: Callable[[], None]) -> str:
    """Ask, wait for a key and return its character in lower case: "a", " ", "\\n"; "" for one that has none.

    An arrow, which sends several characters, is "". The end of the input is "q". Raises `KeyboardInterrupt`.
    """
    if sys.platform == "win32":
        return _windows_key(ask)
    descriptor = sys.stdin.fileno()
    with _one_at_a_time(descriptor):
        ask()
        data = os.read(descriptor, 64)
    text = data.decode("utf-8", "replace")
    if not text or text[0] == _END:
        return "q"
    if text[0] == _INTERRUPT:
        raise KeyboardInterrupt
    return text.lower().replace("\r", "\n") if len(text) == 1 else ""


def read_answer(ask: Callable[[], None]) -> str:
    """Ask and return the line that is typed, without the blanks around it. Raises `KeyboardInterrupt` at the end."""
    if sys.platform != "win32":
        import termios

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
    ask()
    data = sys.stdin.readline()
    if not data:
        raise KeyboardInterrupt
    return data.strip()


@contextmanager
def _one_at_a_time(descriptor: int) -> Iterator[None]:
    """Inside the block a key arrives at once and is not shown. Ctrl-C interrupts as ever."""
    import termios

    before = termios.tcgetattr(descriptor)
    now = termios.tcgetattr(descriptor)
    now[3] &= ~(termios.ICANON | termios.ECHO)
    now[6][termios.VMIN], now[6][termios.VTIME] = 1, 0
    termios.tcsetattr(descriptor, termios.TCSAFLUSH, now)  # FLUSH: what was typed ahead is gone
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _windows_key(ask: Callable[[], None]) -> str:
    if sys.platform != "win32":
        raise AssertionError("only asked on Windows")
    import msvcrt

    while msvcrt.kbhit():
        msvcrt.getwch()
    ask()
    text = msvcrt.getwch()
    if text == _INTERRUPT:
        raise KeyboardInterrupt
    if text in "\0\xe0":
        msvcrt.getwch()
        return ""
    return text.lower().replace("\r", "\n")
