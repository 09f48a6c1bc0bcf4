// Enclosures of activations and of their slopes in fixed point: an interval is two integers u <= v and stands for
// [u/2^b, v/2^b]. Functions named "...At" take one point t/2^b. Every rounding is outward, every remainder is bounded.

const up = (x, bits) => -(-x >> BigInt(bits)); // ceil(x / 2^bits); x >> bits is the floor
const bitLength = (x) => (x === 0n ? 0 : absolute(x).toString(2).length);
const lower = ([u, v], bits) => [u >> BigInt(bits), up(v, bits)];
const join = (x, y) => [x[0] < y[0] ? x[0] : y[0], x[1] > y[1] ? x[1] : y[1]];
const minus = ([u, v]) => [-v, -u];
const plus = (x, y) => [x[0] + y[0], x[1] + y[1]];

function product([a, b], [c, d]) {
  const found = [a * c, a * d, b * c, b * d];
  return [found.reduce((x, y) => (y < x ? y : x)), found.reduce((x, y) => (y > x ? y : x))];
}

const multiplied = (x, y, w) => lower(product(x, y), w);

/** An interval times a rational, rounded outward. */
function stretched(x, { n, d }) {
  const [u, v] = product(x, [n, n]);
  return [floorDivide(u, d), ceilDivide(v, d)];
}

/** Integers around x·2^b. */
const fixed = (x, b) => stretched([1n << BigInt(b), 1n << BigInt(b)], x);

function squareRoot(n) {
  if (n < 2n) return n;
  let x = 1n << BigInt((bitLength(n) + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

const memo = new Map();
function remembered(key, compute) {
  if (!memo.has(key)) memo.set(key, compute());
  return memo.get(key);
}

/** π = 16 arctan(1/5) - 4 arctan(1/239) (Machin), at scale 2^w. Each term is cut off by less than 3, as is the rest of the series. */
const pi = (w) =>
  remembered(`pi ${w}`, () => {
    const guard = 24 + bitLength(BigInt(w));
    const arctan = (n) => {
      let [power, sum, terms] = [(1n << BigInt(w + guard)) / n, 0n, 0n];
      for (; power > 0n; terms++, power /= n * n) sum += (terms % 2n ? -power : power) / (2n * terms + 1n);
      return [sum - 3n * terms - 3n, sum + 3n * terms + 3n];
    };
    const [x, y] = [arctan(5n), arctan(239n)];
    return lower([16n * x[0] - 4n * y[1], 16n * x[1] - 4n * y[0]], guard);
  });

/**
 * e^(-t/2^b) for t >= 0, at scale 2^w: the alternating series at s = t/2^(b+k) <= 1/256, squared k times. A computed term is
 * less than the true one by at most 2, since the error of the one before is divided by 256 at least; the rest is less than 2.
 */
function expAt(t, b, w) {
  if (t === 0n) return [1n << BigInt(w), 1n << BigInt(w)]; // exactly: 0 is a fixed point of tanh
  if (t >> BigInt(b) > BigInt(w)) return [0n, 1n];
  const k = Math.max(0, bitLength(t) - b + 8);
  const p = Math.max(w, b) + k + 8;
  const s = t << BigInt(p - b - k);
  let [sum, term, n] = [1n << BigInt(p), 1n << BigInt(p), 0n];
  while (term > 0n) {
    n++;
    term = ((term * s) >> BigInt(p)) / n;
    sum += n % 2n ? -term : term;
  }
  let [lo, hi] = [sum - 2n * n - 2n, sum + 2n * n + 2n];
  if (lo < 0n) lo = 0n;
  for (let i = 0; i < k; i++) [lo, hi] = lower([lo * lo, hi * hi], p);
  const one = 1n << BigInt(p);
  return lower([lo, hi < one ? hi : one], p - w);
}

/**
 * log(1 + e/2^w) for 0 <= e <= 2^w: 2 artanh z with z = e/(2 + e) <= 1/3. All is cut off downward: z by 1, its powers by at
 * most 3, each term by at most 4; what follows a power below 3 is less than 4.
 */
function logAt(e, w) {
  const z = (e << BigInt(w)) / ((2n << BigInt(w)) + e);
  const square = (z * z) >> BigInt(w);
  let [power, sum, k] = [z, 0n, 0n];
  for (; power > 0n; k++, power = (power * square) >> BigInt(w)) sum += power / (2n * k + 1n);
  return [2n * sum, 2n * (sum + 4n * k + 4n)];
}

/** 1/(1 + e^(-t/2^b)), at scale 2^w. */
function sigmoidAt(t, b, w) {
  const [one, [lo, hi]] = [1n << BigInt(w), expAt(absolute(t), b, w)];
  const found = [floorDivide(one * one, one + hi), ceilDivide(one * one, one + lo)];
  return t >= 0n ? found : [one - found[1], one - found[0]];
}

/**
 * The density φ and the distribution Φ of the normal law at t/2^b, at scale 2^w. For x >= 0 (Φ - 1/2)/φ = Σ x^(2k+1)/(1·3·…·(2k+1));
 * once x²/(2k+3) <= 1/2 the rest is at most the last term. For x² >= 2w both φ and 1 - Φ are below e^(-w).
 */
function normalAt(t, b, w) {
  const x = absolute(t);
  const one = 1n << BigInt(w);
  const square = x * x;
  let [density, above] = [[0n, 1n], [one - 1n, one]];
  if (square < BigInt(2 * w) << BigInt(2 * b)) {
    const p = w + 16 + Number((3n * square) >> BigInt(2 * b + 2)); // e^(x²/2) < 2^(3x²/4)
    const circle = pi(p).map((side) => squareRoot((2n * side) << BigInt(p)));
    const [lo, hi] = expAt(square, 2 * b + 1, p);
    density = [(lo << BigInt(p)) / (circle[1] + 1n), ceilDivide(hi << BigInt(p), circle[0])];
    let [term, sum] = [lower([x << BigInt(p), x << BigInt(p)], b), [0n, 0n]];
    for (let k = 1n; ; k++) {
      sum = plus(sum, term);
      const slow = square <= (2n * k + 1n) << BigInt(2 * b - 1 < 0 ? 0 : 2 * b - 1);
      if (slow && term[1] <= 1n) break;
      const next = lower([term[0] * square, term[1] * square], 2 * b);
      term = [next[0] / (2n * k + 1n), ceilDivide(next[1], 2n * k + 1n)];
    }
    const part = multiplied(density, [sum[0], sum[1] + term[1]], p);
    density = lower(density, p - w);
    above = plus(lower(part, p - w), [one >> 1n, one >> 1n]);
  }
  return { density, distribution: t >= 0n ? above : [one - above[1], one - above[0]] };
}

/** sin and cos of t/2^b, at scale 2^w: reduced by multiples of π/2, then Taylor, whose terms are cut off by at most 4. */
function circleAt(t, b, w) {
  if (t === 0n) return [[0n, 0n], [1n << BigInt(w), 1n << BigInt(w)]];
  const p = w + bitLength(t) + 16;
  const [low, high] = pi(p);
  const T = t << BigInt(p - b);
  const k = floorDivide(4n * T + low, 2n * low);
  const [r, end] = lower(plus([2n * T, 2n * T], minus(product([k, k], [low, high]))), 1);
  const square = (r * r) >> BigInt(p);
  if (square >= 1n << BigInt(p)) throw new Error("an argument that was not reduced");
  const series = (first, from) => {
    let [term, sum, n] = [absolute(first), 0n, 0n];
    for (; term > 0n; n++) {
      sum += n % 2n ? -term : term;
      term = ((term * square) >> BigInt(p)) / ((2n * n + from) * (2n * n + from + 1n));
    }
    if (first < 0n) sum = -sum;
    const error = 4n * n + 4n + end - r;
    return lower([sum - error, sum + error], p - w);
  };
  const [sine, cosine] = [series(r, 2n), series(1n << BigInt(p), 1n)];
  const turns = [[sine, cosine], [cosine, minus(sine)], [minus(sine), minus(cosine)], [minus(cosine), sine]];
  const one = 1n << BigInt(w);
  const cut = ([u, v]) => [u < -one ? -one : u, v > one ? one : v];
  return turns[Number(((k % 4n) + 4n) % 4n)].map(cut);
}

/** Value and slope of a smooth activation other than elu at t/2^b, at the same scale. */
function smoothAt(name, t, b) {
  const w = b + 32 + Math.max(0, bitLength(t) - b);
  work.pay(8 + (w / 48) ** 2);
  const one = 1n << BigInt(w);
  const x = [t << BigInt(w - b), t << BigInt(w - b)];
  const rest = ([u, v]) => [one - v, one - u];
  let value, slope;
  if (name === "sin") [value, slope] = circleAt(t, b, w);
  else if (name === "gelu") {
    const { density, distribution } = normalAt(t, b, w);
    value = multiplied(x, distribution, w);
    slope = plus(distribution, multiplied(x, density, w));
  } else {
    const s = sigmoidAt(name === "tanh" ? 2n * t : t, b, w);
    const bell = multiplied(s, rest(s), w);
    if (name === "tanh") [value, slope] = [[2n * s[0] - one, 2n * s[1] - one], [4n * bell[0], 4n * bell[1]]];
    else if (name === "sigmoid") [value, slope] = [s, bell];
    else if (name === "silu") [value, slope] = [multiplied(x, s, w), plus(s, multiplied(x, bell, w))];
    else {
      const e = expAt(absolute(t), b, w);
      value = plus(t > 0n ? x : [0n, 0n], [logAt(e[0], w)[0], logAt(e[1], w)[1]]);
      slope = s;
    }
  }
  return { value: lower(value, w - b), slope: lower(slope, w - b) };
}

/**
 * Where a function turns: integers `from` <= `to` at scale 2^b around the turn, and its value there. `rises` says of a point whether
 * it lies right of the turn (true), left of it (false), or that it cannot be told. The value is that at an end of the bracket,
 * give or take the square of its length: no second derivative here is greater than 2.
 */
function turn(key, b, [left, right], rises, valueAt) {
  return remembered(`${key} ${b}`, () => {
    const c = b + 40;
    let [p, q] = [fixed(left, c)[0], fixed(right, c)[1]];
    while (q - p > 1n) {
      const middle = (p + q) >> 1n;
      const right = rises(middle, c);
      if (right === undefined) break;
      if (right) q = middle;
      else p = middle;
    }
    const slack = (((q - p) * (q - p)) >> BigInt(c)) + 1n;
    return { from: p >> 40n, to: up(q, 40), at: lower(plus(valueAt(p, c), [-slack, slack]), 40) };
  });
}

const decided = ([u, v]) => (u > 0n ? true : v < 0n ? false : undefined);
const valley = (name, b, around) => turn(`${name} value`, b, around, (t, c) => decided(smoothAt(name, t, c).slope), (t, c) => smoothAt(name, t, c).value);

/** The turns of the slope of gelu, at ±√2, and of silu, where x tanh(x/2) = 2; both slopes at -x are 1 less those at x. */
function slopeTurns(name, b) {
  const rises = (t, c) => {
    if (name === "gelu") return t * t > 2n << BigInt(2 * c);
    const [lo, hi] = sigmoidAt(t, c, c).map((s) => t * (2n * s - (1n << BigInt(c))));
    return decided([lo - (2n << BigInt(2 * c)), hi - (2n << BigInt(2 * c))]);
  };
  const right = turn(`${name} slope`, b, [ONE, whole(3)], rises, (t, c) => smoothAt(name, t, c).slope);
  const one = 1n << BigInt(b);
  return [right, { from: -right.to, to: -right.from, at: [one - right.at[1], one - right.at[0]] }];
}

/** The turns of sin (shift 1) or of cos (shift 0) that may lie in [u, v], at (2j + shift)·π/2. */
function circleTurns([u, v], b, shift) {
  const one = 1n << BigInt(b);
  if (v - u >= 7n * one) return [{ from: u, to: u, at: [-one, one] }];
  const p = b + 8 + Math.max(bitLength(u), bitLength(v));
  const enclosed = pi(p);
  const first = floorDivide(u << BigInt(p - b), enclosed[0]) - 2n;
  return [0n, 1n, 2n, 3n, 4n, 5n, 6n].map((step) => {
    const j = first + step;
    const [from, to] = lower(product([2n * j + shift, 2n * j + shift], enclosed), p - b + 1);
    return { from, to, at: j % 2n ? [-one, -one] : [one, one] };
  });
}

/** {values, slopes} of an activation on [u, v] at scale 2^b; of slopes those on both sides of a kink inside. */
function activated(activation, [u, v], b) {
  const lines = broken(activation);
  if (lines) return activatedLines(lines, [u, v], b);
  const { name, alpha } = activation;
  if (name === "elu") return activatedElu(alpha, [u, v], b);
  const [left, right] = [smoothAt(name, u, b), u === v ? undefined : smoothAt(name, v, b)];
  let values = right ? join(left.value, right.value) : left.value;
  let slopes = right ? join(left.slope, right.slope) : left.slope;
  if (!right) return { values, slopes };
  const one = 1n << BigInt(b);
  const turns = { values: [], slopes: [] };
  if (name === "tanh" || name === "sigmoid") turns.slopes = [{ from: 0n, to: 0n, at: smoothAt(name, 0n, b).slope }];
  if (name === "gelu") turns.values = [valley(name, b, [whole(-1), fraction(-1n, 2n)])];
  if (name === "silu") turns.values = [valley(name, b, [whole(-2), whole(-1)])];
  if (name === "gelu" || name === "silu") turns.slopes = slopeTurns(name, b);
  if (name === "sin") turns.values = circleTurns([u, v], b, 1n);
  if (name === "sin") turns.slopes = circleTurns([u, v], b, 0n);
  const met = ({ from, to }) => from <= v && u <= to;
  values = turns.values.filter(met).reduce((found, { at }) => join(found, at), values);
  slopes = turns.slopes.filter(met).reduce((found, { at }) => join(found, at), slopes);
  return { values, slopes };
}

function activatedLines({ kinks, lines }, [u, v], b) {
  const one = 1n << BigInt(b);
  const [left, right] = [fraction(u, one), fraction(v, one)];
  let values, slopes;
  lines.forEach(([slope, offset], i) => {
    const [start, end] = [kinks[i - 1] ?? NEG_INF, kinks[i] ?? INF];
    const [lo, hi] = [greatest(start, left), least(end, right)];
    if (less(hi, lo) || (equal(lo, hi) && u !== v)) return;
    for (const x of [lo, hi]) {
      const y = fixed(add(mul(slope, x), offset), b);
      values = values ? join(values, y) : y;
    }
    const s = fixed(slope, b);
    slopes = slopes ? join(slopes, s) : s;
  });
  return { values, slopes };
}

function activatedElu(alpha, [u, v], b) {
  const one = 1n << BigInt(b);
  const positive = v > 0n || (u === 0n && v === 0n);
  let [values, slopes] = positive ? [[u > 0n ? u : 0n, v], [one, one]] : [];
  if (u < 0n || (u === 0n && v === 0n)) {
    const w = b + 32;
    work.pay(8 + (w / 48) ** 2);
    const exp = join(expAt(-u, b, w), expAt(v < 0n ? -v : 0n, b, w));
    const unit = 1n << BigInt(w);
    const y = lower(stretched([exp[0] - unit, (exp[1] < unit ? exp[1] : unit) - unit], alpha), 32);
    const s = lower(stretched(exp, alpha), 32);
    [values, slopes] = positive ? [join(values, y), join(slopes, s)] : [y, s];
  }
  return { values, slopes };
}
