"""The bytes of a manifest: its first line of content is the digest of all that follows.

``{`` and ``"sha256": …`` are the first two lines; the digest is that of every byte after them. One
byte that is changed anywhere is told: in the content by the digest, in the digest by the content,
in the first lines because nothing else may stand there. Stores of format 1 carry no digest.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

#: Format of the stores that this version writes, and of those that had no digest.
FORMAT, WITHOUT_DIGEST = 2, 1
_HEAD = re.compile(rb'\{\n "sha256": "([0-9a-f]{64})",\n')


def sealed(content: Mapping[str, Any]) -> str:
    """Return a manifest as text, with the digest of what it says."""
    bare = {"format": FORMAT, **{k: v for k, v in content.items() if k not in ("format", "sha256")}}
    rest = json.dumps(bare, ensure_ascii=False, indent=1).removeprefix("{\n")
    digest = hashlib.sha256(rest.encode()).hexdigest()
    return f'{{\n "sha256": "{digest}",\n{rest}'


def broken_seal(text: bytes, content: object) -> str:
    """Say why a manifest is not the one that was written; empty where it is.

    Parameters
    ----------
    content : object
        What was parsed from ``text``.
    """
    if head := _HEAD.match(text):
        found = hashlib.sha256(text[head.end() :]).hexdigest().encode()
        return "" if found == head[1] else "its bytes are not those that were written"
    if isinstance(content, dict) and (content.get("format") == FORMAT or "sha256" in content):
        return "it does not begin with its digest, as it was written"
    return ""
