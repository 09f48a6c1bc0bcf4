"""The literature that the theorems rest on, once, for BibTeX and for lists of references."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Reference(NamedTuple):
    """An article of a journal, or a volume of a series."""

    authors: tuple[str, ...]
    title: str
    journal: str
    volume: str
    year: int
    pages: str

    @property
    def words(self) -> str:
        """The reference on one line of plain text."""
        names = [name.partition(",")[0] for name in self.authors]
        who = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
        return f"{who}, {self.title}, {self.journal} {self.volume} ({self.year}) {self.pages.replace('--', '–')}"


REFERENCES = {
    "LiYorke1975": Reference(
        ("Li, Tien-Yien", "Yorke, James A."),
        "Period three implies chaos",
        "Amer. Math. Monthly",
        "82",
        1975,
        "985--992",
    ),
    "LiMisiurewiczPianigianiYorke1982": Reference(
        ("Li, Tien-Yien", "Misiurewicz, Michał", "Pianigiani, Giulio", "Yorke, James A."),
        "Odd chaos",
        "Phys. Lett. A",
        "87",
        1982,
        "271--273",
    ),
    "BowenFranks1976": Reference(
        ("Bowen, Rufus", "Franks, John"),
        "The periodic points of maps of the disk and the interval",
        "Topology",
        "15",
        1976,
        "337--342",
    ),
    "Misiurewicz1979": Reference(
        ("Misiurewicz, Michał",),
        "Horseshoes for mappings of the interval",
        "Bull. Acad. Polon. Sci. Sér. Sci. Math.",
        "27",
        1979,
        "167--169",
    ),
    "JankovaSmital1986": Reference(
        ("Janková, Katarína", "Smítal, Jaroslav"),
        "A characterization of chaos",
        "Bull. Austral. Math. Soc.",
        "34",
        1986,
        "283--292",
    ),
    "Coppel1955": Reference(
        ("Coppel, William A.",),
        "The solution of equations by iteration",
        "Proc. Cambridge Philos. Soc.",
        "51",
        1955,
        "41--43",
    ),
    "MisiurewiczSzlenk1980": Reference(
        ("Misiurewicz, Michał", "Szlenk, Wiesław"),
        "Entropy of piecewise monotone mappings",
        "Studia Math.",
        "67",
        1980,
        "45--63",
    ),
    "Farkas1902": Reference(
        ("Farkas, Julius",),
        "Theorie der einfachen Ungleichungen",
        "J. Reine Angew. Math.",
        "124",
        1902,
        "1--27",
    ),
    "AdlerKonheimMcAndrew1965": Reference(
        ("Adler, Roy L.", "Konheim, Alan G.", "McAndrew, M. Harry"),
        "Topological entropy",
        "Trans. Amer. Math. Soc.",
        "114",
        1965,
        "309--319",
    ),
    "Zgliczynski1997": Reference(
        ("Zgliczyński, Piotr",),
        "Computer assisted proof of chaos in the Rössler equations and in the Hénon map",
        "Nonlinearity",
        "10",
        1997,
        "243--252",
    ),
    "ZgliczynskiGidea2004": Reference(
        ("Zgliczyński, Piotr", "Gidea, Marian"),
        "Covering relations for multidimensional dynamical systems",
        "J. Differential Equations",
        "202",
        2004,
        "32--58",
    ),
    "Conley1978": Reference(
        ("Conley, Charles C.",),
        "Isolated invariant sets and the Morse index",
        "CBMS Regional Conf. Ser. in Math.",
        "38",
        1978,
        "1--89",
    ),
    "KaliesMischaikowVanderVorst2005": Reference(
        ("Kalies, William D.", "Mischaikow, Konstantin", "VanderVorst, Robert C. A. M."),
        "An algorithmic approach to chain recurrence",
        "Found. Comput. Math.",
        "5",
        2005,
        "409--449",
    ),
    "Zgliczynski2009": Reference(
        ("Zgliczyński, Piotr",),
        "Covering relations, cone conditions and the stable manifold theorem",
        "J. Differential Equations",
        "246",
        2009,
        "1774--1819",
    ),
    "BlanchardGlasnerKolyadaMaass2002": Reference(
        ("Blanchard, François", "Glasner, Eli", "Kolyada, Sergiĭ", "Maass, Alejandro"),
        "On Li-Yorke pairs",
        "J. Reine Angew. Math.",
        "547",
        2002,
        "51--68",
    ),
}
"""By their BibTeX keys."""

ACCENTS = {
    "á": r"{\'a}", "í": r"{\'\i}", "é": r"{\'e}", "ń": r"{\'n}", "ç": r"{\c{c}}", "ł": r"{\l}", "ĭ": r"{\u\i}", "ö": r'{\"o}',
}  # fmt: skip


def bibtex(keys: Iterable[str]) -> str:
    """BibTeX entries, in ASCII."""
    return "\n".join(_entry(key, REFERENCES[key]) for key in keys)


def _entry(key: str, reference: Reference) -> str:
    fields = {
        "author": " and ".join(reference.authors),
        "title": f"{{{reference.title}}}",
        "journal": reference.journal,
        "volume": reference.volume,
        "year": reference.year,
        "pages": reference.pages,
    }
    lines = "".join(f"  {name} = {{{_ascii(str(value))}}},\n" for name, value in fields.items())
    return f"@article{{{key},\n{lines}}}\n"


def _ascii(words: str) -> str:
    return "".join(ACCENTS.get(letter, letter) for letter in words)
