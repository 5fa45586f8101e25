"""Colours can be told apart, by every eye and on both grounds."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from sojourn.publish.theme import TOKENS, Variant, css_variables, resolve

SERIES = ("c1", "c2", "c3", "c4", "c5", "c6")
RAMP = ("r1", "r2", "r3", "r4", "r5", "r6")
# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
VISION = {
    "trichromat": np.eye(3),
    "protanope": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranope": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanope": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
DISTANCE = 0.10  # in OKLab, where 0.02 is barely seen side by side


def linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    """Contrast of WCAG 2."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """OKLab (Ottosson 2020) of linear RGB."""
    lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return lab @ np.cbrt(np.clip(lms @ rgb, 0, None))


@pytest.mark.parametrize("variant", ["light", "dark"])
def test_series_reach_three_to_one_on_their_ground(variant: Variant) -> None:
    t = TOKENS[variant]
    assert {
        n: c for n in (*SERIES, "accent", "women", "men") if (c := contrast(t[n], t["paper"])) < 3
    } == {}


@pytest.mark.parametrize("variant", ["light", "dark"])
@pytest.mark.parametrize("vision", list(VISION))
def test_series_stay_apart_for_every_colour_vision(variant: Variant, vision: str) -> None:
    seen = {n: oklab(np.clip(VISION[vision] @ linear(TOKENS[variant][n]), 0, 1)) for n in SERIES}
    close = [
        (a, b) for a, b in combinations(SERIES, 2) if np.linalg.norm(seen[a] - seen[b]) < DISTANCE
    ]
    assert close == []


@pytest.mark.parametrize("variant", ["light", "dark"])
def test_text_reaches_four_and_a_half_to_one(variant: Variant) -> None:
    t = TOKENS[variant]
    grounds = ("paper", "wash")
    assert min(contrast(t[n], t[g]) for n in ("ink", "soft", "accent") for g in grounds) >= 4.5


@pytest.mark.parametrize("variant", ["light", "dark"])
def test_every_class_of_the_ramp_carries_readable_text(variant: Variant) -> None:
    t = TOKENS[variant]
    inks = {n: ("paper" if i >= 3 else "ink") for i, n in enumerate(RAMP)}
    assert {n: c for n, ink in inks.items() if (c := contrast(t[n], t[ink])) < 4.5} == {}


@pytest.mark.parametrize("variant", ["light", "dark"])
def test_more_is_further_from_the_ground(variant: Variant) -> None:
    t = TOKENS[variant]
    away = [contrast(t[n], t["paper"]) for n in RAMP]
    assert away == sorted(away)
    assert min(b / a for a, b in pairwise(away)) > 1.15


def test_both_variants_define_the_same_tokens() -> None:
    assert TOKENS["light"].keys() == TOKENS["dark"].keys()


def test_a_resolved_drawing_holds_no_variable() -> None:
    drawn = resolve('<path fill="var(--sj-c1)" stroke="var(--sj-paper)"/>', "dark")
    assert "var(" not in drawn
    assert TOKENS["dark"]["c1"] in drawn


def test_the_page_gets_each_token_as_a_property() -> None:
    assert f"--sj-accent:{TOKENS['light']['accent']}" in css_variables("light").replace(": ", ":")
