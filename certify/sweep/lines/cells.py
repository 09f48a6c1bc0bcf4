"""The knots of compositions: of g = outer o inner on each piece of `inner`, for all rows at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from certify.sweep.lines.polylines import GRAIN, SLACK, Flags, Floats, Images, Places, Polylines, ends_of, spread


@dataclass(frozen=True)
class Preimages:
    """Points that `inner` sends to knots of `outer`, piece after piece: x within ex, in the piece `piece`, to the knot `knot`.

    `share` is about where in its piece the point lies, from 0 to 1, within `share_error`.
    """

    piece: Places
    knot: Places
    x: Floats
    ex: Floats
    share: Floats
    share_error: Floats


def preimages(inner: Polylines, outer: Polylines, images: Images, pieces: Places) -> Preimages:
    """All points in these pieces of `inner` where it takes a knot of `outer` as its value, in increasing order.

    They are all where `images` is sure of both ends of the piece.
    """
    here, there = images.place[pieces], images.place[pieces + 1]
    owner, number = spread(np.abs(there - here))
    knot = np.where(there > here, here + 1, here)[owner] + np.where(there > here, 1, -1)[owner] * number
    piece = pieces[owner]
    blur_x, blur_y = inner.blur
    height = inner.y[piece + 1] - inner.y[piece]
    width = inner.x[piece + 1] - inner.x[piece]
    with np.errstate(all="ignore"):
        share = (outer.x[knot] - inner.y[piece]) / height
        share_error = (outer.ex[knot] + blur_y[piece]) * SLACK / np.abs(height) + GRAIN
    x = inner.x[piece] + share * width
    ex = (blur_x[piece] + share_error * np.abs(width)) * SLACK + GRAIN
    return Preimages(piece, knot, x, ex, share, share_error)


def composed(f: Polylines, images: Images) -> tuple[Polylines, Floats, Floats]:
    """The rows of f o f, the values of f at their knots, and bounds of these values' errors; `images` of f under f, all sure."""
    pieces = np.flatnonzero(f.piece)
    new = preimages(f, f, images, pieces)
    counts = np.ones(len(f.x), np.intp)
    counts += np.bincount(new.piece, minlength=len(f.x))
    after = ends_of(counts)
    total = int(after[-1])
    old = np.zeros(total, bool)
    old[after[:-1]] = True
    columns = (
        (f.x, new.x),
        (f.ex, new.ex),
        (images.value, f.y[new.knot]),
        (images.error, f.ey[new.knot]),
        (f.y, f.x[new.knot]),
        (f.ey, f.ex[new.knot]),
    )
    merged = [np.empty(total) for _ in columns]
    for whole, (here, there) in zip(merged, columns):
        whole[old], whole[~old] = here, there
    return Polylines(after[f.ends], *merged[:4]), merged[4], merged[5]


class Trials(NamedTuple):
    """Points x of some rows with g(x) and h(x), each within its error."""

    row: Places
    x: Floats
    ex: Floats
    g: Floats
    eg: Floats
    h: Floats
    eh: Floats


class Answer(NamedTuple):
    """Of each row: does g(x) > x imply h(x) > x for all x? It `holds`, it `fails`, or neither is known.

    Where it fails, `x` is about a point where it does.
    """

    holds: Flags
    fails: Flags
    x: Floats


def implied(
    inner: Polylines, outer: Polylines, images: Images, g: Floats, eg: Floats
) -> tuple[Answer, tuple[Preimages, Trials]]:
    """Whether g(x) > x implies h(x) > x, where h = outer o inner, and g is affine on the pieces of `inner`, given at its knots.

    Also the points between the knots at which that was tried.
    """
    pieces, doubtful = _open_pieces(inner, outer, images, g, eg)
    touched = np.zeros(len(inner.x), bool)
    touched[pieces] = touched[pieces + 1] = True
    ends = np.flatnonzero(touched)
    new = preimages(inner, outer, images, pieces)
    rise = g[new.piece + 1] - g[new.piece]
    value = g[new.piece] + new.share * rise
    error = (np.maximum(eg[new.piece], eg[new.piece + 1]) + new.share_error * np.abs(rise)) * SLACK + GRAIN
    same, opposite = _fixed_points(inner, g, eg, new.piece)
    value = np.where(same, outer.x[new.knot], np.where(opposite, 2 * new.x - outer.x[new.knot], value))
    error = np.where(same | opposite, outer.ex[new.knot] * SLACK + GRAIN, error)
    row = inner.row[new.piece]
    between = Trials(row, new.x, new.ex, value, error, outer.y[new.knot], outer.ey[new.knot])
    at_ends = Trials(
        inner.row[ends], inner.x[ends], inner.ex[ends], g[ends], eg[ends], images.value[ends], images.error[ends]
    )
    return judged(doubtful, at_ends, between), (new, between)


def _fixed_points(inner: Polylines, g: Floats, eg: Floats, piece: Places) -> tuple[Flags, Flags]:
    """Pieces on which g and `inner`, an iterate of g, certainly have a fixed point in common, and no other, as both are affine.

    There g(x) - x and inner(x) - x have the same sign, or opposite ones. The latter is easier to tell next to the fixed point.
    """
    e, eh = (inner.ex + eg) * SLACK, (inner.ex + inner.ey) * SLACK
    g_low, g_high = inner.x - g >= e, g - inner.x > e
    h_low, h_high = inner.x - inner.y >= eh, inner.y - inner.x > eh
    g_up, g_down = g_low[piece] & g_high[piece + 1], g_high[piece] & g_low[piece + 1]
    h_up, h_down = h_low[piece] & h_high[piece + 1], h_high[piece] & h_low[piece + 1]
    return (g_up & h_up) | (g_down & h_down), (g_up & h_down) | (g_down & h_up)


def judged(doubtful: Flags, *trials: Trials) -> Answer:
    """The answer of each row, if it holds wherever it holds at all these points; not so in the rows that are doubtful."""
    fails, x = np.zeros_like(doubtful), np.full(len(doubtful), np.nan)
    score, doubtful = np.full(len(doubtful), -np.inf), doubtful.copy()
    for trial in trials:
        lead, lead_error = trial.g - trial.x, (trial.eg + trial.ex) * SLACK
        fall, fall_error = trial.x - trial.h, (trial.eh + trial.ex) * SLACK
        fine = (-lead >= lead_error) | (-fall > fall_error)
        bad = np.flatnonzero((lead > lead_error) & (fall >= fall_error))
        row = trial.row[bad]
        fails[row] = True
        margin = np.minimum(lead - lead_error, fall - fall_error)[bad]
        better = margin > score[row]
        order = np.argsort(margin[better], kind="stable")
        best = np.flatnonzero(better)[order]
        score[row[best]], x[row[best]] = margin[best], trial.x[bad[best]]  # of equal rows the last one stays
        fine[bad] = True
        doubtful[trial.row[~fine]] = True
    return Answer(~fails & ~doubtful, fails, x)


def _open_pieces(inner: Polylines, outer: Polylines, images: Images, g: Floats, eg: Floats) -> tuple[Places, Flags]:
    """The pieces on which neither g <= id nor h > id is seen at once; and rows in which such a piece has an image that is unsure."""
    low = (inner.x - g) >= (inner.ex + eg) * SLACK
    pieces = np.flatnonzero(inner.piece[:-1] & ~(low[:-1] & low[1:]))
    sure = images.sure[pieces] & images.sure[pieces + 1]
    here, there = images.place[pieces], images.place[pieces + 1]
    first, last = np.minimum(here, there) + 1, np.maximum(here, there)
    bottom = images.value - images.error * SLACK
    least = np.minimum(bottom[pieces], bottom[pieces + 1])
    inside = np.flatnonzero(last >= first)
    if len(inside):  # the knots of outer in the piece's image
        spans = np.stack([first[inside], last[inside] + 1], axis=1).ravel()
        floor = np.append(outer.y - outer.ey * SLACK, np.inf)
        least[inside] = np.minimum(least[inside], np.minimum.reduceat(floor, spans)[::2])
    top = inner.x[pieces + 1] + inner.ex[pieces + 1] * SLACK
    left = ~(least - top > GRAIN)
    doubtful = np.zeros(len(inner.starts), bool)
    doubtful[inner.row[pieces[left & ~sure]]] = True
    return pieces[left & sure], doubtful
