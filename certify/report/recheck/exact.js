"use strict";
// Exact numbers, strict JSON and SHA-256. Written from the pages on map files and certificates alone, so that it shares no
// line, and no mistake, with the Python checker.

/** A rule of the format that the certificate or the map breaks: the answer is INVALID. */
class Refused extends Error {
  constructor(rule, message) {
    super(message);
    this.rule = rule;
  }
}

/** Data or a kind beyond what is checked here: the answer is UNSUPPORTED, never VALID. */
class Beyond extends Error {}

/** More arithmetic than this run may cost. */
class Exhausted extends Beyond {}

const LIMITS = { characters: 40_000, level: 20n, bits: 20_000n, depth: 60, pieces: 400_000, work: 60_000_000 };

/** A fixed amount of arithmetic, counted and not timed, so that the answer is the same on every machine. */
const work = {
  left: 0,
  pay(amount) {
    this.left -= amount;
    if (this.left < 0) throw new Exhausted("the certificate needs more arithmetic than is done here");
  },
};

function need(condition, rule, message) {
  if (!condition) throw new Refused(rule, typeof message === "function" ? message() : message);
}

// Rationals: {n, d} in lowest terms with d > 0; the two ends of the line are {±1, 0}.

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const absolute = (n) => (n < 0n ? -n : n);

/**
 * The greatest common divisor of a >= 0 and b > 0; at once where b is a power of 2, as for all that comes from floats. Long integers
 * pay here, for all of the arithmetic that leads to a fraction: some microseconds for what takes so many.
 */
function gcd(a, b) {
  if (a !== 0n && (b & (b - 1n)) === 0n) {
    if (b > SAFE) work.pay(b.toString(16).length ** 2 / 1_000_000);
    const power = a & -a;
    return power < b ? power : b;
  }
  let steps = 0;
  for (; b > SAFE; steps++) [a, b] = [b, a % b];
  work.pay(steps * (0.15 + steps / 3000));
  if (b === 0n) return a;
  let [x, y] = [Number(b), Number(a % b)];
  while (y) [x, y] = [y, x % y];
  return BigInt(x);
}

function fraction(n, d = 1n) {
  if (d < 0n) [n, d] = [-n, -d];
  if (d === 1n) return { n, d };
  const g = gcd(absolute(n), d);
  return g === 1n ? { n, d } : { n: n / g, d: d / g };
}

const whole = (n) => ({ n: BigInt(n), d: 1n });
const ZERO = whole(0);
const ONE = whole(1);
const INF = { n: 1n, d: 0n };
const NEG_INF = { n: -1n, d: 0n };
const finite = (x) => x.d !== 0n;
const sign = (x) => (x.n > 0n ? 1 : x.n < 0n ? -1 : 0);
const neg = (x) => ({ n: -x.n, d: x.d });
const add = (x, y) => (x.d === y.d ? fraction(x.n + y.n, x.d) : fraction(x.n * y.d + y.n * x.d, x.d * y.d));
const sub = (x, y) => add(x, neg(y));
const mul = (x, y) => fraction(x.n * y.n, x.d * y.d);
const div = (x, y) => fraction(x.n * y.d, x.d * y.n);
const magnitude = (x) => (x.n < 0n ? neg(x) : x);

/** The sign of x - y, with -inf < every number < inf. */
function compare(x, y) {
  if (!finite(x) || !finite(y)) return finite(x) ? -sign(y) : finite(y) ? sign(x) : Math.sign(sign(x) - sign(y));
  const [a, b] = [x.n * y.d, y.n * x.d];
  return a < b ? -1 : a > b ? 1 : 0;
}

const less = (x, y) => compare(x, y) < 0;
const equal = (x, y) => x.n === y.n && x.d === y.d;
const least = (x, y) => (less(y, x) ? y : x);
const greatest = (x, y) => (less(x, y) ? y : x);
const inside = (x, lo, hi) => !less(x, lo) && !less(hi, x);

/** floor(n / d) and ceil(n / d) for d > 0. */
const floorDivide = (n, d) => (n >= 0n || n % d === 0n ? n / d : n / d - 1n);
const ceilDivide = (n, d) => -floorDivide(-n, d);

/** The number as the canonical JSON writes it. */
function written(x) {
  if (!finite(x)) return x.n > 0n ? "inf" : "-inf";
  return x.d === 1n ? `${x.n}` : `${x.n}/${x.d}`;
}

/** The number for a message: shortened where it is long. */
function shown(x) {
  const text = written(x);
  return text.length <= 40 ? text : `${text.slice(0, 18)}...${text.slice(-18)} (${text.length} characters)`;
}

/** Hexadecimal digits of a number: what an operation with it costs. */
const size = (x) => x.n.toString(16).length + x.d.toString(16).length;

// Numbers in a map file: a string in one of three notations, or a JSON integer.

const FRACTION = /^(-?)([0-9]+)\/([0-9]+)$/;
const DECIMAL = /^(-?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?$/;
const HEXADECIMAL = /^(-?)0[xX](?:([0-9a-fA-F]+)(?:\.([0-9a-fA-F]*))?|\.([0-9a-fA-F]+))(?:[pP]([+-]?[0-9]+))?$/;

function exponent(text) {
  const e = BigInt((text ?? "0").replace("+", ""));
  if (absolute(e) > BigInt(LIMITS.characters)) throw new Beyond("a number with a larger exponent than is read here");
  return e;
}

const scaled = (n, base, e) => (e < 0n ? fraction(n, base ** -e) : fraction(n * base ** e));

function number(value, place) {
  if (typeof value === "bigint") return fraction(value);
  need(typeof value === "string", "number", `${place}: expected a number as a string, or an integer`);
  if (value.length > LIMITS.characters) throw new Beyond(`${place}: a longer number than is read here`);
  let match;
  if ((match = FRACTION.exec(value))) {
    const d = BigInt(match[3]);
    need(d !== 0n, "number", `${place}: the denominator is zero`);
    return fraction(BigInt(match[1] + match[2]), d);
  }
  if ((match = DECIMAL.exec(value))) {
    const [, minus, front = "", after = "", only = "", e] = match;
    const n = BigInt(front + after + only);
    return scaled(minus ? -n : n, 10n, exponent(e) - BigInt((after + only).length));
  }
  if ((match = HEXADECIMAL.exec(value))) {
    const [, minus, front = "", after = "", only = "", e] = match;
    const n = BigInt(`0x${front + after + only}`);
    return scaled(minus ? -n : n, 2n, exponent(e) - 4n * BigInt((after + only).length));
  }
  throw new Refused("number", `${place}: no number: ${JSON.stringify(value.slice(0, 40))}`);
}

/** A weight or bias as the pair of its two ends: a number, "[lo,hi]", or "0.123?". */
function entry(value, place) {
  if (typeof value !== "string" || !/[\]?]$/.test(value)) {
    const x = number(value, place);
    return [x, x];
  }
  if (value.endsWith("?")) {
    const match = DECIMAL.exec(value.slice(0, -1));
    need(match, "number", `${place}: expected a decimal before "?"`);
    const x = number(value.slice(0, -1), place);
    const half = mul(scaled(1n, 10n, exponent(match[5]) - BigInt((match[3] ?? match[4] ?? "").length)), fraction(1n, 2n));
    return [sub(x, half), add(x, half)];
  }
  const ends = value.slice(1, -1).split(",");
  need(value[0] === "[" && ends.length === 2, "number", `${place}: expected an interval such as "[0.1,1/3]"`);
  const [lo, hi] = ends.map((end) => number(end, place));
  need(!less(hi, lo), "number", `${place}: expected lo <= hi in an interval`);
  return [lo, hi];
}

const CANONICAL = /^-?(0|[1-9][0-9]*)(\/[1-9][0-9]*)?$/;

/** A number of a certificate: a string in lowest terms; where `ends` is true also "inf" and "-inf". */
function lowest(value, place, ends = false) {
  if (ends && (value === "inf" || value === "-inf")) return value === "inf" ? INF : NEG_INF;
  need(typeof value === "string", place, "expected a number as a string in lowest terms");
  if (value.length > LIMITS.characters) throw new Beyond(`${place}: a longer number than is read here`);
  need(CANONICAL.test(value), place, () => `expected a number in lowest terms, got ${JSON.stringify(value.slice(0, 40))}`);
  const x = number(value, place);
  need(written(x) === value, place, `expected ${shown(x)}, the same number in lowest terms`);
  return x;
}

// JSON. Objects become `Map`s, integers become BigInts, and no key may stand twice. Other JSON numbers are no exact numbers.

class Inexact {}

function parse(text, rule) {
  let at = 0;
  const fail = (what) => {
    throw new Refused(rule, `no JSON: ${what} at character ${at}`);
  };
  const blank = () => {
    while (" \t\n\r".includes(text[at] ?? "x")) at++;
  };
  const token = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match?.[0];
  };
  const string = () => {
    const found = token(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y);
    return found === undefined ? fail("no string") : JSON.parse(found);
  };
  const sequence = (close, item) => {
    at++;
    blank();
    if (text[at] === close) return void at++;
    for (;;) {
      blank();
      item();
      blank();
      if (text[at] === close) return void at++;
      if (text[at++] !== ",") fail("no comma");
    }
  };
  const value = (depth) => {
    if (depth > LIMITS.depth) fail("too deeply nested");
    blank();
    if (text[at] === "{") {
      const found = new Map();
      sequence("}", () => {
        const key = string();
        blank();
        if (text[at++] !== ":") fail("no colon");
        if (found.has(key)) fail(`the key ${JSON.stringify(key)} twice`);
        found.set(key, value(depth + 1));
      });
      return found;
    }
    if (text[at] === "[") {
      const found = [];
      sequence("]", () => found.push(value(depth + 1)));
      return found;
    }
    if (text[at] === '"') return string();
    const word = token(/true|false|null/y);
    if (word !== undefined) return JSON.parse(word);
    const digits = token(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y);
    if (digits === undefined) fail("no value");
    if (digits.length > LIMITS.characters) throw new Beyond("a longer number than is read here");
    return /[.eE]/.test(digits) ? new Inexact() : BigInt(digits);
  };
  const found = value(0);
  blank();
  return at === text.length ? found : fail("more than one value");
}

/** The canonical JSON, in ASCII: sorted keys and no white space. */
function canonical(value) {
  if (typeof value === "string") {
    return JSON.stringify(value).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  }
  if (value instanceof Map) {
    const keys = [...value.keys()].sort();
    return `{${keys.map((key) => `${canonical(key)}:${canonical(value.get(key))}`).join(",")}}`;
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  need(!(value instanceof Inexact), "number", "a JSON number that is no integer");
  return `${value}`;
}

/** Sees that an object has these keys and no other. */
function keys(value, place, required, optional = []) {
  need(value instanceof Map, place, "expected an object");
  for (const key of required) need(value.has(key), place, `the key "${key}" is missing`);
  for (const key of value.keys()) {
    need(required.includes(key) || optional.includes(key), place, `an unknown key ${JSON.stringify(key.slice(0, 40))}`);
  }
  return value;
}

function list(value, place, length) {
  need(Array.isArray(value), place, "expected a list");
  need(length === undefined || value.length === length, place, `expected ${length} entries, got ${value.length}`);
  return value;
}

/** A JSON integer from `lo` on, as a Number; where it can be larger than a loop may be long, the answer is UNSUPPORTED. */
function integer(value, place, lo, limit) {
  need(typeof value === "bigint", place, "expected an integer");
  need(value >= BigInt(lo), place, `expected at least ${lo}`);
  if (value > BigInt(limit ?? 1_000_000_000)) throw new Beyond(`${place}: more than is checked here`);
  return Number(value);
}

// SHA-256 (FIPS 180-4) of an ASCII text. Its constants are the first bits of roots of primes, computed here.

const ROOTS = (() => {
  const [primes, square, cube] = [[], [], []];
  const root = (n, k) => {
    // the integer part of the k-th root, by bisection
    let [lo, hi] = [0n, 1n << 40n];
    while (hi - lo > 1n) {
      const middle = (lo + hi) >> 1n;
      if (middle ** k <= n) lo = middle;
      else hi = middle;
    }
    return Number(lo & 0xffffffffn);
  };
  for (let n = 2; primes.length < 64; n++) {
    if (primes.some((p) => n % p === 0)) continue;
    primes.push(n);
    if (square.length < 8) square.push(root(BigInt(n) << 64n, 2n));
    cube.push(root(BigInt(n) << 96n, 3n));
  }
  return { square, cube };
})();

function sha256(text) {
  const bytes = new Uint8Array(((text.length + 72) >> 6) << 6);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  bytes[text.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(text.length / 2 ** 29));
  view.setUint32(bytes.length - 4, (text.length << 3) >>> 0);
  const state = Int32Array.from(ROOTS.square);
  const w = new Int32Array(64);
  const turn = (x, k) => (x >>> k) | (x << (32 - k));
  for (let block = 0; block < bytes.length; block += 64) {
    for (let i = 0; i < 16; i++) w[i] = view.getInt32(block + 4 * i);
    for (let i = 16; i < 64; i++) {
      const [x, y] = [w[i - 15], w[i - 2]];
      w[i] = (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)) + w[i - 16] + w[i - 7];
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const t = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROOTS.cube[i] + w[i]) | 0;
      const s = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t) | 0, c, b, a, (t + s) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] += word));
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
