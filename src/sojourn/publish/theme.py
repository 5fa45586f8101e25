"""Design tokens: colours, ramps and type, once for pages, paper and drawings.

Drawings are written in colour variables (``var(--sj-ink)``); pages define them for light and dark,
and ``resolve`` puts the colours of one variant in for files and paper. Teal is the one accent, and
the hue of the map classes: pale to deep on paper, deep to pale on a dark screen, so that more is
always further from the ground. Classes of two signs (d1 to d6) are orange below and teal above. The six category colours reach 3:1 on their ground and stay apart
for every colour vision; a test measures both.
"""

import re
from collections.abc import Mapping
from typing import Literal

Variant = Literal["light", "dark"]

FONT = "'Noto Sans', 'Noto Sans Arabic', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

TOKENS: Mapping[Variant, Mapping[str, str]] = {
    "light": {
        "ink": "#16211f",
        "soft": "#55625f",
        "rule": "#d5dbd9",
        "paper": "#ffffff",
        "wash": "#f3f5f4",
        "accent": "#00696b",
        "women": "#7a2e8e",
        "men": "#7d8a87",
        "c1": "#1ca0b9",
        "c2": "#995a51",
        "c3": "#4f3061",
        "c4": "#2e5dbb",
        "c5": "#9b9800",
        "c6": "#800d00",
        "r1": "#dcecea",
        "r2": "#b2d5d2",
        "r3": "#7fb8b6",
        "r4": "#2d7f80",
        "r5": "#0b6264",
        "r6": "#003f42",
        "d1": "#8a3b00",
        "d2": "#c98552",
        "d3": "#f0dccb",
        "d4": "#cfe6e3",
        "d5": "#4c9b9a",
        "d6": "#00494c",
        "hatch": "#a9b4b1",
    },
    "dark": {
        "ink": "#eef3f2",
        "soft": "#a5b3b1",
        "rule": "#344144",
        "paper": "#11181a",
        "wash": "#1a2325",
        "accent": "#5cc8c4",
        "women": "#cf8be0",
        "men": "#7f8c8a",
        "c1": "#469fa3",
        "c2": "#a4493b",
        "c3": "#fdaefc",
        "c4": "#635ea5",
        "c5": "#adee7b",
        "c6": "#e07325",
        "r1": "#1d3537",
        "r2": "#1f4c4e",
        "r3": "#236466",
        "r4": "#3f9896",
        "r5": "#79c4bf",
        "r6": "#c9efe9",
        "d1": "#f3b98f",
        "d2": "#b8683a",
        "d3": "#4a3223",
        "d4": "#1f4344",
        "d5": "#3f9896",
        "d6": "#c9efe9",
        "hatch": "#5f6e6d",
    },
}

_VARIABLE = re.compile(r"var\(--sj-(\w+)\)")


def resolve(svg: str, variant: Variant) -> str:
    """Return a drawing with its colour variables replaced by the colours of a variant."""
    tokens = TOKENS[variant]
    return _VARIABLE.sub(lambda found: tokens[found.group(1)], svg)


def css_variables(variant: Variant) -> str:
    """Return the tokens of a variant as CSS custom properties."""
    return "".join(f"--sj-{name}:{value};" for name, value in TOKENS[variant].items())
