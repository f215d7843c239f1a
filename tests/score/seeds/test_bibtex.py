"""BibTeX as real files have it: macros, quotes, accents, comments, damage, and size."""

from __future__ import annotations

import pytest

from pipeline.score.seeds.bibtex import read_bibtex
from pipeline.score.seeds.latex import plain


def test_braces_quotes_numbers_and_macros_are_values() -> None:
    text = """
    Anything outside of entries is a remark, even with an a@b.example address.
    @comment{ @article{not, title = {An entry}} }
    @preamble{"\\newcommand{\\x}{y}"}
    @string{ cvpr = "Conference on " # {Vision} }
    @InProceedings{ key:2021,
      title     = {{Detection} of {{Nested {Braces}}}},
      booktitle = cvpr # " 2021",
      % a remark between fields
      year = 2021, month = mar,
      note = "a {"}quoted{"} word"
    }
    """
    (entry,) = read_bibtex(text)
    assert entry == {
        "type": "inproceedings",
        "title": "Detection of Nested Braces",
        "booktitle": "Conference on Vision 2021",
        "year": "2021",
        "month": "3",
        "note": 'a "quoted" word',
    }


def test_parentheses_a_missing_key_and_two_on_a_line_are_read() -> None:
    text = '@article(a, title = "One")\n@misc{title = {Two}} @misc{c, title={Three},}\n'
    assert [e and e["title"] for e in read_bibtex(text)] == ["One", "Two", "Three"]


def test_the_first_of_equal_fields_counts() -> None:
    (entry,) = read_bibtex("@misc{a, title = {One}, TITLE = {Two}}")
    assert entry is not None
    assert entry["title"] == "One"


def test_a_forgotten_brace_costs_one_entry_and_keeps_what_stood_before_it() -> None:
    text = (
        "@misc{a, title = {Whole}, abstract = {never {closed}, year = 2020}\n"
        "@misc{b, title = {Next}}\n@misc{c, title = {broken\n@misc{d, title = {Last}}"
    )
    found = list(read_bibtex(text))
    assert [e and e.get("title") for e in found] == ["Whole", "Next", None, "Last"]


def test_an_escaped_brace_neither_opens_nor_closes_unless_nothing_else_fits() -> None:
    escaped, path = read_bibtex(
        "@misc{a, title = {The set \\{x\\}}, file = {z}}\n@misc{b, file = {C:\\}, title = {T}}"
    )
    assert escaped is not None
    assert path is not None
    assert escaped["title"] == "The set {x}"
    assert path["title"] == "T"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (r"Poincar{\'e} and G\"odel", "Poincaré and Gödel"),
        (r"{\'\i}ndex \'{\i} \v{S}koda {\c c}a \c{C}", "índex í Škoda ça Ç"),
        (r"Erd{\H o}s, {\O}re, stra{\ss}e, \AA ngstr{\"o}m", "Erdős, Øre, straße, Ångström"),
        (r"50\% of R\&D for \$5 in a\_b \#1", "50% of R&D for $5 in a_b #1"),
        (r"$\alpha$-divergence of $L_2$", "alpha -divergence of L_2"),
        (r"\textbf{Bold} and \emph{it} -- ``said''", "Bold and it – “said”"),
        (r"\${\textbackslash}phi\{\vphantom\}{{x}}\vphantom\{\}\$", r"$\phi{x}$"),
        ("非局部~网络", "非局部 网络"),
    ],
)
def test_latex_becomes_what_it_prints(said: str, meant: str) -> None:
    assert " ".join(plain(said).split()) == meant


@pytest.mark.parametrize(
    "bomb",
    [
        "@a{" * 200_000,
        "@a{\n" * 200_000,
        "@a{b, t = " + "{" * 500_000,
        "@a{b, t = " + "{" * 300_000 + "}" * 300_000 + "}",
        '@a{b, t = "' + "\\" * 500_001,
        "@a{b, t = x" + " # x" * 200_000 + "}",
        "@a{b," + " \n," * 300_000 + "t = 1}",
        "@a{b," + "% x\n" * 200_000,
        "@a{" + "b" * 500_000,
        "@" + " " * 500_000,
        "\n" * 500_000 + "@",
        "@a{b, " + "t = {x}, " * 100_000 + "}",
        "@string{s = " + 's # s # "x"}\n@string{s = ' * 5_000 + "x}",
    ],
)
def test_no_file_takes_longer_than_its_length_deserves(bomb: str) -> None:
    entries = list(read_bibtex(bomb))
    assert sum(len(value) for e in entries if e for value in e.values()) < 2_000_000


def test_latex_bombs_are_decoded_in_passing() -> None:
    for bomb in ("\\" * 100_001, "\\'" * 50_000, "\\'{" * 50_000, "\\a" * 50_000, "{" * 100_000):
        assert len(plain(bomb)) <= 3 * len(bomb)
