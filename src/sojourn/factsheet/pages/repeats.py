"""What the heading of a section has told already, its facts do not tell again."""

from collections.abc import Iterator, Sequence

from sojourn.publish import Block, Facts, Number, RichText


def beyond(heading: RichText, blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks of a section without the facts that its heading has told already."""
    for block in blocks:
        kept = (
            tuple(item for item in block.items if not repeats(item, heading))
            if isinstance(block, Facts)
            else ()
        )
        if kept:
            yield Facts(items=kept)
        elif not isinstance(block, Facts):
            yield block


def repeats(fact: RichText, heading: RichText) -> bool:
    """Whether every number of a fact stands in the heading above it.

    Examples
    --------
    >>> heading = (Number("20.4 million", "refugees.2018"), " people were refugees")
    >>> repeats((Number("20.4 million", "refugees.2018"), " refugees"), heading)
    True
    >>> repeats((Number("3.5 million", "asylum.2018"), " waiting"), heading)
    False
    """
    told = {run.lineage_id for run in heading if isinstance(run, Number)}
    mine = [run.lineage_id for run in fact if isinstance(run, Number)]
    return bool(mine) and None not in mine and set(mine) <= told
