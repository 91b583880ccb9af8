"""Which files are compiled code, by their first bytes; names prove nothing."""

_MACH = (b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")
_FAT_MACH = b"\xca\xfe\xba\xbe"  # Java's class files begin so too


def native_kind(data: bytes) -> str:
    """Return "ELF", "Mach-O", "PE" or "WebAssembly"; "" for any other file.

    >>> native_kind(b"\\x7fELF\\x02"), native_kind(b"MZ, a text")
    ('ELF', '')
    """
    first = data[:4]
    if first == b"\x7fELF":
        return "ELF"
    if first in _MACH:
        return "Mach-O"
    if first == _FAT_MACH:  # a count of architectures follows where Java has its version, 45 or more
        return "Mach-O" if 0 < int.from_bytes(data[4:8], "big") < 40 else ""
    if first == b"\0asm":
        return "WebAssembly"
    if first[:2] == b"MZ":
        at = int.from_bytes(data[60:64], "little")
        return "PE" if len(data) >= 64 and data[at : at + 4] == b"PE\0\0" else ""
    return ""
