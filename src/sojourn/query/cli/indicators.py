"""``sojourn indicators``: what is measured, in words, with unit and what may be added."""

import json

import click

from sojourn.terminal.options import json_option, language_option


@click.command()
@click.argument("words", nargs=-1)
@language_option
@json_option
def command(words: tuple[str, ...], language: str, *, as_json: bool) -> None:
    """Print the indicators, or those whose id, name or definition holds every one of WORDS."""
    from sojourn.query.names import indicator_names

    found = indicator_names(" ".join(words), language)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        adds = ", ".join(one["adds_over"]) or "nothing"
        click.echo(f"{one['id']}  {one['name']}")
        click.echo(f"    {one['definition']}")
        click.echo(f"    {one['unit']}, {one['kind']}; may be added over: {adds}; {one['source']}")
    if not found:
        click.echo(f"no indicator holds {' '.join(words)!r}", err=True)
