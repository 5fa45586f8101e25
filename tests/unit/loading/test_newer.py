"""Newer editions of what is held, and the newest year that a factsheet can be made of."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from sojourn.cli import cli
from sojourn.errors import PublishError
from sojourn.factsheet.figures.opened import newest_day, newest_year
from sojourn.loading.newer import newer
from sojourn.query.opening import open_data
from sojourn.sources.declaration import registry


def test_the_embedded_edition_is_of_2015() -> None:
    store, _ = open_data(None)
    assert newest_year(store, newest_day(store)) == 2015


def test_a_year_is_ended_and_known() -> None:
    store, _ = open_data(None)
    with pytest.raises(PublishError, match="no ended year"):
        newest_year(store, date(2015, 12, 30))


def test_what_is_newer_is_newer_and_says_how_to_get_it() -> None:
    store, _ = open_data(None)
    found = newer(store.manifest, registry())
    held = {f.dataset for f in store.manifest.files}
    assert found
    for one in found:
        assert one.edition > one.held
        assert one.dataset in held
        assert one.how.startswith("by hand from " if one.by_hand else "sojourn fetch ")


def test_the_command_lists_them() -> None:
    done = CliRunner().invoke(cli, ["fetch", "--newer", "--json"])
    assert done.exit_code == 0, done.output
    rows = json.loads(done.output)
    assert {r["dataset"] for r in rows} <= set(registry().datasets)
