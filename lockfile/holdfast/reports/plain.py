r"""Making text from outside harmless: control, bidirectional and invisible characters become visible escapes.

    evil<U+202E>gnp.whl -> evil\u{202e}gnp.whl

Unicode Technical Report 36, "Unicode Security Considerations"; Trojan Source (CVE-2021-42574).
"""

# First and last of each run of characters that a terminal or a reader must never be given raw.
_HARMFUL = (
    (0x00, 0x1F),  # C0 controls
    (0x7F, 0x9F),  # DEL and C1 controls
    (0xAD, 0xAD),  # soft hyphen
    (0x34F, 0x34F),  # combining grapheme joiner
    (0x61C, 0x61C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),  # Mongolian selectors
    (0x200B, 0x200F),  # zero width, direction marks
    (0x2028, 0x202E),  # line and paragraph separators, embeddings, overrides
    (0x2060, 0x206F),  # word joiner, isolates
    (0x3164, 0x3164),
    (0xD800, 0xDFFF),  # lone surrogates
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0xE0000, 0xE0FFF),  # tags
)


def plain(text: str) -> str:
    r"""Return `text` on one line, each harmful character as `\u{hex}`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join([f"\\u{{{ord(character):x}}}" if _is_harmful(ord(character)) else character for character in text])


def _is_harmful(point: int) -> bool:
    return any(first <= point <= last for first, last in _HARMFUL)
