"""The finding codes of signed modules and their registries: rows of the table in `codes.py`.

Knows words only.
"""

from holdfast.findings.code import Code

MODULE_CODES: dict[str, Code] = {
    "registry-rollback": Code(
        "alarm",
        "A module registry shows an older state than was already seen, by this machine or by the state file "
        "that the project commits.",
        "Do not install anything. Ask the registry's operator whether it was restored from a backup or whether "
        "somebody replays old files; only when that is settled, remove the registry's file in "
        "`.holdfast/state/`, empty the cache (`holdfast cache clear`), and lock again.",
        "alarm[registry-rollback]: acme timestamp\n"
        "  expected: no older state than was seen\n"
        "  found: its version is 40 where version 41 was already seen\n"
        "  next: holdfast explain registry-rollback",
    ),
    "registry-stale": Code(
        "error",
        "A module registry's metadata is past its expiry: somebody may be holding back newer states, or the "
        "operator did not renew it.",
        "Ask the operator to run `holdfast registry refresh`; if their own copy is fresh, what stands between "
        "you and them serves an old one.",
        "error[registry-stale]: acme timestamp\n"
        "  expected: metadata whose time is not over\n"
        "  found: its time ended at 2026-11-01T00:00:00Z\n"
        "  next: holdfast explain registry-stale",
    ),
    "registry-tampered": Code(
        "alarm",
        "A document of a module registry is not what its signers signed.",
        "Nothing was taken from it. Compare the registry's files with the operator's own (`holdfast registry check`).",
        "alarm[registry-tampered]: acme modules/@acme/guards.json\n"
        "  expected: the document that the registry's keys signed\n"
        "  found: its length or digest is not what the signed metadata says\n"
        "  next: holdfast explain registry-tampered",
    ),
    "registry-root-refused": Code(
        "alarm",
        "The root of trust of a module registry is missing, or is not the one that the configuration pins.",
        "Restore `.holdfast/roots/NAME.json` from version control; a new root is only taken after its digest "
        "was compared with the operator's over another channel.",
        "alarm[registry-root-refused]: acme .holdfast/roots/acme.json\n"
        "  expected: the root that the configuration pins\n"
        "  found: no such file\n"
        "  next: holdfast explain registry-root-refused",
    ),
    "signature-missing": Code(
        "error",
        "A signature that a module must have is not there: its name has a publisher or a trusted key, policy asks for "
        "signatures, it is privileged, or the lock names a co-signer who no longer vouches for it.",
        "Ask its publisher for a signed release. Who took a signature off, and why, is to be asked before the module "
        "is locked again without it.",
        "error[signature-missing]: @acme/guards 2.1.0\n"
        "  expected: a signature that holds\n"
        "  found: none\n"
        "  next: holdfast explain signature-missing",
    ),
    "signature-invalid": Code(
        "alarm",
        "A signature over a release does not hold: the bytes, the signature or the key is not what it was.",
        "Do not use the release. Ask its publisher for the fingerprint of their key and the digest of the archive.",
        "alarm[signature-invalid]: @acme/guards 2.1.0\n"
        "  expected: a signature that holds\n"
        "  found: an invalid signature by "
        "ed25519:0c4f6f6b5b0c7b7ed1d36f4b4d2f7f8f9a1b2c3d4e5f60718293a4b5c6d7e8f9\n"
        "  next: holdfast explain signature-invalid",
    ),
    "signature-malformed": Code(
        "error",
        "A signature document breaks its format, or states something that this version must understand and does not.",
        "Use a newer holdfast if the document asks for one; else ask the publisher to sign again.",
        "error[signature-malformed]: @acme/guards 2.1.0\n"
        "  expected: a signed document (a DSSE envelope) in its exact form\n"
        "  found: predicate.critical[0]: expected a field that this version understands, found 'sandbox'\n"
        "  next: holdfast explain signature-malformed",
    ),
    "signature-misplaced": Code(
        "alarm",
        "A good signature was made for another purpose, and is presented as if it were for this one.",
        "Do not use the release: somebody moved a signature.",
        "alarm[signature-misplaced]: @acme/guards 2.1.0\n"
        "  expected: a signature for https://holdfast.example/module/v1\n"
        "  found: one for https://slsa.dev/verification_summary/v1\n"
        "  next: holdfast explain signature-misplaced",
    ),
    "signer-untrusted": Code(
        "error",
        "A release is signed, but by a key that may not publish this name, or that the project does not trust for it.",
        "If the key is right, its owner registers it with the registry (`holdfast registry publishers`), and "
        "the project trusts it with `holdfast trust add`.",
        "error[signer-untrusted]: @acme/guards 2.1.0\n"
        "  expected: a key that is trusted for this name\n"
        "  found: ed25519:0c4f6f6b5b0c7b7ed1d36f4b4d2f7f8f9a1b2c3d4e5f60718293a4b5c6d7e8f9\n"
        "  next: holdfast trust list",
    ),
    "signer-revoked": Code(
        "alarm",
        "A release is signed by a key that was revoked as compromised, or that was superseded before the "
        "release was published.",
        "Lock another release, signed by the publisher's new key: `holdfast update NAME`.",
        "alarm[signer-revoked]: @acme/guards 2.1.0\n"
        "  expected: a key that was not revoked\n"
        "  found: ed25519:0c4f6f6b5b0c7b7ed1d36f4b4d2f7f8f9a1b2c3d4e5f60718293a4b5c6d7e8f9 (compromise: "
        "stolen, since 2026-05-04T10:00:00Z)\n"
        "  next: holdfast update @acme/guards",
    ),
    "signer-expired": Code(
        "error",
        "A release is signed by a key outside of the time for which it is trusted.",
        "Ask the publisher to sign with a current key, or extend the trust with `holdfast trust add` after "
        "checking the key.",
        "error[signer-expired]: @acme/guards 2.1.0\n"
        "  expected: a key within its time\n"
        "  found: ed25519:0c4f6f6b5b0c7b7ed1d36f4b4d2f7f8f9a1b2c3d4e5f60718293a4b5c6d7e8f9 (until "
        "2026-01-01T00:00:00Z)\n"
        "  next: holdfast trust list",
    ),
    "release-revoked": Code(
        "alarm",
        "The very bytes of a release were revoked by its registry.",
        "Lock another release: `holdfast update NAME`.",
        "alarm[release-revoked]: @acme/guards 2.1.0\n"
        "  expected: a release that was not revoked\n"
        "  found: sha256:63c132bbbed01578a06712a2d1f497bb62d9c1c0d329b7903a866228027263b2 (compromise: "
        "planted back door, since 2026-05-04T10:00:00Z)\n"
        "  next: holdfast update @acme/guards",
    ),
    "threshold-unmet": Code(
        "error",
        "Fewer distinct keys signed a release than its publisher's threshold asks for. One key counts once, "
        "under however many names.",
        "Ask the publisher's other key holders to sign.",
        "error[threshold-unmet]: @acme/guards 2.1.0\n"
        "  expected: signatures by 2 distinct keys\n"
        "  found: by 1\n"
        "  next: holdfast explain threshold-unmet",
    ),
    "privileged-untrusted": Code(
        "alarm",
        "A module exports something that can raise trust, and no key that this project trusts for its name "
        "signed it. Such a module does not lock, whatever policy says.",
        "Check the publisher's fingerprint over another channel, then trust it: `holdfast trust add KEY --names NAME`.",
        "alarm[privileged-untrusted]: @acme/guards 2.1.0\n"
        "  expected: a signature by a key that this project trusts for the name\n"
        "  found: ed25519:0c4f6f6b5b0c7b7ed1d36f4b4d2f7f8f9a1b2c3d4e5f60718293a4b5c6d7e8f9\n"
        "  next: holdfast trust list",
    ),
    "module-tampered": Code(
        "alarm",
        "What is there is not what was signed or pinned: the archive, the tree, or what the registry says of them.",
        "Do not use the module. Fetch it again with `holdfast install`; if that fails too, the registry serves "
        "other bytes than its publisher signed.",
        "alarm[module-tampered]: @acme/guards 2.1.0\n"
        "  expected: archive sha256:63c132bbbed01578a06712a2d1f497bb62d9c1c0d329b7903a866228027263b2\n"
        "  found: sha256:0000000000000000000000000000000000000000000000000000000000000000\n"
        "  next: holdfast explain module-tampered",
    ),
    "archive-refused": Code(
        "alarm",
        "An archive is not exactly what packing writes: links, odd names, colliding paths, other headers, or "
        "too large.",
        "Nothing was unpacked. Ask the publisher how the archive was made; `holdfast module pack` writes such "
        "archives.",
        "alarm[archive-refused]: @acme/guards 2.1.0 skills/link\n"
        "  expected: an archive as `holdfast module pack` writes it\n"
        "  found: a symbolic link, not a file\n"
        "  next: holdfast explain archive-refused",
    ),
    "tree-refused": Code(
        "error",
        "A folder cannot be a module: it has links, special files, names that other systems cannot hold, or is "
        "too large.",
        "Remove or rename the entry that is named.",
        "error[tree-refused]: skills/link\n"
        "  expected: a folder of regular files with portable names\n"
        "  found: a symbolic link, not a file or a folder\n"
        "  next: holdfast explain tree-refused",
    ),
    "key-refused": Code(
        "error",
        "A public key is one that no honest tool makes: of small order, or not in canonical form.",
        "Make a key with `holdfast key generate`.",
        "error[key-refused]: public key\n"
        "  expected: an Ed25519 public key in canonical form\n"
        "  found: it is a point of small order, for which signatures can be made without a private key\n"
        "  next: holdfast key generate",
    ),
    "document-malformed": Code(
        "error",
        "A signed document is not strict JSON of its kind: duplicate keys, wrong types, too deep or too long.",
        "Nothing was taken from it. Use a newer holdfast if the document asks for one.",
        "error[document-malformed]: acme publishers.json format\n"
        "  expected: each key once\n"
        "  found: it twice\n"
        "  next: holdfast explain document-malformed",
    ),
    "module-unsigned": Code(
        "note",
        "A module is locked that nobody signed. The lock says so (`signers = []`), and policy asks for no "
        "signature of it.",
        "Ask for signatures with `require-signatures` in `[policy]`.",
        "note[module-unsigned]: @acme/prompts 1.0.0\n"
        "  expected: a publisher's signature\n"
        "  found: none, and policy asks for none",
    ),
    "privileged-unlisted": Code(
        "warning",
        "A module exports something privileged, and the project does not list it under `[policy] privileged`: "
        "it is loaded with nothing privileged.",
        'If it needs its privileges, review it and list it: `privileged = ["NAME"]` under `[policy]`.',
        "warning[privileged-unlisted]: @acme/guards 2.1.0\n"
        "  expected: its name under privileged in [policy]\n"
        "  found: not listed, so nothing privileged is loaded\n"
        "  at: holdfast.toml\n"
        "  next: holdfast explain privileged-unlisted",
    ),
    "module-not-installed": Code(
        "error",
        "A locked module is not unpacked in `modules/`, or in another version.",
        "Run `holdfast install`.",
        "error[module-not-installed]: @acme/guards 2.1.0\n"
        "  expected: modules/@acme/guards as it was locked\n"
        "  found: not unpacked\n"
        "  at: holdfast.lock\n"
        "  next: holdfast install",
    ),
    "module-modified": Code(
        "alarm",
        "An unpacked module is not what was locked: a file was changed, added or removed, or its mode changed.",
        "Run `holdfast install` to unpack it anew, and find out who changed it.",
        "alarm[module-modified]: @acme/guards 2.1.0\n"
        "  expected: modules/@acme/guards as it was locked\n"
        "  found: guards/strict.md changed\n"
        "  at: holdfast.lock\n"
        "  next: holdfast install",
    ),
    "registry-expiring": Code(
        "warning",
        "A registry's metadata, or the key that signs it, is near its end.",
        "Run `holdfast registry refresh`; what needs the offline keys is named.",
        "warning[registry-expiring]: timestamp.json\n"
        "  expected: more than a quarter of its time left\n"
        "  found: expires at 2026-11-22T00:00:00Z\n"
        "  next: holdfast registry refresh",
    ),
    "registry-damaged": Code(
        "error",
        "A file of a registry is missing, or is not what the metadata says.",
        "Restore it from a copy; a blob can be published again from its archive.",
        "error[registry-damaged]: blobs/sha256/63/63c132bbbed01578a06712a2d1f497bb62d9c1c0d329b7903a866228027263b2\n"
        "  expected: the archive of @acme/guards 2.1.0\n"
        "  found: no such file",
    ),
    "registry-leftover": Code(
        "note",
        "A registry has files that nothing leads to: what a killed command left, or earlier states.",
        "Nothing needs to be done: no client asks for them. They may be removed.",
        "note[registry-leftover]: blobs/sha256/63/63c132bbbed01578a06712a2d1f497bb62d9c1c0d329b7903a866228027263b2\n"
        "  expected: files that something leads to\n"
        "  found: one that nothing leads to\n"
        "  next: holdfast explain registry-leftover",
    ),
}
