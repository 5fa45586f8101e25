"""Who counts as a migrant in a row: the country of birth, or the citizenship.

UN DESA marks each row with the type of its data (International Migrant Stock, notes): ``B``
foreign-born, ``C`` foreign citizens, ``I`` imputed, ``R`` refugees added. The letters are joined
or spaced ("B R", "CR"). ``R`` says what was added, not who counts, and stays in the comment.
"""

from collections.abc import Sequence

#: Letters of the definition to the criterion; a row without letters is an aggregate of both.
CRITERIA = {
    frozenset("B"): "birth",
    frozenset("C"): "citizenship",
    frozenset("BC"): "birth_and_citizenship",
    frozenset("I"): "imputed",
    frozenset(): "_T",
}


def criteria(types: Sequence[str]) -> list[str]:
    """Return the criterion of each row from its type of data.

    Examples
    --------
    >>> criteria(["B R", "CR", "C B", "I", "", "x"])
    ['birth', 'citizenship', 'birth_and_citizenship', 'imputed', '_T', '_T']
    """
    known = {t: CRITERIA.get(frozenset(t) & frozenset("BCI"), "_T") for t in set(types)}
    return [known[t] for t in types]
