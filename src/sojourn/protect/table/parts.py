"""Which cells hang together: parts of a system that share no equation are solved and attacked alone."""

from typing import Any

import numpy as np
import numpy.typing as npt


def parts_of(matrix: Any) -> npt.NDArray[np.intp]:
    """Return the part of each column, numbered from 0 by the first column of each, shape (n,).

    Parameters
    ----------
    matrix : sparse matrix, shape (m, n)
        Columns with a number other than 0 in one row are in one part.

    Examples
    --------
    >>> from scipy.sparse import csr_matrix
    >>> parts_of(csr_matrix([[1, 0, 1, 0], [0, 0, 1, 0]])).tolist()
    [0, 1, 0, 2]
    """
    entries = matrix.tocoo()
    told = entries.data != 0
    row, col = entries.row[told], entries.col[told]
    first = np.arange(matrix.shape[1])
    while True:
        of_row = np.full(matrix.shape[0], matrix.shape[1])
        np.minimum.at(of_row, row, first[col])
        nearer = first.copy()
        np.minimum.at(nearer, col, of_row[row])
        nearer = nearer[nearer]
        if (nearer == first).all():
            return np.unique(first, return_inverse=True)[1]
        first = nearer
