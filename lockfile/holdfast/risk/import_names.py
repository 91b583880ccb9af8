"""Which import names are the language's own, and which package an import name of npm means. Texts only.

The modules of Python's standard library are those of the running interpreter with those that other versions have, so
that the answer is the same whichever of the supported ones runs this.
"""

import sys

_OTHER_PYTHON_3 = """
_distutils_hack annotationlib asynchat asyncore binhex cgi cgitb chunk compression crypt distutils imghdr imp lib2to3
mailcap msilib nis nntplib ossaudiodev pipes smtpd sndhdr spwd string sunau telnetlib tomllib uu xdrlib
"""
# Files that run on both name these.
_PYTHON_2 = """
BaseHTTPServer ConfigParser Cookie HTMLParser Queue SimpleHTTPServer SocketServer StringIO Tkinter __builtin__ _winreg
cPickle cStringIO commands cookielib copy_reg dummy_thread dummy_threading exceptions formatter htmlentitydefs httplib
macpath md5 parser robotparser sets sha symbol test thread urllib2 urlparse xmlrpclib
"""
_NODE = """
assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events
fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream
string_decoder sys test timers tls trace_events tty url util v8 vm wasi worker_threads zlib
"""
PYTHON_OWN = frozenset([*sys.stdlib_module_names, *_OTHER_PYTHON_3.split(), *_PYTHON_2.split()])
NODE_OWN = frozenset(_NODE.split())


def python_candidates(name: str) -> tuple[str, ...]:
    """Return the names by which a package may provide a module, the longest first; () for Python's own.

    >>> python_candidates("google.cloud.storage")
    ('google.cloud.storage', 'google.cloud', 'google')
    """
    parts = name.split(".")
    if not parts[0] or parts[0] in PYTHON_OWN:
        return ()
    return tuple([".".join(parts[:count]) for count in range(len(parts), 0, -1)])


def npm_package(name: str) -> str:
    """Return the package that an import name means; "" for a file, an alias of the package's own, and Node's own.

    >>> npm_package("@babel/core/lib/index.js"), npm_package("react-dom/server"), npm_package("node:fs")
    ('@babel/core', 'react-dom', '')
    """
    if not name or name[0] in "./#~\\" or ":" in name or name.startswith("@/"):
        return ""
    parts = name.split("/")
    package = "/".join(parts[:2]) if name[0] == "@" else parts[0]
    return "" if package in NODE_OWN or (name[0] == "@" and len(parts) < 2) else package
