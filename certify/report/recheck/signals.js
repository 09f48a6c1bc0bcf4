// Images of parallelepipeds under maps of R^d of any kind, in outward-rounded fixed point.
//
// The points of the set are x(y) = c + G y, -1 <= y_k <= 1. A signal encloses a quantity q that depends on them: `at` its value at
// the centre, y = 0; `over` its values at all points; and `slopes` numbers s_k with q(y) = q(0) + Σ s_k y_k, for each y some of them.
// Slopes between any two points, with q(y) - q(y') = Σ s_k (y_k - y'_k), differ from these in products alone.

const farthest = ([u, v]) => (absolute(u) > absolute(v) ? absolute(u) : absolute(v));
const reach = (slopes) => slopes.reduce((sum, s) => sum + farthest(s), 0n);

/** A signal whose values are also those that centre and slopes allow. */
function signal(at, over, slopes) {
  const by = reach(slopes);
  return { at, over: within(over, [at[0] - by, at[1] + by]), slopes };
}

/** The coordinates of a set. */
function coordinates(set, bits) {
  return set.map(({ constant, coefficients, unit }) => {
    const [at, ...slopes] = [constant, ...coefficients].map((x) => fixed(div(x, unit), bits));
    const by = reach(slopes);
    return signal(at, [at[0] - by, at[1] + by], slopes);
  });
}

/** Weighted sums of signals. */
function combined(units, signals, bits) {
  const columns = signals[0].slopes.map((_, k) => signals.map(({ slopes }) => slopes[k]));
  const [at, over] = [signals.map((one) => one.at), signals.map((one) => one.over)];
  work.pay((units.length * signals.length * (2 + columns.length) * (1 + bits / 200)) / 4);
  return units.map((unit) => {
    const bias = shifted(unit.bias, bits);
    return signal(weighted(unit, at, bias), weighted(unit, over, bias), columns.map((column) => weighted(unit, column)));
  });
}

function bentSignal(activation, { at, over, slopes }, bits) {
  const found = activated(activation, over, bits);
  return signal(
    activated(activation, at, bits).values,
    found.values,
    slopes.map((s) => multiplied(found.slopes, s, bits)),
  );
}

/** q r: its difference from its value at the centre is q (r - r(0)) + r(0) (q - q(0)); `anywhere`, that from its value at y', with r(y'). */
function multipliedSignals(q, r, bits, anywhere) {
  work.pay((q.slopes.length * (1 + bits / 200)) / 2);
  return signal(
    multiplied(q.at, r.at, bits),
    multiplied(q.over, r.over, bits),
    q.slopes.map((s, k) => lower(plus(product(q.over, r.slopes[k]), product(anywhere ? r.over : r.at, s)), bits)),
  );
}

const addedSignals = (q, r) => signal(plus(q.at, r.at), plus(q.over, r.over), q.slopes.map((s, k) => plus(s, r.slopes[k])));
const complement = ({ at, over, slopes }, bits) => {
  const one = 1n << BigInt(bits);
  const [from, around] = [at, over].map(([u, v]) => [one - v, one - u]);
  return { at: from, over: around, slopes: slopes.map(minus) };
};

const exact = (x) => [x, x];
const layerOf = (weight, bias, name) => ({ activation: { name }, units: weight.map((row, i) => unitOf(row.map(exact), exact(bias[i]))) });
const layersOf = (map) => map.layers.map(({ weight, bias, activation }) => ({ activation, units: weight.map((row, i) => unitOf(row, bias[i])) }));
const gateOf = (map, name, activation) => layerOf(map.gates[name].weight, map.gates[name].bias, activation);

/** The map as a function of signals, whose slopes are those from the centre, or `anywhere` those between any two points. */
function onSignals(map, bits, anywhere = false) {
  const apply = ({ units, activation }, signals) => combined(units, signals, bits).map((one) => bentSignal(activation, one, bits));
  const times = (q, r) => q.map((one, k) => multipliedSignals(one, r[k], bits, anywhere));
  const sum = (q, r) => q.map((one, k) => addedSignals(one, r[k]));
  if (map.kind === "network") {
    const layers = layersOf(map);
    return (x) => layers.reduce((signals, layer) => apply(layer, signals), x);
  }
  if (map.kind === "plrnn") {
    const hidden = layerOf(map.C, map.e, "relu");
    const output = layerOf(map.A.map((row, i) => [...row, ...map.W[i]]), map.h, "identity");
    return (x) => apply(output, [...x, ...apply(hidden, x)]);
  }
  const gate = (name, activation) => gateOf(map, name, activation);
  const unchanged = unitMatrix(map.units);
  if (map.kind === "lstm") {
    const [i, f, g, o] = [gate("i", "sigmoid"), gate("f", "sigmoid"), gate("g", "tanh"), gate("o", "sigmoid")];
    const squash = layerOf(unchanged, unchanged.map(() => ZERO), "tanh");
    return (x) => {
      const [h, c] = [x.slice(0, map.units), x.slice(map.units)];
      const next = sum(times(apply(f, h), c), times(apply(i, h), apply(g, h)));
      return [...times(apply(o, h), apply(squash, next)), ...next];
    };
  }
  const [r, z, n] = [gate("r", "sigmoid"), gate("z", "sigmoid"), gate("n", "tanh")];
  const inner = map.reset === "after" && layerOf(map.gates.n.weight, map.gates.n.reset_bias, "identity");
  const outer = inner && layerOf(unchanged, map.gates.n.bias, "tanh");
  return (h) => {
    const candidate = inner ? apply(outer, times(apply(r, h), apply(inner, h))) : apply(n, times(apply(r, h), h));
    const kept = apply(z, h);
    return sum(times(kept.map((one) => complement(one, bits)), candidate), times(kept, h));
  };
}
