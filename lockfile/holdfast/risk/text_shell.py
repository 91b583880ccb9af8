"""Shell: what its commands do, in scripts, in scripts of packages, in fences of Markdown.

Comments are no commands. A command counts where one can stand: at the start of a line or after `;`, `&`, `|`, `(`, "`",
`sudo`, `then`, `do`, `exec`.

Knows words of shells; never what a program would do with its arguments.
"""

import re
from collections.abc import Iterator

Found = tuple[str, int, str]

_LONGEST_LINE = 200_000
# The folders before a program's name. Bounded, and never tried shorter: no line takes longer than its length says.
_FOLDERS = rb"(?:/(?:[^\s/]{0,100}+/){0,40}+)?"
_START = (
    rb"(?:^|[;&|(`{!]|\$\(|\b(?:sudo|then|do|else|exec|time|nohup|xargs|command)\s)"
    rb"\s*+(?:[A-Za-z_]\w*+=\S*+\s++)*+" + _FOLDERS
)
_SHELL = rb"(?:sudo\s+(?:-\w+\s+)*)?" + _FOLDERS + rb"(?:env\s+)?(?:ba|z|da|k|a|fi)?sh\b"
_RUNNER = (
    rb"(?:"
    + _SHELL
    + rb"|(?:sudo\s+)?(?:python[\d.]*|node|perl|ruby|php|pwsh|powershell)\b(?!\s+-[mc])(?!\s+\S+\.(?:py|js)))"
)
_FETCH = rb"(?:curl|wget|fetch|Invoke-WebRequest|iwr|irm|Invoke-RestMethod)\b"
_DECODE = (
    rb"(?:base64\s+(?:-[dD]|--decode)\w*|base32\s+-d|xxd\s+-r\b|openssl\s+(?:enc\s+)?(?:-d\s+-?base64|base64\s+-d))"
)

# name of the check: what a line must hold
_CHECKS = {
    "fetched": re.compile(
        _FETCH + rb"[^\n;]{0,400}?\|\s*(?:tee\s+\S+\s*\|\s*)?" + _RUNNER + rb"(?!\s*-\w*[ce]\b)"
        rb"|(?:"
        + _SHELL
        + rb"|source|\.|eval)\s+(?:-\w+\s+)*[\"']?(?:<\(|\$\(|`)\s*"
        + _FETCH
        + rb"|(?i:iex|Invoke-Expression)\s*[\"(&{ ]+[^\n]{0,200}(?:DownloadString|(?i:iwr|irm|Invoke-WebRequest))"
        rb"|(?i:iwr|irm|Invoke-WebRequest)\b[^\n]{0,400}\|\s*(?i:iex|Invoke-Expression)\b"
    ),
    "decoded": re.compile(
        _DECODE
        + rb"[^\n;]{0,400}?\|\s*(?:(?:gunzip|gzip\s+-d|zcat|xz\s+-d)[^\n|;]{0,100}\|\s*)?"
        + _RUNNER
        + rb"|(?:"
        + _SHELL
        + rb"\s+-c|eval|source|\.)\s+[\"']?(?:<\(|\$\(|`)[^\n]{0,400}?"
        + _DECODE
        + rb"|(?i:powershell|pwsh)[^\n]{0,200}\s-(?i:e|ec|enc|encodedcommand)\s+[A-Za-z0-9+/=]{20,}"
    ),
    "remote": re.compile(
        rb"/dev/(?:tcp|udp)/[\w.$-]+/[\w$]+|\b(?:ba|z)?sh\s+-i\s*[>&<]|"
        + _START
        + rb"(?:nc|ncat|netcat)\s[^\n|]{0,200}-\w*[ec]\s*/\S{0,200}sh\b"
        rb"|\bmkfifo\b[^\n]{0,400}\|\s*(?:nc|ncat|telnet)\b"
    ),
    "download": re.compile(_START + rb"(?:curl|wget|scp|rsync|sftp|nc|ncat|ssh)\s+\S"),
    "installs": re.compile(
        _START
        + rb"(?:(?:python[\d.]*\s+-m\s+)?pip[\d.]*\s+install|uv\s+(?:pip\s+install|tool\s+(?:run|install)|run\s+--with)"
        + rb"|uvx|pipx\s+(?:run|install)"
        rb"|npx|bunx|pnpx|(?:pnpm|yarn)\s+(?:dlx|add)|npm\s+(?:i|install|add|exec|x)|(?:pnpm|yarn|bun)\s+(?:i|install)|gem\s+install|cargo\s+install"
        rb"|go\s+(?:install|run)\s+\S+@|brew\s+install|apt(?:-get)?\s+(?:-\S+\s+)*install|apk\s+add|(?:dnf|yum)\s+(?:-\S+\s+)*install)(?=\s|$)"
    ),
    "writes": re.compile(
        _START + rb"(?:rm|mv|cp|mkdir|rmdir|chmod|chown|ln|tee|dd|install|truncate|touch|sed\s+-\w*i)\s+\S"
        rb"|(?<![<>&=-])>>?\s*(?!&|/dev/(?:null|std|tty)|\()[\"']?[\w./~$]"
    ),
    "evaluates": re.compile(_START + rb"eval\s+\S"),
    "credentials": re.compile(
        rb"(?:^|[\s\"'=/~])\.(?:aws/credentials|ssh/(?:id_\w+|authorized_keys)|netrc|npmrc|pypirc|git-credentials|kube/config"
        rb"|docker/config\.json)\b|\bgh\s+auth\s+token\b|\bsecurity\s+find-(?:generic|internet)-password\b"
    ),
    "environment": re.compile(_START + rb"(?:printenv|env|export\s+-p)\s*(?:$|[|>;)`]|\"\))"),
}
_COMMENT = re.compile(rb"(?:^|(?<=\s))#")
_CONTINUED = re.compile(rb"\\\r?\n")
_ESSENTIAL = ("fetched", "decoded", "remote")


def commands(data: bytes, start: int = 0) -> Iterator[Found]:
    """Yield what the lines of a script do; places count from `start`."""
    place, is_any = start, False
    for line in _CONTINUED.sub(lambda one: b" " * len(one.group()), data).split(b"\n"):
        code = _without_comment(line[:_LONGEST_LINE])
        if code.strip():
            if not is_any:
                is_any = True
                yield "shell script", place, code.strip()[:60].decode("utf-8", "replace")
            for name, pattern in _CHECKS.items():
                match = pattern.search(code)
                if match is not None:
                    yield f"shell {name}", place + match.start(), _shown(match.group())
        place += len(line) + 1


def worst_of(line: str) -> Iterator[tuple[str, str]]:
    """Yield (check, what was found) for what no command of a package's own scripts should do."""
    for name in _ESSENTIAL:
        match = _CHECKS[name].search(line[:_LONGEST_LINE].encode("utf-8", "replace"))
        if match is not None:
            yield f"shell {name}", _shown(match.group())


def _without_comment(line: bytes) -> bytes:
    found = _COMMENT.search(line)
    if found is None or b'"' in line[: found.start()] or b"'" in line[: found.start()]:
        return line.rstrip()  # the sign may stand in a text
    return line[: found.start()].rstrip()


def _shown(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())[:80]
