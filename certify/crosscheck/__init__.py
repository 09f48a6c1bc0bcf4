"""What other tools say of a map, checked: each claim is CONFIRMED, REFUTED with an exact counter-fact, or UNDECIDED.

The claims are those of docs/claims-format.md; `claims` reads them, `files` reads files of them. Each type has one function that
examines it: `cycles` (by `near`, the true cycles near given points), `orbit`, `counts`, `knots`, `verdicts`, `bounds`; `subject` is
the map, with what several of them ask for.
"""
