"""Self-contained HTML pages: no script, no network, readable on a phone and on paper."""

from sojourn.publish.pages.render import render_html

__all__ = ["render_html"]
