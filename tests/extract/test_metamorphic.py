"""The same article in every shape in which it may arrive: ids and roles do not change."""

from __future__ import annotations

import pytest

from tests.extract.builders import works
from tests.extract.renderings import RENDERINGS, read
from tests.extract.samples import SAMPLES


@pytest.mark.parametrize("name", RENDERINGS)
@pytest.mark.parametrize("kind", SAMPLES)
def test_clothes_do_not_change_the_links(kind: str, name: str) -> None:
    assert works(read(SAMPLES[kind], name)) == SAMPLES[kind].roles
