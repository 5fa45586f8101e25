"""What a request can be refused for, with the status that HTTP and SDMX have for it."""

from sojourn.errors import SojournError


class Refusal(SojournError):
    """A request that is not answered; ``status`` is the HTTP status code.

    Parameters
    ----------
    status : int
        400, 403, 404, 406, 413, 414, 422, 501 or 503.
    problem : str
        What was found, and what was expected.
    """

    exit_code = 3

    def __init__(self, status: int, problem: str, *, hint: str = "") -> None:
        super().__init__(problem, hint=hint)
        self.status = status


class Empty(Refusal):
    """Nothing fits the request: 204, and 404 on the paths of REST 1.5."""

    def __init__(self, problem: str) -> None:
        super().__init__(204, problem)
