// Two rules for networks of R^d, block horseshoes and contractions, and blocks. Vectors are lists of rationals, matrices lists of rows.

/** A vector as integers over one denominator. */
function common(vector) {
  const d = vector.reduce((found, x) => (found % x.d === 0n ? found : (found / gcd(found, x.d)) * x.d), 1n);
  return { d, n: vector.map((x) => x.n * (d / x.d)) };
}

const dotted = (u, v) => fraction(u.n.reduce((sum, x, k) => (x === 0n ? sum : sum + x * v.n[k]), 0n), u.d * v.d);
const dot = (u, v) => dotted(common(u), common(v));
const columns = (matrix) => matrix[0].map((_, k) => matrix.map((row) => row[k]));
const times = (a, b) => {
  const turned = columns(b).map(common);
  work.pay(a.length * b.length * turned.length);
  return a.map((row) => {
    const left = common(row);
    return turned.map((column) => dotted(left, column));
  });
};
const unitMatrix = (d) => Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, k) => (i === k ? ONE : ZERO)));
const half = fraction(1n, 2n);

/** The inverse by elimination; undefined for a singular matrix. */
function inverse(matrix) {
  const d = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...unitMatrix(d)[i]]);
  for (let k = 0; k < d; k++) {
    const pivot = rows.findIndex((row, i) => i >= k && row[k].n !== 0n);
    if (pivot < 0) return undefined;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    rows[k] = rows[k].map((x, _, row) => div(x, row[k]));
    for (let i = 0; i < d; i++) {
      const factor = rows[i][k];
      if (i === k || factor.n === 0n) continue;
      work.pay(2 * d);
      rows[i] = rows[i].map((x, c) => sub(x, mul(factor, rows[k][c])));
    }
  }
  return rows.map((row) => row.slice(d));
}

/**
 * A map of R^d as a list of stages: weight, bias, and activations with kinks, which smooth ones, where these may be, have not; a plrnn
 * adds A x + h to its one stage.
 */
function stages(map, smooth = false) {
  need(map.dimension === map.outputs && map.domain === null, "kind", "this kind is for maps of R^d");
  need(map.kind === "network" || map.kind === "plrnn", "kind", "this kind is for networks and plrnn");
  need(!map.box && (smooth || !map.smooth), "kind", `this kind is for networks without intervals${smooth ? "" : " and smooth activations"}`);
  const stage = (weight, bias, activation, skip) => ({ weight, bias, activation, act: broken(activation), skip });
  if (map.kind === "plrnn") return [stage(map.C, map.e, { name: "relu" }), stage(map.W, map.h, { name: "identity" }, map.A)];
  return map.layers.map(({ weight, bias, activation }) =>
    stage(weight.map((row) => row.map(([w]) => w)), bias.map(([b]) => b), activation),
  );
}

/** How many kinks each unit has, of those that have any, in the order of the file: as many digits has a pattern. */
const kinkCounts = (all) => all.flatMap(({ bias, act }) => (act.kinks.length ? bias.map(() => act.kinks.length) : []));

const isPattern = (text, counts) =>
  typeof text === "string" && text.length === counts.length && counts.every((most, k) => /[0-2]/.test(text[k]) && Number(text[k]) <= most);

/**
 * An affine form of some coordinates, constant + Σ coefficient·y, all multiplied by one number > 0: `unit`, the same for all forms
 * that belong together. It takes the denominators of an inverse away, so that most of what follows is done in integers.
 */
const form = (constant, coefficients, unit = ONE) => ({ constant, coefficients, unit });

/** The forms `forms` put into a matrix and a vector. */
function composed(matrix, vector, forms) {
  const coefficients = times(matrix, forms.map((one) => one.coefficients));
  const constants = forms.map((one) => one.constant);
  const { unit } = forms[0];
  return matrix.map((row, i) => {
    const constant = dot(row, constants);
    return form(vector ? add(constant, mul(vector[i], unit)) : constant, coefficients[i], unit);
  });
}

/** The image of affine forms under the affine map of a pattern; `see` is told the form that enters each activation. */
function stepped(all, pattern, start, see) {
  let [forms, at] = [start, 0];
  for (const { weight, bias, act, skip } of all) {
    const own = skip && composed(skip, undefined, start);
    forms = composed(weight, bias, forms).map((one, i) => {
      const piece = act.kinks.length ? Number(pattern[at++]) : 0;
      see?.(one, act.kinks[piece - 1], act.kinks[piece]);
      const [slope, offset] = act.lines[piece];
      let constant = add(mul(slope, one.constant), mul(offset, one.unit));
      let coefficients = one.coefficients.map((c) => mul(slope, c));
      if (own) {
        constant = add(constant, own[i].constant);
        coefficients = coefficients.map((c, k) => add(c, own[i].coefficients[k]));
      }
      return form(constant, coefficients, one.unit);
    });
  }
  return forms;
}

/** Whether a form keeps strictly between two bounds, each of which may be missing, while its coordinates run from -1 to 1. */
function strictly({ constant, coefficients, unit }, lo, hi) {
  const radius = coefficients.reduce((sum, c) => add(sum, magnitude(c)), ZERO);
  return (
    (lo === undefined || less(mul(lo, unit), sub(constant, radius))) &&
    (hi === undefined || less(add(constant, radius), mul(hi, unit)))
  );
}

/** The set {x : lo_k <= form_k(x) <= hi_k} as x = c + G y, -1 <= y_k <= 1; undefined where the forms are dependent. */
function parallelepiped(forms, lo, hi) {
  const found = inverse(forms.map((one) => one.coefficients));
  if (!found) return undefined;
  const center = forms.map((one, k) => sub(mul(half, add(lo[k], hi[k])), one.constant));
  const radius = lo.map((x, k) => mul(half, sub(hi[k], x)));
  const all = found.map((row) => [dot(row, center), ...row.map((x, k) => mul(x, radius[k]))]);
  const unit = whole(common(all.flat()).d);
  return all.map((row) => row.map((x) => mul(x, unit))).map(([constant, ...rest]) => form(constant, rest, unit));
}

function readBlock(given, place, d) {
  keys(given, place, ["rows", "lo", "hi"]);
  const vector = (values, where) => list(values, where, d).map((x) => lowest(x, where));
  const rows = list(given.get("rows"), `${place}.rows`, d).map((row, k) => vector(row, `${place}.rows[${k}]`));
  const [lo, hi] = [vector(given.get("lo"), `${place}.lo`), vector(given.get("hi"), `${place}.hi`)];
  lo.forEach((x, k) => need(less(x, hi[k]), place, "expected lo < hi in every direction"));
  const set = parallelepiped(rows.map((row) => form(ZERO, row)), lo, hi);
  need(set, place, "the forms are not independent");
  return { rows, lo, hi, set };
}

function blockHorseshoe(map, data) {
  const all = stages(map);
  const d = map.dimension;
  const u = integer(data.get("expanding"), "expanding", 1);
  need(u <= d, "expanding", `expected at most ${d}`);
  const blocks = list(data.get("blocks"), "blocks").map((block, a) => readBlock(block, `blocks[${a}]`, d));
  need(blocks.length > 0, "blocks", "expected at least one");
  const counts = kinkCounts(all);
  const words = list(data.get("words"), "words").map((word, i) => {
    const [from, to, text] = list(word, `words[${i}]`, 3);
    const ends = [from, to].map((block) => integer(block, `words[${i}]`, 0));
    need(ends.every((block) => block < blocks.length), `words[${i}]`, "no such block");
    need(typeof text === "string" && text !== "", `words[${i}]`, "expected patterns");
    const patterns = text.split(" ");
    for (const pattern of patterns) need(isPattern(pattern, counts), `words[${i}]`, "a pattern that does not fit the units of the map");
    return { from: ends[0], to: ends[1], text, patterns };
  });
  words.forEach((word, i) => checkWord(all, word, blocks[word.from], blocks[word.to], u, `words[${i}]`));
  words.forEach((word, i) =>
    words.slice(0, i).forEach((other) => {
      if (word.from !== other.from) return;
      work.pay(1);
      const prefix = `${word.text} `.startsWith(`${other.text} `) || `${other.text} `.startsWith(`${word.text} `);
      const told = word.text === other.text && apart(blocks[word.to], blocks[other.to]);
      need(!prefix || told, `words[${i}]`, "the word cannot be told from another of the same block");
    }),
  );
  const vector = list(data.get("vector"), "vector", blocks.length).map((v) => lowest(v, "vector"));
  carry(words.map(({ from, to, patterns }) => ({ from, to, steps: patterns.length })), vector, data);
}

/** Sees that paths from block to block, each with its number of steps, grow as claimed: Σ v_to z^(-steps) >= v_from with z > 1. */
function carry(paths, vector, data) {
  need(vector.every((v) => v.d === 1n && v.n > 0n), "vector", "expected positive integers");
  const growth = lowest(data.get("growth"), "growth");
  need(less(ONE, growth), "growth", "expected more than 1");
  vector.forEach((v, a) => {
    const power = (t) => {
      work.pay((t * size(growth)) / 10);
      return { n: growth.d ** BigInt(t), d: growth.n ** BigInt(t) };
    };
    const own = paths.filter(({ from }) => from === a);
    const sum = own.reduce((found, { to, steps }) => add(found, mul(vector[to], power(steps))), ZERO);
    need(!less(sum, v), "growth", `what leads from block ${a} does not carry this growth`);
  });
}

function checkWord(all, { patterns }, from, to, u, place) {
  const d = from.lo.length;
  const along = (forms, see) => patterns.reduce((found, pattern) => stepped(all, pattern, found, see), forms);
  const affineMap = along(unitMatrix(d).map((row) => form(ZERO, row))); // F of the word, on all of R^d
  const after = composed(to.rows, undefined, affineMap);
  const before = from.rows.map((row) => form(ZERO, row));
  const pick = (x, y) => x.map((_, k) => (k < u ? x[k] : y[k]));
  const set = parallelepiped(pick(after, before), pick(to.lo, from.lo), pick(to.hi, from.hi));
  need(set, place, "the forms that define N are not independent");
  composed(from.rows, undefined, set).forEach((one, k) => {
    need(k >= u || strictly(one, from.lo[k], from.hi[k]), place, `N is not inside its block in direction ${k}`);
  });
  const image = along(set, (one, lo, hi) => need(strictly(one, lo, hi), place, "N leaves a pattern of the word"));
  composed(to.rows, undefined, image).forEach((one, k) => {
    need(k < u || strictly(one, to.lo[k], to.hi[k]), place, `the image of N is not inside the next block in direction ${k}`);
  });
}

/** Whether a form of one of two blocks keeps strictly outside its bounds on all of the other. */
function apart(p, q) {
  const outside = (block, other) =>
    composed(block.rows, undefined, other.set).some(
      (one, k) => strictly(one, undefined, block.lo[k]) || strictly(one, block.hi[k], undefined),
    );
  return outside(p, q) || outside(q, p);
}

/** Rows of intervals: the product of an exact matrix with one. */
function timesIntervals(matrix, rows) {
  work.pay(2 * matrix.length * rows.length * rows[0].length);
  return matrix.map((row) =>
    rows[0].map((_, k) =>
      row.reduce(
        ([lo, hi], w, i) => {
          const [a, b] = rows[i][k].map((x) => mul(w, x));
          return w.n < 0n ? [add(lo, b), add(hi, a)] : [add(lo, a), add(hi, b)];
        },
        [ZERO, ZERO],
      ),
    ),
  );
}

const STEEPNESS = {
  tanh: [ZERO, ONE], softplus: [ZERO, ONE], sigmoid: [ZERO, fraction(1n, 4n)], sin: [whole(-1), ONE],
  gelu: [fraction(-128_905n, 1_000_000n), fraction(1_128_905n, 1_000_000n)], silu: [fraction(-9_984n, 100_000n), fraction(109_984n, 100_000n)],
};

/** Bounds of the slopes of an activation between any two points. */
function steepness(activation) {
  if (Object.hasOwn(STEEPNESS, activation.name)) return STEEPNESS[activation.name];
  if (activation.name === "elu") return [least(ZERO, activation.alpha), greatest(ONE, activation.alpha)];
  const slopes = broken(activation).lines.map(([slope]) => slope);
  return [slopes.reduce(least), slopes.reduce(greatest)];
}

function contraction(map, data) {
  const all = stages(map, true);
  const d = map.dimension;
  const rows = list(data.get("rows"), "rows", d).map((row, k) => list(row, `rows[${k}]`, d).map((x) => lowest(x, `rows[${k}]`)));
  const factor = lowest(data.get("factor"), "factor");
  need(factor.n > 0n && less(factor, ONE), "factor", "expected a number between 0 and 1");
  const back = inverse(rows);
  need(back, "rows", "the forms are not independent");
  const exact = (matrix) => matrix.map((row) => row.map((x) => [x, x]));
  let found = exact(back);
  all.forEach(({ weight, activation, skip }, i) => {
    const [lo, hi] = steepness(activation);
    const last = i === all.length - 1 && equal(lo, ONE) && equal(hi, ONE);
    found = timesIntervals(last ? times(rows, weight) : weight, found);
    if (last) {
      const own = skip && times(times(rows, skip), back);
      found = found.map((row, k) => row.map((pair, c) => (own ? pair.map((x) => add(x, own[k][c])) : pair)));
      return;
    }
    found = found.map((row) =>
      row.map(([a, b]) => {
        const products = [mul(lo, a), mul(lo, b), mul(hi, a), mul(hi, b)];
        return [products.reduce(least), products.reduce(greatest)];
      }),
    );
    if (i === all.length - 1) found = timesIntervals(rows, found);
  });
  found.forEach((row, k) => {
    const sum = row.reduce((found, [lo, hi]) => add(found, greatest(magnitude(lo), magnitude(hi))), ZERO);
    need(!less(factor, sum), `rows[${k}]`, () => `the sum of the row is up to ${shown(sum)}, more than the factor`);
  });
}
