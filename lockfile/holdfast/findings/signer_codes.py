"""The finding codes of signers of Python packages and of their evidence: rows of the table in `codes.py`.

Knows words only.
"""

from holdfast.findings.code import Code

SIGNER_CODES: dict[str, Code] = {
    "evidence-refused": Code(
        "alarm",
        "An index serves evidence of who made a file, and it does not verify: it is about another file, other bytes, "
        "another purpose, or its signature, certificate or log entry does not hold.",
        "Nothing was written. Compare with another copy of the index; if that serves the same, tell the publisher, "
        "and hold an older version with a constraint meanwhile.",
        "alarm[evidence-refused]: tool-1.0-py3-none-any.whl\n"
        "  expected: evidence that verifies\n"
        "  found: digest: the statement is about other bytes\n"
        "  package: tool 1.0\n"
        "  source: pypi\n"
        "  at: holdfast.lock\n"
        "  next: holdfast explain evidence-refused",
    ),
    "trust-root-refused": Code(
        "alarm",
        "The root of trust by which evidence is judged is missing, cannot be used, or is not the pinned one. "
        "`[sigstore]` pins it in the configuration, else holdfast itself does.",
        "Restore `.holdfast/roots/sigstore.json` from version control; after a rotation of your own Sigstore instance, "
        "compare the digest of the new file with its operator's before you pin it.",
        "alarm[trust-root-refused]: .holdfast/roots/sigstore.json\n"
        "  expected: the root of trust that is pinned\n"
        "  found: there is no such file\n"
        "  next: holdfast explain trust-root-refused",
    ),
    "evidence-unavailable": Code(
        "note",
        "The evidence for pinned bytes could not be had again: the index does not answer, or no longer links to it. "
        "The signers that were verified for these bytes stay in the lock.",
        "Run `holdfast verify` again later: signers that could not be verified again end it with exit code 3.",
        "note[evidence-unavailable]: tool 1.0\n"
        "  expected: the evidence of tool-1.0-py3-none-any.whl\n"
        "  found: pypi: status 503\n"
        "  at: holdfast.lock\n"
        "  next: holdfast verify",
    ),
    "signer-changed": Code(
        "error",
        "A package was published by another identity than before, or by the same one in another way: another "
        "workflow, environment, owner, issuer, branch, trigger or runner.",
        "Ask the publisher whether the change is meant before you take it.",
        "error[signer-changed]: tool 1.1\n"
        "  expected: github:101/.github/workflows/release.yml (acme/tool; context ref=tag trigger=push "
        "runner=github-hosted; owner-id 7)\n"
        "  found: github:101/.github/workflows/release.yml (acme/tool; context ref=branch:main trigger=push "
        "runner=github-hosted; owner-id 7)\n"
        "  source: pypi\n"
        "  at: holdfast.lock\n"
        "  next: holdfast diff",
    ),
    "signer-renamed": Code(
        "error",
        "A publisher's repository, or its owner, has another name than before; its id is the same.",
        "Check that the project announces the new name, then take it.",
        "error[signer-renamed]: tool 1.1\n"
        "  expected: github:101/.github/workflows/release.yml (acme/tool; owner-id 7)\n"
        "  found: github:101/.github/workflows/release.yml (acme/tool-ng; owner-id 7)\n"
        "  source: pypi\n"
        "  at: holdfast.lock\n"
        "  next: holdfast diff",
    ),
    "signer-impersonated": Code(
        "alarm",
        "A package was published from a repository of the same name that is not the same repository, or has another "
        "owner: somebody may have taken over a name that was given up.",
        "Do not install it. Ask the publisher through a channel that does not depend on that name.",
        "alarm[signer-impersonated]: tool 1.1\n"
        "  expected: github:101/.github/workflows/release.yml (acme/tool; owner-id 7)\n"
        "  found: github:999/.github/workflows/release.yml (acme/tool; owner-id 66)\n"
        "  source: pypi\n"
        "  at: holdfast.lock\n"
        "  next: holdfast diff",
    ),
    "signer-added": Code(
        "warning",
        "One more identity signs than before, or a package that the lock has as unsigned is signed.",
        "Check who it is. `holdfast update NAME --refresh` takes the signers of a pinned release in.",
        "warning[signer-added]: tool 1.1\n"
        "  expected: unsigned\n"
        "  found: github:101/.github/workflows/release.yml (acme/tool; owner-id 7)\n"
        "  source: pypi\n"
        "  at: holdfast.lock\n"
        "  next: holdfast update tool --refresh",
    ),
    "signer-lost": Code(
        "alarm",
        "A package that was signed no longer is, or one of its files is not: whoever published it did not, or could "
        "not, prove to be the publisher of before.",
        "Do not install it before the publisher has explained it; hold the signed version with a constraint.",
        "alarm[signer-lost]: tool 1.1\n"
        "  expected: github:101/.github/workflows/release.yml (acme/tool; owner-id 7)\n"
        "  found: unsigned\n"
        "  source: pypi\n"
        "  at: holdfast.lock\n"
        "  next: holdfast diff",
    ),
}
