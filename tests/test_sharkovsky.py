"""Sharkovsky's order against the list as it is written on paper."""

from __future__ import annotations

import pytest

from certify.decision.sharkovsky import forces, is_power_of_two, rank, split

LIMIT = 200


def paper_list(limit: int) -> list[int]:
    """3, 5, 7, ...; then twice these; four times; ...; last the powers of 2 downwards."""
    found: list[int] = []
    factor = 1
    while factor <= limit:
        found += [factor * q for q in range(3, limit + 1, 2) if factor * q <= limit]
        factor *= 2
    while factor > 1:
        factor //= 2
        found.append(factor)
    return found


def test_the_order_is_the_one_on_paper() -> None:
    expected = paper_list(LIMIT)
    assert expected[:3] == [3, 5, 7]
    assert expected[-4:] == [8, 4, 2, 1]
    assert sorted(expected) == list(range(1, LIMIT + 1))
    assert sorted(range(1, LIMIT + 1), key=rank) == expected


def test_a_number_forces_itself_and_all_after_it() -> None:
    place = {n: i for i, n in enumerate(paper_list(LIMIT))}
    for n in range(1, LIMIT + 1):
        for k in range(1, LIMIT + 1):
            assert forces(n, k) is (place[n] <= place[k])


def test_powers_of_two() -> None:
    powers = {2**j for j in range(12)}
    for n in range(1, 2**11 + 1):
        assert is_power_of_two(n) is (n in powers)


def test_the_odd_part() -> None:
    for n in range(1, 500):
        j, q = split(n)
        assert q % 2 == 1
        assert q * 2**j == n


@pytest.mark.parametrize("n", [0, -1, -4])
@pytest.mark.parametrize("function", [split, rank, is_power_of_two])
def test_there_is_no_period_below_one(n: int, function: object) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        function(n)  # type: ignore[operator]
