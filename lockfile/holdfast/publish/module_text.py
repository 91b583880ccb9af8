"""The first `module.toml` and README of a module: commented, valid, and empty of promises.

Knows text only.
"""

_MANIFEST = """\
# What this module is. `holdfast module inspect` shows how it is read.
name = "{name}"
version = "0.1.0"                    # Semantic Versioning 2.0.0
description = ""                     # one line
# license = "Apache-2.0"             # an SPDX expression

# Other modules that this one needs, by npm ranges.
[dependencies]
# "@acme/base" = "^1.2"

# What it offers to whatever loads it: a file or a folder of this module. `privileged = true` says that the export can
# raise trust; then the module must be signed by a key that each user trusts for its name.
# [[exports]]
# name = "strict"
# path = "guards/strict.md"
# kind = "guard"
# privileged = false

# What it needs to do its work; nothing that is not listed.
[permissions]
# filesystem-read = ["data/**"]
# filesystem-write = ["out/**"]
# network = ["api.acme.example"]
# programs = ["git"]
# environment = ["ACME_TOKEN"]
# agent = ["web-search"]
"""

_README = """\
# {name}

What this module is for, and how it is used.
"""


def manifest_text(name: str) -> str:
    """Return the text of a first `module.toml`."""
    return _MANIFEST.format(name=name)


def readme_text(name: str) -> str:
    """Return the text of a first README."""
    return _README.format(name=name)
