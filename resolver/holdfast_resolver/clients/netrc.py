"""The netrc format, as ftp(1), curl and the standard library read it.

    machine packages.example login reader password s3cret
    default login anonymous password guest

Reads text, gives credentials by host. Knows no file: the standard library's reader wants to open one itself.
"""

from __future__ import annotations

from holdfast_resolver.clients.credentials import Credentials
from holdfast_resolver.errors import ClientSettingsError

TYPE_CHECKING = False
if TYPE_CHECKING:  # start-up: `typing` and `collections` cost 8 ms
    from collections.abc import Iterator


def parse_netrc(text: str) -> dict[str, Credentials]:
    """Credentials by lower-case host; the `default` entry under "". The first entry of a host wins.

    Raises `ClientSettingsError` with the line where a keyword is unknown or lacks its value.
    """
    hosts: dict[str, Credentials] = {}
    words = _words(text)
    host: str | None = None
    user = password = ""

    def keep() -> None:
        if host is not None and (user or password):
            hosts.setdefault(host, Credentials(user, password))

    for line, word in words:
        if word in ("machine", "default"):
            keep()
            host = "" if word == "default" else _value(words, word, line).lower()
            user = password = ""
        elif word in ("login", "user", "account", "password") and host is not None:
            value = _value(words, word, line)
            if word in ("login", "user"):
                user = value
            elif word == "password":
                password = value
        else:
            # The word is not shown: it may be half of a password with a blank.
            raise ClientSettingsError(
                f"netrc, line {line}", "machine, default, login, account, password or macdef", "another word"
            )
    keep()
    return hosts


_WITH_VALUE = ("machine", "login", "user", "account", "password")


def _value(words: Iterator[tuple[int, str]], keyword: str, line: int) -> str:
    try:
        return next(words)[1]
    except StopIteration:
        raise ClientSettingsError(f"netrc, line {line}", f"a value after {keyword}", "the end") from None


def _words(text: str) -> Iterator[tuple[int, str]]:
    """The words with their 1-based lines: comments and macros left out, quotes and backslashes undone."""
    in_macro = False
    for number, line in enumerate(text.splitlines(), 1):
        if in_macro:  # a macro ends at the first empty line
            in_macro = bool(line.strip())
            continue
        for word in _words_of_line(line):
            if word == "macdef":
                in_macro = True
                break
            yield number, word


def _words_of_line(line: str) -> Iterator[str]:
    at, end, word = 0, len(line), ""
    while at < end:
        if line[at].isspace():
            at += 1
            continue
        if line[at] == "#" and word not in _WITH_VALUE:  # `password #1` is no comment
            return
        quoted = line[at] == '"'
        at += quoted
        word = ""
        while at < end and not (line[at] == '"' if quoted else line[at].isspace()):
            if line[at] == "\\" and at + 1 < end:
                at += 1
            word += line[at]
            at += 1
        at += quoted
        yield word
