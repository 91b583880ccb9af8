"""What the scanner sees in one Python file: names resolved, moments, and what it does not claim."""

import sys

import pytest

from holdfast.model.scan import Evidence
from holdfast.risk.python_code import scan_python


def _evidence(source: str, moment: str = "import") -> list[Evidence]:
    scan = scan_python("x/a.py", source.encode(), moment)
    assert not scan.unread
    return list(scan.evidence)


def _found(source: str) -> set[tuple[str, int]]:
    return {(one.found, one.line) for one in _evidence(source)}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import subprocess as sp\ndef f():\n    sp.run(['a'])\n", ("subprocess.run", 3)),
        ("import io\ndef f(p):\n    return io.open(p, 'w')\n", ("builtins.open", 3)),
        ("import os\ndef f(p):\n    return os.open(p, os.O_RDWR | os.O_CREAT)\n", ("os.open", 3)),
        ("from os import system as helper\ndef f():\n    helper('a')\n", ("os.system", 3)),
        ("import os\ndef f():\n    getattr(os, 'system')('a')\n", ("os.system", 3)),
        ("import os\ndef f():\n    getattr(os, 'sys' + 'tem')('a')\n", ("os.system", 3)),
        ("def f():\n    __import__('os').system('a')\n", ("os.system", 2)),
        ("def f():\n    __import__(f'{\"o\"}s').system('a')\n", ("os.system", 2)),
        ("import importlib\ndef f():\n    importlib.import_module('os').system('a')\n", ("os.system", 3)),
        ("from importlib import import_module as m\no = m('os')\ndef f():\n    o.system('a')\n", ("os.system", 4)),
        ("import sys\ndef f():\n    sys.modules['os'].system('a')\n", ("os.system", 3)),
        ("import os\ndef f():\n    vars(os)['system']('a')\n", ("os.system", 3)),
        ("import os\ndef f():\n    os.__dict__['system']('a')\n", ("os.system", 3)),
        ("import os\ndef f():\n    globals()['os'].system('a')\n", ("os.system", 3)),
        ("def f():\n    __builtins__['eval'](x)\n", ("builtins.eval", 2)),
        ("import builtins\ndef f():\n    builtins.exec(x)\n", ("builtins.exec", 3)),
        ("e = exec\ndef f():\n    e(x)\n", ("builtins.exec", 3)),
        ("from os import *\ndef f():\n    system('a')\n", ("os.system", 3)),
        ("import posix\ndef f():\n    posix.system('a')\n", ("os.system", 3)),
        ("from six.moves.urllib.request import urlopen\ndef f():\n    urlopen(x)\n", ("urllib.request.urlopen", 3)),
        ("from x._vendor import requests\ndef f():\n    requests.get(x)\n", ("requests.get", 3)),
        ("import platform\ndef f():\n    platform.os.popen('a')\n", (".popen", 3)),
        ("import logging\ndef f():\n    logging.os.system('a')\n", ("os.system", 3)),
        ("from shutil import os as q\ndef f():\n    q.system('a')\n", ("os.system", 3)),
        ("def f(x):\n    list(map(exec, x))\n", ("builtins.exec", 2)),
        ("def f(x):\n    [eval][0](x)\n", ("builtins.eval", 2)),
        ("def f(x):\n    list(map(__import__, x))\n", ("builtins.__import__", 2)),
        ("import timeit\ndef f():\n    timeit.timeit('a()')\n", ("timeit.timeit", 3)),
        ("def f():\n    open('/proc/self/environ')\n", ("builtins.open", 2)),
        ("from .compat import pickle\ndef f():\n    pickle.loads(x)\n", ("pickle.loads", 3)),
        ("import os\nclass A:\n    def a(self): self.o = os\n    def f(self): self.o.popen(1)\n", ("os.popen", 4)),
        ("import os\ndef f(run=os.system):\n    run('a')\n", ("os.system", 3)),
        ("import os\ndef f():\n    (o := os).system('a')\n", ("os.system", 3)),
        ("import os\nf = lambda: os.system('a')\n", ("os.system", 2)),
        ("import os\nf = [os.system][0]\n", ("os.system", 2)),
        ("from os import system\n", ("os.system", 1)),
        ("import os\ndef f(a: os.system('x')): ...\n", ("os.system", 2)),
        ("import os\ndef f(x):\n    match x:\n        case 1:\n            os.system('a')\n", ("os.system", 5)),
        ("def f():\n    exec('import os\\nos.system(1)')\n", ("os.system", 2)),
        ("import os\ndef f():\n    {**{1: os.popen('a')}}\n", ("os.popen", 3)),
        ("from pathlib import Path\ndef f(p):\n    Path(p).unlink()\n", ("pathlib.Path.unlink", 3)),
        ("import socket\nclass S(socket.socket):\n    pass\n", ("socket.socket", 2)),
        ("\N{FULLWIDTH LATIN SMALL LETTER E}xec(x)\n", ("builtins.exec", 1)),
    ],
)  # fmt: skip
def test_names_are_resolved(source: str, found: tuple[str, int]) -> None:
    """A name is what imports, aliases and look-ups make of it."""
    assert found in _found(source)


@pytest.mark.parametrize(
    "source",
    [
        "# os.system('a')\n'''os.system('a')'''\nx = 'import os; os.system(1)'\n",
        "import os\nprint(os.path.join('a', 'b'), os.getcwd())\n",
        "class os:\n    system = print\nos.system('a')\n",
        "from . import requests\nrequests.get(x)\n",
        "from .socket import socket\nsocket()\n",
        "import requests\ndef f(requests):\n    return requests.get('a')\n",
        "import socket\ndef f(x):\n    return [socket.close() for socket in x]\n",
        "def open(p, mode): ...\nopen('a', 'w')\n",
        "import re\nre.compile('a')\n",
        "import io, os\nio.open('a')\nos.open('a', os.O_RDONLY)\n",
        "import timeit\ntimeit.timeit(f)\n",
        "import asyncio.subprocess\nx = asyncio.subprocess.PIPE\n",
        "self.system()\nhost.popen('a')\nlist(map(__import__.__name__, x))\n",
        "model.eval()\nself.run()\ndf.eval('a')\nconn.execute('a')\n",
        "import subprocess\ntry: pass\nexcept subprocess.CalledProcessError: pass\n",
        "import subprocess\ndef f(p: subprocess.Popen) -> 'subprocess.Popen': return isinstance(p, subprocess.Popen)\n",
        "open('a')\nopen('a', 'rb')\nopen('a', encoding='w')\n",
        "import os\ne = os.environ\ne.get('HOME')\ne['HOME']\ne['X'] = 'y'\n'A' in e\ne.setdefault('a', 'b')\n",
        "import yaml\nyaml.load(x, Loader=yaml.CSafeLoader)\nyaml.safe_load(x)\n",
        "import pickle, json\njson.loads(x)\npickle.dumps(x)\n",
        "import os\nos.getenv('HOME'), os.environ['PATH']\n",
        "import ctypes\nx = ctypes.c_int(1)\n",
    ],
)
def test_what_is_no_capability_is_not_claimed(source: str) -> None:
    """Words in comments and texts, names that something else binds, and harmless uses give nothing."""
    assert _evidence(source) == []


@pytest.mark.parametrize(
    ("source", "moment"),
    [
        ("import os\nos.system('a')\n", "import"),
        ("import os\nclass A:\n    x = os.system('a')\n", "import"),
        ("import os\n@os.system('a')\ndef f(): ...\n", "import"),
        ("import os\ndef f(x=os.system('a')): ...\n", "import"),
        ("import os\nx = [os.system(y) for y in z]\n", "import"),
        ("import os\nif z:\n    try:\n        os.system('a')\n    finally: pass\n", "import"),
        ("import os\ndef f():\n    os.system('a')\nf()\n", "import"),
        ("import os\ndef g():\n    f()\ndef f():\n    os.system('a')\ng()\n", "import"),
        ("import os\nclass A:\n    def __init__(self): self.f()\n    def f(self): os.system('a')\nA()\n", "import"),
        ("import os\nclass A:\n    def f(self): os.system('a')\nA().f()\n", "import"),
        ("import os\ndef f(g):\n    os.system('a')\n@f\ndef h(): ...\n", "import"),
        ("import os, threading\ndef f():\n    os.system('a')\nthreading.Thread(target=f).start()\n", "import"),
        ("import os, threading\nthreading.Thread(target=os.system).start()\n", "import"),
        ("import os\nexec('os.system(1)')\n", "import"),
        ("import os\ndef f():\n    os.system('a')\n", "call"),
        ("import os\nf = lambda: os.system('a')\n", "call"),
        ("import os\nrun = os.system\n", "call"),
        ("import os\nif __name__ == '__main__':\n    os.system('a')\n", "call"),
        ("import os\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    os.system('a')\n", "call"),
        ("import os\nfrom x import TYPE_CHECKING\nif TYPE_CHECKING:\n    os.system('a')\n", "import"),
        ("import os\ndef f():\n    os.system('a')\ndef g(f):\n    f()\ng(1)\n", "call"),
        ("import os\ndef f():\n    os.system('a')\nif __name__ == '__main__':\n    f()\n", "call"),
    ],
)
def test_the_moment_is_the_earliest_that_is_known(source: str, moment: str) -> None:
    """Top level, class bodies, decorators, defaults and what these call run at import; the rest when it is called."""
    assert {one.moment for one in _evidence(source) if one.found == "os.system"} == {moment}


def test_all_of_a_build_file_runs_when_it_is_installed() -> None:
    """In a build file functions and main blocks have the moment "install" as well."""
    source = "import os\ndef f():\n    os.system('a')\nif __name__ == '__main__':\n    os.remove('b')\n"
    assert {one.moment for one in _evidence(source, "install")} == {"install"}


def test_imports_have_the_moment_at_which_they_run() -> None:
    """What is tried and may be missing counts as imported by a call; what only type checkers read is no import."""
    source = (
        "import a.b as c\nfrom d.e import f\nfrom google.cloud import storage\nfrom . import own\n"
        "try:\n    import g\nexcept ImportError:\n    g = None\n"
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import h\nelse:\n    import i\n"
        "def j():\n    import k\n__import__('l')\n"
    )
    found = {(one.name, one.moment) for one in scan_python("x.py", source.encode()).imports}
    assert found == {
        *[(name, "import") for name in ("a.b", "d.e", "google.cloud.storage", "typing", "i", "l")],
        ("g", "call"),
        ("k", "call"),
    }


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nif sys.version_info < (3, 11):\n    import a\n",
        "import sys\nif sys.version_info >= (3, 11):\n    from typing import x\nelse:\n    from a import x\n",
        "if FLAG:\n    pass\nelif OTHER:\n    import a\n",
        "try:\n    import json\nexcept ImportError:\n    pass\nelse:\n    import a\n",
        "try:\n    import json\nexcept AttributeError:\n    import a\n",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import a\n",
        "import sys\nmatch sys.platform:\n    case 'win32':\n        import a\n",
    ],
)
def test_what_is_imported_on_a_condition_is_not_imported_by_all(source: str) -> None:
    """A branch that some never take says nothing of what a package needs."""
    assert [one.moment for one in scan_python("x.py", source.encode()).imports if one.name == "a"] == ["call"]


def test_other_contexts_and_finally_import_what_stands_in_them() -> None:
    """Neither a lock, nor a warning that is kept quiet, nor the end of a `try` is a condition."""
    source = (
        "import contextlib, warnings\nwith warnings.catch_warnings():\n    import a\n"
        "with contextlib.suppress(KeyError):\n    import b\ntry:\n    import c\nexcept OSError:\n    pass\n"
        "finally:\n    import d\n"
    )
    moments = {one.name: one.moment for one in scan_python("x.py", source.encode()).imports}
    assert {moments[name] for name in "abcd"} == {"import"}


def test_of_one_place_the_strongest_rule_of_a_capability_fires() -> None:
    """A process at import is one finding, not two."""
    assert [one.rule for one in _evidence("import subprocess\nsubprocess.run(['a'])\n")] == ["python-subprocess-early"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"x = 1\nprint 'a'\n", "Python 2 source (line 2)"),
        (b"try:\n    pass\nexcept A, e:\n    pass\n", "Python 2 source (line 3)"),
        (b"x = 1\n\0", "NUL bytes (line 2)"),
        (b"x = '\xff'\n", "text that is not of its encoding (line 1)"),
        (b"# coding: unicode_escape\nx = 1\n", "a source encoding that is not read (line 1 or 2)"),
        (b"def f(:\n", f"not valid Python {sys.version_info[0]}.{sys.version_info[1]} (line 1)"),
        (b"if x:\n\ty\n        z\n", "indentation that Python 3 refuses (line 3)"),
        (b"(" * 300 + b")" * 300, "nested too deep for the parser (line 1)"),
        (b"-" * 100_000 + b"1", "nested too deep for the parser"),
        (b"a" + b".b" * 100_000, "nested too deep for the parser"),
        (b"#" * (3 * 1024 * 1024 + 1), "3145729 bytes of source, more than 3145728"),
    ],
    ids=range(11),
)
def test_what_cannot_be_read_is_listed_with_its_reason(data: bytes, reason: str) -> None:
    """No file is passed over in silence, and no reason repeats what the file says."""
    scan = scan_python("x.py", data)
    assert [(one.path, one.reason) for one in scan.unread] == [("x.py", reason)]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this grammar reads it")
@pytest.mark.parametrize(
    "source", ["type A = int\n", "type A[T] = list[T]\n", "def f[T](x: T): ...\n", "class A[T]:\n    pass\n"]
)
def test_what_a_newer_grammar_reads_is_told_with_its_release(source: str) -> None:
    """The reader learns which Python to run the audit by."""
    reasons = [one.reason for one in scan_python("x.py", b"x = 1\n" + source.encode()).unread]
    assert reasons == ["needs Python 3.12 to be read (line 2)"]


def test_latin_1_is_read() -> None:
    """An encoding that the file declares is followed."""
    scan = scan_python("x.py", b"# -*- coding: latin-1 -*-\nimport os\nx = '\xe9'\nos.system(x)\n")
    assert not scan.unread
    assert scan.evidence


def test_the_evidence_of_one_file_is_bounded() -> None:
    """What is beyond the bound is counted."""
    scan = scan_python("x.py", b"import os\n" + b"os.system('a')\n" * 2500)
    assert (len(scan.evidence), scan.omitted) == (2000, 500)


@pytest.mark.parametrize(
    "assignment",
    [
        "text = base64.b64decode(data)",
        "text = (lambda: base64.b64decode(data))()",
        "text = (decode := base64.b64decode)(data)",
        "text = [base64.b64decode(one) for one in data]",
        "text = {**{'a': base64.b64decode(data)}}",
        "first = base64.b64decode(data)\ntext = first + first",
        "first = base64.b64decode(data)\nsecond = (other(first),)\ntext = second[0]",
        "exec('first = 1')\nfirst = base64.b64decode(data)\ntext = f'{first}'",
        "text = getattr(base64, 'b64' + 'decode')(data)",
        "text = base64.b64decode(data) if eval('data = data') else data",
        "text = run(eval('x = base64.b64decode(data)'), base64.b64decode(data))",
    ],
)
def test_what_a_value_is_made_of_is_followed_into_its_names(assignment: str) -> None:
    """However the decoded text comes into the name that is run."""
    source = f"import base64\n{assignment}\nexec(text)\n"
    assert "python-decoded-code" in {one.rule for one in _evidence(source)}, source
