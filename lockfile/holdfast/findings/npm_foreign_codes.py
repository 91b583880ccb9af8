"""The finding codes of other tools' locks that only npm packages have: rows of the table in `codes.py`."""

from holdfast.findings.code import Code

NPM_FOREIGN_CODES: dict[str, Code] = {
    "foreign-location": Code(
        "error",
        "An entry of a package-lock.json or pnpm-lock.yaml has its tarball from a place that is not the package's: the "
        "URL names another package or version, or a host that its source does not have. The URL decides what npm "
        "installs, the name in front of it does not. An alarm where no hash of ours holds the bytes.",
        "Find out who wrote that line before you install anything. `holdfast export package-lock` writes the file anew "
        "from the lock. Where a registry itself gives that URL, run `holdfast lock` on this machine first: what the "
        "packuments in the cache say is right.",
        "error[foreign-location]: lodash 4.17.21\n"
        "  expected: a tarball from https://registry.example (holdfast.lock)\n"
        "  found: https://evil.example/lodash/-/lodash-4.17.21.tgz (package-lock.json)\n"
        "  entry: node_modules/lodash\n"
        "  at: package-lock.json:12\n"
        "  next: holdfast export package-lock --output package-lock.json",
    ),
    "hash-fetched": Code(
        "note",
        "Entries of the package-lock.json or pnpm-lock.yaml that a lock was begun from have no hash that may pin (only "
        "sha1, or none): the registry's hash was taken, and no word of the file holds it.",
        "Nothing, if you trust the registry today as you did when the file was made; `holdfast verify` downloads the "
        "tarballs and holds them to the hashes. From now on the lock holds them.",
        "note[hash-fetched]: package-lock.json\n"
        "  expected: an integrity that may pin, in every entry (package-lock.json)\n"
        "  found: none for 2: abbrev 1.0.9, wrappy 1.0.1\n"
        "  at: package-lock.json\n"
        "  next: holdfast verify",
    ),
}
