"""What a form sends: fields and files, read within a limit and without a further dependency."""

from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST = 64 * 1024 * 1024  # bytes; a ledger of 100,000 people has about 60 MB


async def body_of(request: Request, most: int = MOST) -> bytes:
    """Return the body of a request.

    Raises
    ------
    HTTPException
        413: it is longer than ``most`` bytes.
    """
    pieces, length = list[bytes](), 0
    async for piece in request.stream():
        length += len(piece)
        if length > most:
            raise HTTPException(413, f"more than {most} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def fields_of(kind: str, body: bytes) -> dict[str, bytes]:
    """Return name to value of a form, of either encoding; of a name given twice the last.

    >>> fields_of("application/x-www-form-urlencoded", b"person=P1&where=")
    {'person': b'P1', 'where': b''}
    """
    if not kind.lower().startswith("multipart/form-data"):
        text = body.decode("utf-8", "replace")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=100)
        return {name: value.encode() for name, value in pairs}
    head = b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n"
    found = dict[str, bytes]()
    for part in BytesParser(policy=HTTP).parsebytes(head + body).walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = content
    return found
