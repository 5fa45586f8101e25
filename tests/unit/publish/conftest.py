"""The demonstration document, as fixtures."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def demo() -> ModuleType:
    """The module that builds the synthetic document."""
    spec = spec_from_file_location("publish_demo", Path(__file__).with_name("demo.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
