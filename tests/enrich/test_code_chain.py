"""Which repository a paper's own words offer."""

from __future__ import annotations

import pytest

from pipeline.enrich.code_chain import offers
from tests.enrich.builders import paper


@pytest.mark.parametrize(
    ("comment", "abstract", "repo"),
    [
        (
            "Code: https://github.com/microsoft/Swin-Transformer.",
            "",
            "github.com/microsoft/swin-transformer",
        ),
        ("", "Code is available at \\url{https://github.com/a/b}.", "github.com/a/b"),
        ("", "The code will be released at github.com/a/b", "github.com/a/b"),
        (
            "code at https://github.com/a/b/tree/main/x",
            "see https://github.com/c/d",
            "github.com/a/b",
        ),
        ("Code https://github.com/a/b and again https://github.com/A/B", "", "github.com/a/b"),
        ("", "Models: https://huggingface.co/a/b", "huggingface.co/a/b"),
    ],
)
def test_the_paper_names_its_code(comment: str, abstract: str, repo: str) -> None:
    (offer,) = offers([paper("2103.14030", comment=comment, abstract=abstract)])
    assert offer.repo.id == repo
    assert offer.evidence


@pytest.mark.parametrize(
    "abstract",
    [
        "Nothing here.",
        "See https://github.com/a/b and https://github.com/c/d for both.",
        "Our work is built on https://github.com/a/b",
        "compared with the baseline https://github.com/a/b",
        "Project page: https://author.github.io/project",
        "https://github.com/author/author.github.io",
        "https://github.com/author",
        "https://notgithub.com/a/b",
        "https://evil.example/github.com/a/b",
        "https://notgithub.com.evil.example/a/b",
    ],
)
def test_a_guess_is_not_offered(abstract: str) -> None:
    assert offers([paper("2103.14030", abstract=abstract)]) == ()


def test_a_doubtful_comment_is_not_made_up_for_by_the_abstract() -> None:
    comment = "https://github.com/a/b https://github.com/c/d"
    assert offers([paper("2103.14030", comment=comment, abstract="https://github.com/e/f")]) == ()
