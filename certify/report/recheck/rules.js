// The rules for exact piecewise-linear maps of an interval or of the line.

/** Shows that f maps its domain into itself: from the range of the last activation, or by the exact image. */
function invariant(map) {
  if (!map.domain) return;
  const values = map.layers && range(map.layers.at(-1).activation);
  if (values?.every((y) => inside(y, map.lo, map.hi))) return;
  const [lo, hi] = map.pieces().image([map.lo, map.hi]);
  need(inside(lo, map.lo, map.hi) && inside(hi, map.lo, map.hi), "f maps J into J", () => `f takes the values ${shown(lo)} and ${shown(hi)}`);
}

function point(value, place, map) {
  const x = lowest(value, place);
  need(inside(x, map.lo, map.hi), place, "a point outside the domain");
  return x;
}

const points = (value, place, map, length) => list(value, place, length).map((x, i) => point(x, `${place}[${i}]`, map));

/** Replays steps x -> f(x) between neighbours of a list. */
function replay(map, orbit, place) {
  for (let i = 0; i + 1 < orbit.length; i++) {
    const y = map.value(orbit[i]);
    need(equal(y, orbit[i + 1]), `${place}[${i + 1}]`, () => `expected f(${place}[${i}]) = ${shown(y)}, got ${shown(orbit[i + 1])}`);
  }
}

const level = (data) => {
  const j = integer(data.get("level"), "level", 0, LIMITS.level);
  return 2 ** j;
};

function oddNumber(data) {
  const n = integer(data.get("n"), "n", 3);
  need(n % 2 === 1, "n", "expected an odd number");
  return n;
}

function side(data) {
  need(["left", "right"].includes(data.get("side")), "side", 'expected "left" or "right"');
  return data.get("side") === "right" ? 1 : -1;
}

function oddReturn(map, data) {
  const [m, n, s] = [level(data), oddNumber(data), side(data)];
  const x = point(data.get("x"), "x", map);
  const orbit = points(data.get("orbit"), "orbit", map, n * m + 1);
  need(equal(orbit[0], x), "x", "x is not the first point of the orbit");
  replay(map, orbit, "orbit");
  need(s * compare(orbit[m], x) > 0, "odd-return", `g(x) does not lie on the ${data.get("side")} of x`);
  need(s * compare(orbit[n * m], x) <= 0, "odd-return", "the n-th return does not come back to x or beyond");
  if (!data.has("period_three")) return;
  const three = points(data.get("period_three"), "period_three", map, 3);
  replay(map, [...three, three[0]], "period_three");
  need(less(three[0], three[1]) && less(three[0], three[2]), "period_three", "the first point is not the smallest");
  need(!equal(three[1], three[2]), "period_three", "two points are equal");
}

function periodicOrbit(map, data) {
  const period = integer(data.get("period"), "period", 1);
  need(2 ** Math.round(Math.log2(period)) !== period, "period", "a power of 2 proves nothing about chaos");
  const orbit = points(data.get("orbit"), "orbit", map, period);
  replay(map, [...orbit, orbit[0]], "orbit");
  orbit.slice(1).forEach((x, i) => need(less(orbit[0], x), `orbit[${i + 1}]`, "the first point is not the smallest"));
  need(new Set(orbit.map(written)).size === period, "orbit", "two points are equal");
}

/** f^N(J), exactly. Once an image does not shrink, all that follow are equal. */
function core(map, steps) {
  let found = [map.lo, map.hi];
  for (let i = 0; i < steps; i++) {
    const next = map.pieces().image(found);
    if (equal(next[0], found[0]) && equal(next[1], found[1])) break;
    found = next;
  }
  return found;
}

function increasing(mesh, place) {
  mesh.slice(1).forEach((t, i) => need(less(mesh[i], t), `${place}[${i + 1}]`, "the points do not increase"));
}

function order(map, data) {
  const m = level(data);
  const ends = core(map, integer(data.get("core_steps"), "core_steps", 0, 10 ** 18));
  const mesh = list(data.get("mesh"), "mesh").map((t, i) => lowest(t, `mesh[${i}]`, !map.domain));
  need(mesh.length > 0, "mesh", "expected at least one point");
  increasing(mesh, "mesh");
  need(equal(mesh[0], ends[0]), "mesh[0]", () => `expected ${shown(ends[0])}, the left end of f^N(J)`);
  need(equal(mesh.at(-1), ends[1]), "mesh", () => `expected ${shown(ends[1])}, the right end of f^N(J), as the last point`);
  for (let i = 0; i + 1 < mesh.length; i++) {
    const cell = [mesh[i], mesh[i + 1]];
    need(disjoint(map, cell, m) || affine(map, cell, m), `cell ${i}`, "the cell passes neither test of the rule");
  }
}

function disjoint(map, cell, m) {
  let found = cell;
  for (let i = 0; i < 2 * m; i++) found = map.pieces().image(found);
  return less(found[1], cell[0]) || less(cell[1], found[0]);
}

/** Whether g∘g is affine on the cell, its difference from id keeps its sign, and its fixed points at the ends are those of g. */
function affine(map, [a, b], m) {
  const pieces = map.pieces();
  let [slope, offset] = [ONE, ZERO];
  const at = (x) => (finite(x) ? add(mul(slope, x), offset) : slope.n === 0n ? offset : slope.n > 0n ? x : neg(x));
  let once;
  for (let i = 0; i < 2 * m; i++) {
    if (i === m) once = [at(a), at(b)];
    const [u, v] = [at(a), at(b)].sort(compare);
    const k = pieces.index(u);
    if (less(pieces.end(k), v)) return false;
    work.pay(1 + size(offset) / 100);
    [slope, offset] = [mul(pieces.slopes[k], slope), add(mul(pieces.slopes[k], offset), pieces.offsets[k])];
  }
  const excess = sub(slope, ONE);
  const difference = (x) => (finite(x) ? sign(sub(at(x), x)) : sign(x) * sign(excess) || sign(offset));
  if (difference(a) * difference(b) < 0) return false;
  return [a, b].every((x, end) => compare(at(x), x) !== 0 || compare(once[end], x) === 0);
}

/** How many linear regions f, f², …, f^T have, by first visits to the knots; the page on counting proves the recursion. */
function regionCount(map, data) {
  const claimed = list(data.get("regions"), "regions").map((r, i) => lowest(r, `regions[${i}]`));
  const T = claimed.length;
  need(T > 0, "regions", "expected at least one count");
  const pieces = map.pieces();
  const breaks = pieces.starts.slice(1);
  const K = breaks.length;
  const piece = (x, right) => {
    const i = pieces.index(x);
    return right || i === 0 || !equal(pieces.starts[i], x) ? i : i - 1;
  };
  // Breaks b with y < b, on the right side of y, or with y <= b, on the left, start at this index.
  const rank = (y, right) => {
    let [lo, hi] = [0, K];
    while (lo < hi) {
      const middle = (lo + hi) >> 1;
      if (compare(y, breaks[middle]) < (right ? 0 : 1)) hi = middle;
      else lo = middle + 1;
    }
    return lo;
  };
  // For a germ, the place and weight it adds to the sums at each time while it lives, and the slope that its orbit has gathered.
  const follow = (x, right) => {
    const [adds, gathered] = [[], [ONE]];
    let slope = ONE;
    for (let t = 0; t < T; t++) {
      adds.push([rank(x, right), right ? 1n : -1n]);
      const i = piece(x, right);
      slope = mul(slope, pieces.slopes[i]);
      work.pay(2 + size(slope) / 100);
      gathered.push(slope);
      if (slope.n === 0n) break;
      [x, right] = [pieces.on(i, x), right === pieces.slopes[i].n > 0n];
    }
    return { adds, slopeAfter: (t) => gathered[t] ?? ZERO };
  };
  const ends = [follow(map.lo, true), follow(map.hi, false)];
  const germs = breaks.map((b) => [follow(b, false), follow(b, true)]);
  const differs = Array.from({ length: T + 1 }, (_, t) => germs.map(([l, r]) => !equal(l.slopeAfter(t), r.slopeAfter(t))));
  const hits = [];
  for (let i = 0; i < T; i++) {
    const change = Array(K + 1).fill(0n);
    const count = ({ adds }, t, times) => {
      if (t < adds.length) change[adds[t][0]] += adds[t][1] * times;
    };
    for (const end of ends) count(end, i, 1n);
    hits.forEach((born, j) => born.forEach((times, b) => times && germs[b].forEach((germ) => count(germ, i - j, times))));
    work.pay(2 * K * (i + 1));
    let sum = 0n;
    hits.push(breaks.map((_, b) => (sum += change[b])));
  }
  for (let t = 1; t <= T; t++) {
    let regions = 1n;
    for (let i = 0; i < t; i++) hits[i].forEach((h, b) => (regions += differs[t - i][b] ? h : 0n));
    work.pay(K * t);
    need(equal(claimed[t - 1], whole(regions)), `regions[${t - 1}]`, () => `expected ${shown(whole(regions))}, got ${shown(claimed[t - 1])}`);
  }
}

/** The laps of f, from left to right, as closed intervals between turning points. */
function laps(map) {
  const pieces = map.pieces();
  const turns = [];
  let direction = 0;
  pieces.slopes.forEach((slope, i) => {
    if (direction * sign(slope) < 0) turns.push(pieces.starts[i]);
    direction = sign(slope) || direction;
  });
  return [map.lo, ...turns].map((start, k) => [start, turns[k] ?? map.hi]);
}

/** The data that both entropy rules share; each edge [lap, interval] comes with the image of the part of its interval in its lap. */
function graph(map, data) {
  const intervals = list(data.get("intervals"), "intervals").map((pair, i) => {
    const [a, b] = list(pair, `intervals[${i}]`, 2).map((x) => lowest(x, `intervals[${i}]`, !map.domain));
    need(less(a, b) && inside(a, map.lo, map.hi) && inside(b, map.lo, map.hi), `intervals[${i}]`, "no interval in J of more than a point");
    return [a, b];
  });
  const count = intervals.length;
  need(count > 0, "intervals", "expected at least one");
  const all = laps(map);
  const part = (i, k) => {
    const [lo, hi] = [greatest(intervals[i][0], all[k][0]), least(intervals[i][1], all[k][1])];
    return less(lo, hi) ? map.pieces().image([lo, hi]) : undefined;
  };
  const rows = list(data.get("rows"), "rows", count).map((row, i) => {
    let before = -1;
    return list(row, `rows[${i}]`).map((edge) => {
      const [k, j] = list(edge, `rows[${i}]`, 2).map((index) => integer(index, `rows[${i}]`, 0));
      need(k < all.length && j < count, `rows[${i}]`, "no such lap or interval");
      need(k > before, `rows[${i}]`, "the laps do not increase");
      before = k;
      return { k, j, image: part(i, k) };
    });
  });
  const vector = list(data.get("vector"), "vector", count).map((v, i) => lowest(v, `vector[${i}]`));
  vector.forEach((v, i) => need(v.d === 1n && v.n > 0n, `vector[${i}]`, "expected a positive integer"));
  return { intervals, rows, vector, laps: all, part, growth: lowest(data.get("growth"), "growth") };
}

const total = (vector, edges) => edges.reduce((sum, { j }) => add(sum, vector[j]), ZERO);

function entropyLower(map, data) {
  const { intervals, rows, vector, growth } = graph(map, data);
  need(growth.n > 0n, "growth", "expected a positive number");
  rows.forEach((row, i) => {
    for (const { k, j, image } of row) {
      const over = image && !less(intervals[j][0], image[0]) && !less(image[1], intervals[j][1]);
      need(over, `rows[${i}]`, `f does not map the part in lap ${k} over interval ${j}`);
    }
    need(!less(total(vector, row), mul(growth, vector[i])), `rows[${i}]`, "the sum over the edges is too small for this growth");
  });
}

function entropyUpper(map, data) {
  const { intervals, rows, vector, laps: all, part, growth } = graph(map, data);
  need(!less(growth, ONE), "growth", "expected at least 1");
  const ranks = list(data.get("ranks"), "ranks", rows.length);
  ranks.forEach((rank, i) => need(typeof rank === "bigint", `ranks[${i}]`, "expected an integer"));
  const ends = core(map, integer(data.get("core_steps"), "core_steps", 0, 10 ** 18));
  need(ends.every((x) => inside(x, ...intervals[0])), "intervals[0]", "f^N(J) does not lie in the first interval");
  rows.forEach((row, i) => {
    all.forEach((_, k) => {
      const image = part(i, k);
      const edge = row.find((one) => one.k === k);
      const moves = image !== undefined && less(...image);
      need(moves === (edge !== undefined), `rows[${i}]`, `lap ${k} has ${moves ? "no edge" : "an edge, and f is constant there"}`);
      if (edge) need(image.every((y) => inside(y, ...intervals[edge.j])), `rows[${i}]`, `lap ${k} is not mapped into interval ${edge.j}`);
    });
    need(row.every(({ j }) => ranks[j] <= ranks[i]), `rows[${i}]`, "an edge leads to a higher rank");
    const own = row.filter(({ j }) => ranks[j] === ranks[i]);
    need(!less(mul(growth, vector[i]), total(vector, own)), `rows[${i}]`, "the sum over the edges is too large for this growth");
  });
}

function constantSlope(map, data) {
  const growth = lowest(data.get("growth"), "growth");
  need(!less(growth, ONE), "growth", "expected at least 1");
  const [lo, hi] = core(map, integer(data.get("core_steps"), "core_steps", 0, 10 ** 18));
  need(finite(lo) && finite(hi) && less(lo, hi), "core_steps", "f^N(J) is no compact interval of more than a point");
  const pieces = map.pieces();
  pieces.slopes.forEach((slope, i) => {
    const meets = less(pieces.starts[i], hi) && less(lo, pieces.end(i));
    need(!meets || equal(magnitude(slope), growth), "constant-slope", () => `a piece has the slope ${shown(slope)}`);
  });
}
