"""Exact counts for iterates and compositions of piecewise-linear maps, in polynomial time: no iterate is ever listed.

Counted are linear regions, laps, activation regions, crossings of an interval and fixed points (`Count` defines them)
of F_t = f_t ... f_1, where each f_i maps its domain J_i into that of f_(i+1); for iterates all f_i are one map f.

*Setting.* Let C_i be finite sets of points inside J_i, the *cuts*, that contain the breaks of f_i (just these for
linear regions; the activation breaks of a network for its activation regions). A *germ* is a point x with a side s =
-1, +1; its *slope* under F is the slope of F next to x on that side. F_i is locally injective at the germ if the slope
is not 0; then the germ *lives* and goes to the germ (F_i(x), s') with s' = s or -s as the slope is positive or
negative. A germ of slope 0 is dead, and stays dead.

*First hits.* Let x lie inside J_1 and let i be the least index with F_i(x) in C_(i+1), if there is one. F_i is affine
near x, because none of its factors is broken there. If its slope at x is 0, then F_t is constant near x for all t > i:
nothing happens at x, however many cuts its orbit meets (0 = 0 is no break). Otherwise x is called a *junction*, born
at i in b = F_i(x), and b lies inside J_(i+1), since F_i is locally onto. Let h_i(b) be the number of junctions born at
i in b.

*Theorem 1.* F_t has 1 + sum over i < t, b in C_(i+1) of h_i(b) [the one-sided slopes of f_t ... f_(i+1) at b differ]
linear regions, and 1 + sum over i < t, b of h_i(b) activation regions. Proof. A point inside J_1 that is no junction
born before t is no break of F_t, as was just said. At a junction F_t = (f_t ... f_(i+1)) F_i, where F_i is affine with
slope m != 0, so its one-sided slopes are m times those of f_t ... f_(i+1) at b, in this or in the other order: they
differ if and only if those do. Likewise the activation patterns of the t steps change at x if and only if x is a
junction: up to the first step i at which they do the composition is affine, and if it is constant the pattern of step
i does not change either.

*Theorem 2.* For b in C_(i+1) h_i(b) is the sum, over all living germs (y, s) = (F_i(x), s') of the two ends of J_1
(inner side) and of the junctions x born before i (both sides), of [y < b] where s = +1 and of -[y <= b] where s = -1.
Proof. The junctions born before i cut J_1 into intervals; F_i is affine on each, and where its slope is not 0 the
image is an open interval (u, v), with the germs (u, +1) and (v, -1) at the ends of the interval alive; where the slope
is 0 both germs are dead and no junction is born. b lies in (u, v) if and only if [u < b] - [v <= b] = 1, and is then
taken exactly once there, at a point that is a junction born at i.

So only orbits of germs matter, and germs with equal place and side may share a count: that is the recursion of
kneading theory (Milnor, Thurston 1988, "On iterated maps of the interval", for turning points and one map; here for
any cuts, with ties and plateaus). Two germs of one junction on opposite sides of y add 0 to all b but y itself, to
which they add -1: those are kept together, with the ratio of their slopes, which decides Theorem 1 as long as they are
on opposite sides. Once they are on the same side the slopes have opposite signs, and once one germ is dead the slopes
are 0 and not 0: then the slopes differ as long as one germ lives. Ties (a cut that is mapped to a cut), Markov maps
and false cuts (equal slopes on both sides) are no exceptions to any of this.

*Laps and crossings* are in the module `bars`, *fixed points* in `fixed`, *activation breaks of networks* in
`activation`; orbits that need not be followed in `sleep`.

*Cost.* Let k be the number of cuts. Up to t = T there are at most (2 k + 2) T different living germs for one map,
far fewer where orbits meet; pairs on opposite sides differ by their ratios as well, of which an orbit that meets cuts
again and again can have O(T).
Each is evaluated and located once. Exact rationals would grow in each step by the digits of the map's numbers; far
along an orbit balls take their place (module `remote`), which grow only by the digits that are lost, the logarithm of
the slope: so many times O(k T^2) bits of memory, and as many operations times the size of the map's numbers. An exact
number is found where two orbits meet, in O(T^2) operations times that size. The counts take one addition of integers of
O(T) bits for each living germ and step at most, O(k T^2) in all; for finite graphs (Markov maps, clipped networks whose
orbits fall on a plateau) O(T). Orbits that are new for ever form long chains, and along these products of polynomials
take the place of the additions (module `chain`): O(T^2) bit operations up to powers of log T for each chain and each
cut that the chain contributes to, or each class that junctions are born into where these are fewer. There are O(k T)
such integers in memory. Laps cost the same unless bars multiply (see there). A sequence of different maps evaluates
each germ in each step, O(k T^2) evaluations.
"""

from certify.counting.activation import activation_breaks
from certify.counting.counts import Count, Counts, counts, counts_of_sequence, iter_counts, iter_counts_of_sequence

__all__ = [
    "Count",
    "Counts",
    "activation_breaks",
    "counts",
    "counts_of_sequence",
    "iter_counts",
    "iter_counts_of_sequence",
]
