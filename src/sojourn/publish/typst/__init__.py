"""PDF/UA-1 sheets of A4 from the same content as the pages."""

from sojourn.publish.typst.render import render_pdf

__all__ = ["render_pdf"]
