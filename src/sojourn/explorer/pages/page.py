"""The fixed files of a site: page, embedded page, style, script, fonts, licences of what is shipped."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from sojourn.explorer.model.grid import dumps
from sojourn.publish import catalogue, css_variables, languages

#: Parts of the script, in the order in which they are joined.
PARTS = (
    "base",
    "state",
    "shards",
    "classes",
    "map",
    "lines",
    "bars",
    "table",
    "card",
    "cite",
    "take",
    "profile",
    "choose",
    "main",
)
#: What the page may load: its own files, and pictures and files that it makes itself.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'"
)
_FONTS = (("Regular", 400), ("SemiBold", 600))


def fixed_files() -> Iterator[tuple[str, str | bytes]]:
    """Yield every file that does not depend on the numbers, by its name in the site."""
    yield "index.html", page(embedded=False)
    yield "embed.html", page(embedded=True)
    yield "explorer.css", style()
    yield "explorer.js", script()
    for weight, _ in _FONTS:
        name = f"NotoSans-{weight}.latin.woff2"
        yield f"f/{name}", files("sojourn.publish.fonts").joinpath(name).read_bytes()
    yield "f/OFL.txt", files("sojourn.publish.fonts").joinpath("OFL.txt").read_bytes()
    yield "f/SHAPES.md", files("sojourn.publish.shapes").joinpath("LICENSE.md").read_bytes()


@cache
def script() -> str:
    """Return the script of the page, its parts joined."""
    folder = files("sojourn.explorer.pages.script")
    parts = [folder.joinpath(f"{name}.js").read_text("utf-8") for name in PARTS]
    return '(function(){\n"use strict";\n' + "".join(parts) + "})();\n"


@cache
def style() -> str:
    """Return the style of the page: the tokens of the house, light and dark, and its own rules."""
    faces = "".join(
        f"@font-face{{font-family:'Noto Sans';font-weight:{number};font-display:swap;"
        f"src:url(f/NotoSans-{weight}.latin.woff2) format('woff2')}}"
        for weight, number in _FONTS
    )
    light, dark = css_variables("light"), css_variables("dark")
    themes = (
        f":root{{{light}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f":root[data-theme=dark]{{{dark}}}"
        f"@media print{{:root:root:root{{{light}}}}}"
    )
    own = files("sojourn.explorer.pages").joinpath("explorer.css").read_text("utf-8")
    return faces + themes + own


def page(*, embedded: bool) -> str:
    """Return the page; its words come with the language that is chosen."""
    text = files("sojourn.explorer.pages").joinpath("explorer.html").read_text("utf-8")
    said = " ".join(catalogue(code).messages["explorer.no_script"] for code in languages())
    kind = "embed" if embedded else ""
    known = dumps(list(languages())).replace('"', "&quot;")
    return (
        text.replace("{policy}", POLICY)
        .replace("{kind}", kind)
        .replace("{no_script}", said)
        .replace("{languages}", known)
    )
