"""The OpenAPI document, made from the table of paths and the formats that are offered."""

import re
from typing import Any

from sojourn import __version__
from sojourn.sdmx.run.formats import DATA, STRUCTURE
from sojourn.sdmx.run.structures import HELD
from sojourn.sdmx.server.paths import PATHS, Path

_REFUSALS = {
    "304": "Not changed since the entity tag given",
    "400": "A parameter that is unknown or malformed",
    "403": "The terms of the edition allow citing and no copy",
    "406": "No such format is offered",
    "413": "Too many keys",
    "414": "The request is too long",
    "422": "A component or key that the structure does not have",
    "501": "Not offered",
    "503": "Too many requests, or the time limit",
}
_QUERY: dict[str, tuple[str, dict[str, Any]]] = {
    "startPeriod": ("First period", {"type": "string", "pattern": "^[0-9]{4}$"}),
    "endPeriod": ("Last period", {"type": "string", "pattern": "^[0-9]{4}$"}),
    "asOf": ("What was published up to this day", {"type": "string", "format": "date-time"}),
    "includeHistory": ("Every edition, one set each", {"type": "boolean"}),
    "updatedAfter": (
        "What editions published later changed",
        {"type": "string", "format": "date-time"},
    ),
    "dimensionAtObservation": (
        "Series in time, or flat",
        {"type": "string", "enum": ["TIME_PERIOD", "AllDimensions"]},
    ),
}
_COUNT = {"type": "integer", "minimum": 1}
_OF_DATA: dict[str, tuple[str, dict[str, Any]]] = {
    **_QUERY,
    "firstNObservations": ("So many of each series, from its first period", _COUNT),
    "lastNObservations": ("So many of each series, up to its last period", _COUNT),
}


def _parameters(path: Path) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for name in re.findall(r"\{(\w+)\}", path.template):
        told: dict[str, Any] = {"type": "string", "minLength": 1}
        if name == "type":
            told = {"type": "string", "enum": list(HELD)}
        out.append({"name": name, "in": "path", "required": True, "schema": told})
    if path.kind in ("data", "availability"):
        offered = _OF_DATA if path.kind == "data" else _QUERY
        for name, (said, told) in offered.items():
            out.append({"name": name, "in": "query", "description": said, "schema": told})
    return out


def _responses(path: Path) -> dict[str, Any]:
    if path.kind == "none":
        return {"501": _error("Not offered", path), "414": _error("Too long", path)}
    offered = DATA if path.kind == "data" else STRUCTURE
    content: dict[str, Any] = {f.media: {} for f in offered}
    out: dict[str, Any] = {"200": {"description": path.said, "content": content}}
    refusals = dict(_REFUSALS)
    refusals["404" if path.old else "204"] = "Nothing fits"
    refusals["404"] = "Nothing fits, or no such path"
    for code, said in refusals.items():
        out[code] = {"description": said} if code in ("204", "304") else _error(said, path)
    return out


def _error(said: str, path: Path) -> dict[str, Any]:
    media: dict[str, Any] = {"application/json": {}}
    if path.old:
        media["application/xml"] = {}
    return {"description": said, "content": media}


def document() -> dict[str, Any]:
    """Return the OpenAPI document of this server."""
    paths: dict[str, Any] = {}
    for path in PATHS:
        paths[path.template] = {
            "get": {
                "summary": path.said,
                "parameters": _parameters(path),
                "responses": _responses(path),
            }
        }
    said = {"type": "object"}
    for name in ("/health", "/version", "/openapi.json", "/"):
        content = {"application/json": {"schema": said}}
        told = {"200": {"description": "About this server", "content": content}}
        paths[name] = {"get": {"summary": "About this server", "responses": told}}
    info = {"title": "sojourn: SDMX REST 2.2.2 and 1.5", "version": __version__}
    return {"openapi": "3.1.0", "info": info, "paths": paths}
