// Map files: the strict reader, the canonical form with its digest, and exact maps of an interval or of the line.

const PARAMETERS = {
  identity: [], relu: [], leaky_relu: ["negative_slope"], abs: [], clip: ["lo", "hi"], hardtanh: ["lo", "hi"], relu6: [],
  tanh: [], sigmoid: [], softplus: [], gelu: [], silu: [], elu: ["alpha"], sin: [],
};
const BOUNDED = { relu6: [0, 6], tanh: [-1, 1], sigmoid: [0, 1], sin: [-1, 1] };

/** The interval of all values of an activation that has bounded ones, as far as its name says so. */
function range(activation) {
  const { name, lo, hi } = activation;
  if (name === "clip" || name === "hardtanh") return [lo, hi];
  return BOUNDED[name]?.map(whole);
}

/** A piecewise-linear activation as its kinks and the lines [slope, offset] between them; undefined for a smooth one. */
function broken(activation) {
  const { name, negative_slope: slope } = activation;
  if (name === "identity") return { kinks: [], lines: [[ONE, ZERO]] };
  if (name === "relu") return { kinks: [ZERO], lines: [[ZERO, ZERO], [ONE, ZERO]] };
  if (name === "abs") return { kinks: [ZERO], lines: [[whole(-1), ZERO], [ONE, ZERO]] };
  if (name === "leaky_relu") {
    return equal(slope, ONE)
      ? { kinks: [], lines: [[ONE, ZERO]] }
      : { kinks: [ZERO], lines: [[slope, ZERO], [ONE, ZERO]] };
  }
  if (!["clip", "hardtanh", "relu6"].includes(name)) return undefined;
  const [lo, hi] = range(activation);
  return equal(lo, hi)
    ? { kinks: [], lines: [[ZERO, lo]] }
    : { kinks: [lo, hi], lines: [[ZERO, lo], [ONE, ZERO], [ZERO, hi]] };
}

function readMap(text) {
  const file = keys(parse(text, "map file"), "map file", ["format", "version", "domain", "map"], ["name", "source"]);
  need(file.get("format") === "certify-map", "map file", 'format: expected "certify-map"');
  need(typeof file.get("version") === "bigint", "map file", "version: expected 1");
  if (file.get("version") !== 1n) throw new Beyond("a map file of another version");
  if (file.has("name")) need(typeof file.get("name") === "string", "map file", "name: expected a string");
  if (file.has("source")) {
    const source = keys(file.get("source"), "source", ["file", "sha256"]);
    for (const value of source.values()) need(typeof value === "string", "map file", "source: expected two strings");
  }
  let domain = file.get("domain");
  if (domain !== null) {
    domain = list(domain, "domain", 2).map((end, i) => number(end, `domain[${i}]`));
    need(less(domain[0], domain[1]), "map file", "domain: expected lo < hi");
  }
  const given = file.get("map");
  need(given instanceof Map && typeof given.get("kind") === "string", "map file", "map.kind: expected a kind of map");
  const read = { "piecewise-linear": readKnots, network: readNetwork, plrnn: readPlrnn, lstm: readLstm, gru: readGru }[given.get("kind")];
  if (!read) throw new Beyond("a kind of map that is not known here");
  const found = read(given, domain);
  const content = new Map([["domain", domain && domain.map(written)], ["format", "certify-map"], ["map", found.content], ["version", 1n]]);
  return { domain, lo: domain ? domain[0] : NEG_INF, hi: domain ? domain[1] : INF, sha256: sha256(canonical(content)), ...found };
}

function readKnots(given, domain) {
  keys(given, "map", domain ? ["kind", "knots"] : ["kind", "knots", "slopes"]);
  const points = list(given.get("knots"), "map.knots").map((point, i) =>
    list(point, `map.knots[${i}]`, 2).map((value) => number(value, `map.knots[${i}]`)),
  );
  need(points.length >= (domain ? 2 : 1), "map file", "map.knots: too few points");
  points.forEach(([x], i) => need(i === 0 || less(points[i - 1][0], x), "map file", `map.knots[${i}]: x does not increase`));
  if (domain) {
    const ends = [points[0][0], points.at(-1)[0]];
    need(ends.every((x, i) => equal(x, domain[i])), "map file", "map.knots: the first and the last are not at the ends of the domain");
  }
  const ends = domain ? [] : list(given.get("slopes"), "map.slopes", 2).map((s, i) => number(s, `map.slopes[${i}]`));
  const slope = ([x, y], [u, v]) => div(sub(v, y), sub(u, x));
  const slopes = points.slice(1).map((point, i) => slope(points[i], point));
  const around = domain ? slopes : [ends[0], ...slopes, ends[1]]; // on the line a slope on both sides of every knot
  const pieces = new Pieces(domain ? domain[0] : NEG_INF, domain ? domain[1] : INF);
  around.forEach((s, i) => {
    const [x, y] = points[domain ? i : Math.max(i - 1, 0)];
    pieces.push(i === 0 ? pieces.lo : x, s, sub(y, mul(s, x)));
  });
  let kept = [...pieces.starts.slice(1), ...(domain ? domain : [])].sort(compare).map((x) => [x, pieces.value(x)]);
  if (kept.length === 0) kept = [[ZERO, pieces.value(ZERO)]];
  const content = new Map([["kind", "piecewise-linear"], ["knots", kept.map((point) => point.map(written))]]);
  if (!domain) content.set("slopes", ends.map(written));
  return { kind: "piecewise-linear", dimension: 1, exact: true, box: false, content, pieces: () => pieces, value: (x) => pieces.value(x) };
}

function readLayer(given, place) {
  need(given instanceof Map, "map file", `${place}: expected an object`);
  const name = given.get("activation");
  need(typeof name === "string" && Object.hasOwn(PARAMETERS, name), "map file", `${place}: an unknown activation`);
  const names = PARAMETERS[name];
  const optional = name === "hardtanh" ? names : [];
  keys(given, place, ["weight", "bias", "activation", ...(optional.length ? [] : names)], optional);
  const vector = (row, where) => list(row, where).map((value, i) => entry(value, `${where}[${i}]`));
  const weight = list(given.get("weight"), `${place}.weight`).map((row, i) => vector(row, `${place}.weight[${i}]`));
  const bias = vector(given.get("bias"), `${place}.bias`);
  const inputs = weight[0]?.length ?? 0;
  need(inputs > 0 && weight.every((row) => row.length === inputs), "map file", `${place}.weight: expected rows of equal length`);
  need(bias.length === weight.length, "map file", `${place}.bias: expected ${weight.length} entries`);
  const activation = { name };
  for (const key of names) {
    activation[key] = given.has(key) ? number(given.get(key), `${place}.${key}`) : whole(key === "lo" ? -1 : 1);
  }
  if (activation.lo) need(!less(activation.hi, activation.lo), "map file", `${place}: expected lo <= hi`);
  const pair = ([lo, hi]) => (equal(lo, hi) ? written(lo) : `[${written(lo)},${written(hi)}]`);
  const content = new Map([["activation", name], ["bias", bias.map(pair)], ["weight", weight.map((row) => row.map(pair))]]);
  for (const key of names) content.set(key, written(activation[key]));
  return { weight, bias, inputs, activation, content };
}

function readNetwork(given, domain) {
  keys(given, "map", ["kind", "layers"]);
  const layers = list(given.get("layers"), "map.layers").map((layer, i) => readLayer(layer, `map.layers[${i}]`));
  need(layers.length > 0, "map file", "map.layers: expected at least one layer");
  layers.slice(1).forEach((layer, i) => {
    need(layer.inputs === layers[i].bias.length, "map file", `map.layers[${i + 1}]: does not fit the layer before`);
  });
  const found = networkOf(layers, domain);
  const onLine = found.dimension === 1 && found.outputs === 1;
  need(domain === null || onLine, "map file", "a network on an interval has one input and one output");
  return { ...found, content: new Map([["kind", "network"], ["layers", layers.map((layer) => layer.content)]]) };
}

function networkOf(layers, domain) {
  const [dimension, outputs] = [layers[0].weight[0].length, layers.at(-1).bias.length];
  const box = layers.some((layer) => [layer.bias, ...layer.weight].some((row) => row.some(([lo, hi]) => !equal(lo, hi))));
  const smooth = layers.some((layer) => !broken(layer.activation));
  const line = dimension === 1 && outputs === 1;
  const found = { kind: "network", dimension, outputs, layers, box, exact: line && !box && !smooth, smooth };
  if (!found.exact) return found;
  const [lo, hi] = domain ?? [NEG_INF, INF];
  let pieces;
  found.pieces = () => (pieces ??= expanded(layers, lo, hi));
  found.value = (x) => evaluated(layers, x);
  return found;
}

function readPlrnn(given, domain) {
  keys(given, "map", ["kind", "A", "W", "C", "e", "h"]);
  need(domain === null, "map file", "domain: expected null");
  const matrix = (key, rows, columns) => exactMatrix(given.get(key), `map.${key}`, rows, columns);
  const [e, h] = ["e", "h"].map((key) => exactVector(given.get(key), `map.${key}`));
  const [d, m] = [h.length, e.length];
  need(d > 0 && m > 0, "map file", "map: expected at least one coordinate and one unit");
  const [A, W, C] = [matrix("A", d, d), matrix("W", d, m), matrix("C", m, d)];
  const content = new Map([["kind", "plrnn"], ["e", e.map(written)], ["h", h.map(written)]]);
  for (const [key, rows] of Object.entries({ A, W, C })) content.set(key, rows.map((row) => row.map(written)));
  return { kind: "plrnn", dimension: d, outputs: d, A, W, C, e, h, content, box: false, exact: false, smooth: false };
}

const exactVector = (given, place, length) => list(given, place, length).map((x, i) => number(x, `${place}[${i}]`));
const exactMatrix = (given, place, rows, columns) => list(given, place, rows).map((row, i) => exactVector(row, `${place}[${i}]`, columns));

/** The gates of a cell with k units, by their names, and what the canonical form has of them; `reset_bias` stands in the last where `more` has it. */
function readGates(given, domain, names, more = []) {
  need(domain === null, "map file", "domain: expected null");
  const [gates, content] = [{}, new Map()];
  let k;
  for (const name of names) {
    const place = `map.${name}`;
    const extra = name === names.at(-1) ? more : [];
    const gate = keys(given.get(name), place, ["weight", "bias", ...extra]);
    const bias = exactVector(gate.get("bias"), `${place}.bias`, k);
    k ??= bias.length;
    need(k > 0, "map file", "map: expected at least one unit");
    gates[name] = { bias, weight: exactMatrix(gate.get("weight"), `${place}.weight`, k, k) };
    for (const key of extra) gates[name][key] = exactVector(gate.get(key), `${place}.${key}`, k);
    const rows = ([key, value]) => [key, value.map((x) => (Array.isArray(x) ? x.map(written) : written(x)))];
    content.set(name, new Map(Object.entries(gates[name]).map(rows)));
  }
  return { gates, content, units: k, box: false, exact: false, smooth: true };
}

function readLstm(given, domain) {
  keys(given, "map", ["kind", "i", "f", "g", "o"]);
  const cell = readGates(given, domain, ["i", "f", "g", "o"]);
  cell.content.set("kind", "lstm");
  return { kind: "lstm", dimension: 2 * cell.units, outputs: 2 * cell.units, ...cell };
}

function readGru(given, domain) {
  keys(given, "map", ["kind", "reset", "r", "z", "n"]);
  const reset = given.get("reset");
  need(reset === "before" || reset === "after", "map file", 'map.reset: expected "before" or "after"');
  const cell = readGates(given, domain, ["r", "z", "n"], reset === "after" ? ["reset_bias"] : []);
  cell.content.set("kind", "gru").set("reset", reset);
  return { kind: "gru", reset, dimension: cell.units, outputs: cell.units, ...cell };
}

/** A network's value at a number, layer by layer. */
function evaluated(layers, x) {
  let values = [x];
  for (const { weight, bias, activation } of layers) {
    work.pay((bias.length * values.length * (40 + size(values[0]))) / 400);
    const { kinks, lines } = broken(activation);
    values = weight.map((row, i) => {
      const z = row.reduce((sum, [w], k) => (w.n === 0n || values[k].n === 0n ? sum : add(sum, mul(w, values[k]))), bias[i][0]);
      const [slope, offset] = lines[kinks.filter((kink) => less(kink, z)).length];
      return add(mul(slope, z), offset);
    });
  }
  return values[0];
}

/** A continuous function on [lo, hi], affine from each start to the next: x -> offset + slope x. */
class Pieces {
  constructor(lo, hi) {
    Object.assign(this, { lo, hi, starts: [], slopes: [], offsets: [] });
  }

  /** One more piece on the right; it joins the last one where the slope does not change. */
  push(start, slope, offset) {
    if (this.slopes.length && equal(this.slopes.at(-1), slope)) return;
    if (this.slopes.length >= LIMITS.pieces) throw new Beyond("a map with more pieces than are listed here");
    this.starts.push(start);
    this.slopes.push(slope);
    this.offsets.push(offset);
  }

  end(i) {
    return i + 1 < this.starts.length ? this.starts[i + 1] : this.hi;
  }

  /** The last piece that starts at x or left of it. */
  index(x) {
    let [lo, hi] = [0, this.starts.length];
    while (hi - lo > 1) {
      const middle = (lo + hi) >> 1;
      if (less(x, this.starts[middle])) hi = middle;
      else lo = middle;
    }
    return lo;
  }

  on(i, x) {
    const slope = this.slopes[i];
    if (!finite(x)) return slope.n === 0n ? this.offsets[i] : slope.n > 0n ? x : neg(x);
    work.pay(1 + size(x) / 400);
    return add(mul(slope, x), this.offsets[i]);
  }

  /** The value; at an infinite end the limit. */
  value(x) {
    return this.on(this.index(x), x);
  }

  /** The exact image of [a, b], an interval. */
  image([a, b]) {
    const [i, j] = [this.index(a), this.index(b)];
    let lo = this.on(i, a);
    let hi = lo;
    for (let k = i + 1; k <= j; k++) {
      const y = this.on(k, this.starts[k]);
      [lo, hi] = [least(lo, y), greatest(hi, y)];
    }
    const y = this.on(j, b);
    return [least(lo, y), greatest(hi, y)];
  }
}

/** A one-dimensional exact network as its pieces: every unit as a function of the input, layer by layer. */
function expanded(layers, lo, hi) {
  let units = [{ slope: ONE, offset: ZERO, jumps: [] }]; // the first slope and offset, then changes of the slope from left to right
  for (const { weight, bias, activation } of layers) {
    const act = broken(activation);
    units = weight.map((row, i) => bent(summed(row, bias[i][0], units), act, lo, hi));
  }
  const pieces = new Pieces(lo, hi);
  walk(units[0], lo, hi, (start, _, slope, offset) => pieces.push(start, slope, offset));
  return pieces;
}

function summed(row, bias, units) {
  let [slope, offset] = [ZERO, bias];
  const jumps = [];
  units.forEach((unit, k) => {
    const w = row[k][0];
    if (w.n === 0n) return;
    slope = add(slope, mul(w, unit.slope));
    offset = add(offset, mul(w, unit.offset));
    work.pay(1 + unit.jumps.length);
    for (const [x, by] of unit.jumps) jumps.push([x, mul(w, by)]);
  });
  jumps.sort(([x], [y]) => compare(x, y));
  const merged = [];
  for (const [x, by] of jumps) {
    if (merged.length && equal(merged.at(-1)[0], x)) merged.at(-1)[1] = add(merged.at(-1)[1], by);
    else merged.push([x, by]);
  }
  if (merged.length > LIMITS.pieces) throw new Beyond("a map with more pieces than are listed here");
  return { slope, offset, jumps: merged.filter(([, by]) => by.n !== 0n) };
}

/** Calls visit(start, end, slope, offset) for each piece, from left to right. */
function walk({ slope, offset, jumps }, lo, hi, visit) {
  let start = lo;
  for (const [x, by] of jumps) {
    visit(start, x, slope, offset);
    [start, slope, offset] = [x, add(slope, by), sub(offset, mul(by, x))];
  }
  visit(start, hi, slope, offset);
}

/** An activation after a function. */
function bent(unit, { kinks, lines }, lo, hi) {
  const found = { slope: undefined, offset: undefined, jumps: [] };
  let last;
  const emit = (start, j, slope, offset) => {
    const s = mul(lines[j][0], slope);
    if (last === undefined) Object.assign(found, { slope: s, offset: add(mul(lines[j][0], offset), lines[j][1]) });
    else if (!equal(last, s)) found.jumps.push([start, sub(s, last)]);
    last = s;
  };
  walk(unit, lo, hi, (start, end, slope, offset) => {
    work.pay(1);
    const up = slope.n > 0n;
    const left = finite(start) ? add(mul(slope, start), offset) : slope.n === 0n ? offset : up ? NEG_INF : INF;
    let j = kinks.filter((kink) => (up ? !less(left, kink) : less(kink, left))).length; // the line just right of the start
    emit(start, j, slope, offset);
    if (slope.n === 0n) return;
    for (;;) {
      const kink = kinks[up ? j : j - 1];
      if (kink === undefined) return;
      const x = div(sub(kink, offset), slope);
      if (!less(x, end)) return;
      j += up ? 1 : -1;
      emit(x, j, slope, offset);
    }
  });
  return found;
}
