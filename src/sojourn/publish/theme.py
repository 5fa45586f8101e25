"""Design tokens: colours, ramps and type, once for pages, paper and drawings.

Drawings are written in colour variables (``var(--sj-ink)``); pages define them for light and dark,
and ``resolve`` puts the colours of one variant in for files and paper. The six category colours
reach 3:1 on white and stay apart for every colour vision.
"""

import re
from collections.abc import Mapping
from typing import Literal

Variant = Literal["light", "dark"]

FONT = "'Noto Sans', 'Source Sans 3', system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

TOKENS: Mapping[Variant, Mapping[str, str]] = {
    "light": {
        "ink": "#14202b",
        "soft": "#51606e",
        "rule": "#d5dce3",
        "paper": "#ffffff",
        "wash": "#f3f6f9",
        "accent": "#0b5cad",
        "women": "#a6266e",
        "men": "#6b7f8f",
        "c1": "#0030f0",
        "c2": "#d83090",
        "c3": "#a89000",
        "c4": "#3090f0",
        "c5": "#780078",
        "c6": "#304800",
        "r1": "#dbe9f6",
        "r2": "#b0d0ea",
        "r3": "#76aeda",
        "r4": "#3d86c2",
        "r5": "#155fa0",
        "r6": "#0b3a6b",
        "hatch": "#b9c2cb",
    },
    "dark": {
        "ink": "#eef3f7",
        "soft": "#a9b6c2",
        "rule": "#33404c",
        "paper": "#10161c",
        "wash": "#18212a",
        "accent": "#7bb8f2",
        "women": "#f08bc4",
        "men": "#8fa3b4",
        "c1": "#8aa4ff",
        "c2": "#f07cc0",
        "c3": "#d8c040",
        "c4": "#7cc0ff",
        "c5": "#d890e0",
        "c6": "#a4c860",
        "r1": "#12314e",
        "r2": "#164a78",
        "r3": "#2468a6",
        "r4": "#4b8fcb",
        "r5": "#86bbe6",
        "r6": "#d0e6f8",
        "hatch": "#4a5763",
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
