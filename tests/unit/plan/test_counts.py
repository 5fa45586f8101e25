"""The reconciliation traps of the published counts: like with like, the rest printed, no mean."""

from importlib.resources import files

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import SiteRefused
from sojourn.plan.counts import Count, common_scope, identity, net, read_counts, rest, rivals

CALAIS = read_counts(files("sojourn.plan").joinpath("counts_calais.toml").read_text("utf-8"), where="calais")  # fmt: skip
BY_ID = {c.id: c for c in CALAIS}


def test_129_is_a_net_figure() -> None:
    found = net(BY_ID["children alone, February 2016"], BY_ID["children alone, April 2016"])
    assert found.change == -129


def test_different_scopes_are_not_compared() -> None:
    february, april = BY_ID["census of February 2016"], BY_ID["census of April 2016"]
    with pytest.raises(SiteRefused, match="Jules Ferry, containers"):
        net(february, april)
    assert common_scope(february, april) == ("north", "south")
    assert net(february, BY_ID["tents, April 2016"]).change == 3376 - 5497


def test_what_a_total_holds_beyond_its_parts_is_printed() -> None:
    assert rest(4014, [2318, 1636]).unexplained == 60
    assert rest(3242, [1918, 1264]).unexplained == 60
    assert rest(772, [400, 372]).unexplained == 0
    assert rest(7064, [5132, 1932]).unexplained == 0


def test_the_identity_of_a_population_leaves_its_rest() -> None:
    assert identity(before=100, arrived=20, left=5, births=1, deaths=0, after=110) == -6


def test_rivals_are_an_interval_and_never_a_mean() -> None:
    found = {(low, high) for low, high, _ in rivals(CALAIS)}
    assert {(7037, 7307), (6901, 9106), (10088, 10188), (5684, 8143)} <= found
    shown = CliRunner().invoke(cli, ["site", "counts"]).stdout
    assert "5,684 to 8,143" in shown
    assert "-129 (a net figure: nobody by name)" in shown


@pytest.mark.parametrize("lost", ["scope", "method", "publisher", "reference", "day"])
def test_a_count_without_its_scope_or_source_is_refused(lost: str) -> None:
    whole = {"id": '"x"', "value": "1", "group": '"people"', "scope": '["a"]', "method": '"census"', "day": "2016-01-01", "publisher": '"p"', "reference": '"r"'}  # fmt: skip
    text = "[[count]]\n" + "".join(f"{k} = {v}\n" for k, v in whole.items() if k != lost)
    with pytest.raises(SiteRefused, match="count 1"):
        read_counts(text, where="mine.toml")
    assert isinstance(CALAIS[0], Count)
