"""Labels whose letters a publisher's export garbled: UTF-8 that was read as a Western code page."""


def unmangled(label: str) -> str:
    """Return a label as it was before UTF-8 was taken for Windows-1252 or Latin-1; others unchanged.

    A label is mended only where its bytes in that code page are valid UTF-8 as a whole, which right
    spellings with accents never are. What was lost (U+FFFD) stays lost.

    Examples
    --------
    >>> unmangled("T\u00c3\u00bcrkiye"), unmangled("C\u00f4te d'Ivoire"), unmangled("pa\ufffds")
    ('Türkiye', "Côte d'Ivoire", 'pa\ufffds')
    """
    if label.isascii():
        return label
    for page in ("cp1252", "latin-1"):
        try:
            return label.encode(page).decode("utf-8")
        except UnicodeError:
            continue
    return label
