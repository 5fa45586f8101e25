"""The docs site: Markdown as it stands, and what the code says of itself."""

import importlib.metadata

project = "sojourn"
release = version = importlib.metadata.version("sojourn")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "sojourn"
exclude_patterns = ["_build"]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
suppress_warnings = ["myst.xref_missing", "myst.header"]
