"""Module names as JavaScript writes them: which package is meant, which are Node's own.

    "@scope/name/deep/file.js" -> "@scope/name"        "./x", "#x", "node:fs" -> ""

Source: Node's documentation, "Modules: Packages" and `module.builtinModules`.
"""

import re

_NAME = re.compile(r"@[a-zA-Z0-9._~-]+/[a-zA-Z0-9._~-]+|[a-zA-Z0-9_~][a-zA-Z0-9._~-]*")  # old names have capitals
BUILTINS = frozenset(
    [
        "assert",
        "async_hooks",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "diagnostics_channel",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "inspector",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "repl",
        "stream",
        "string_decoder",
        "sys",
        "timers",
        "tls",
        "trace_events",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "wasi",
        "worker_threads",
        "zlib",
    ]
)


def builtin_of(specifier: str) -> str:
    """Return the path of what a name of Node's own means, "" for any other: "node:fs/promises" -> "fs.promises"."""
    name = specifier.removeprefix("node:")
    first, _, rest = name.partition("/")
    if (first not in BUILTINS and not specifier.startswith("node:")) or name.endswith("/"):
        return ""  # "punycode/" is the package of that name
    return f"{first}.{rest.replace('/', '.')}" if rest else first


def package_of(specifier: str) -> str:
    """Return the name of the package that a name of a module means, "" where it means none.

    >>> package_of("react-dom/server"), package_of("@babel/core/lib/x.js"), package_of("../x"), package_of("node:fs")
    ('react-dom', '@babel/core', '', '')
    """
    if builtin_of(specifier):
        return ""
    bare = specifier.removeprefix("npm:").partition("?")[0].rpartition("!")[2]  # "raw-loader!pkg/file?query"
    found = _NAME.match(bare)
    if found is None or bare[found.end() : found.end() + 1] not in ("", "/", "@"):
        return ""
    return found.group()
