// The two rules for boxes of networks and for smooth activations, in outward-rounded fixed point.

/** The network of a map file, or the box around it, with the integers that an evaluation needs: unit by unit over one denominator. */
function boxOf(map, data) {
  need(map.kind === "network" && map.dimension === 1 && map.outputs === 1, "kind", "this kind is for networks with one input and one output");
  const bits = integer(data.get("bits"), "bits", 1, LIMITS.bits);
  const [radius, unit] = [data.get("radius"), data.get("weights")];
  let widen = (pair) => pair;
  need((radius === undefined) === (unit === undefined), "radius", "radius and weights stand together");
  if (radius !== undefined) {
    need(!map.box, "radius", "the map file is a box already");
    need(unit === "absolute" || unit === "relative", "weights", 'expected "absolute" or "relative"');
    const epsilon = lowest(radius, "radius");
    need(epsilon.n > 0n, "radius", "expected a positive number");
    widen = ([w]) => {
      const by = unit === "absolute" ? epsilon : mul(epsilon, magnitude(w));
      return [sub(w, by), add(w, by)];
    };
  }
  const layers = map.layers.map(({ weight, bias, activation }) => ({
    activation,
    units: weight.map((row, i) => unitOf(row.map(widen), widen(bias[i]))),
  }));
  const domain = map.domain && [fixed(map.lo, bits)[0], fixed(map.hi, bits)[1]];
  const box = { layers, bits, domain: undefined, lo: map.lo, hi: map.hi };
  const values = range(map.layers.at(-1).activation);
  box.bounds = values;
  const plain = !map.domain || values?.every((y) => inside(y, map.lo, map.hi));
  need(plain !== data.has("cover"), "cover", plain ? "no cover is needed, and none may stand here" : "expected a cover");
  if (!plain) {
    const cover = points(data.get("cover"), "cover", map);
    need(cover.length > 1 && equal(cover[0], map.lo) && equal(cover.at(-1), map.hi), "cover", "it does not run from end to end of the domain");
    increasing(cover, "cover");
    for (let i = 0; i + 1 < cover.length; i++) {
      const { values: found } = image(box, rounded(box, cover[i], cover[i + 1]));
      const [u, v] = found.map((end) => real(box, end));
      need(inside(u, map.lo, map.hi) && inside(v, map.lo, map.hi), `cover[${i}]`, "the image is not seen to lie in the domain");
    }
  }
  box.domain = domain; // from here on images are cut down to J
  return box;
}

/** A unit of a layer: its interval weights and bias as integers over one denominator. */
function unitOf(row, bias) {
  const { n, d } = common([...row, bias].flat());
  const pairs = Array.from({ length: n.length / 2 }, (_, k) => [n[2 * k], n[2 * k + 1]]);
  return { d, bias: pairs.pop(), row: pairs };
}

/** The sum of a unit's weights times intervals, and of a start in the unit's own denominator: exact, and rounded once. */
function weighted({ d, row }, intervals, start = [0n, 0n]) {
  const [u, v] = row.reduce((sum, w, k) => plus(sum, product(w, intervals[k])), start);
  return [floorDivide(u, d), ceilDivide(v, d)];
}

const shifted = ([u, v], bits) => [u << BigInt(bits), v << BigInt(bits)];

const real = (box, u) => fraction(u, 1n << BigInt(box.bits));
const rounded = (box, a, b) => [fixed(a, box.bits)[0], fixed(b, box.bits)[1]];

/** F(X) `times` over, with the slopes of that iterate on X. */
function image(box, X, times = 1) {
  const one = 1n << BigInt(box.bits);
  let [values, slopes] = [X, [one, one]];
  for (let i = 0; i < times; i++) {
    const next = stepOf(box, values);
    [values, slopes] = [next.values, multiplied(next.slopes, slopes, box.bits)];
  }
  return { values, slopes };
}

/** One step on X, cut down to J once f is known to keep it. */
function stepOf(box, X) {
  const { values, slopes } = through(box, X);
  return { values: box.domain ? within(values, box.domain) : values, slopes };
}

/** The layers on X, unit by unit: exact sums, rounded once, and the activations. */
function through({ layers, bits }, X) {
  const one = 1n << BigInt(bits);
  let state = [{ values: X, slopes: [one, one] }];
  for (const { units, activation } of layers) {
    work.pay((units.length * state.length * (1 + bits / 200)) / 2);
    const [z, dz] = [state.map((unit) => unit.values), state.map((unit) => unit.slopes)];
    state = units.map((unit) => {
      const { values, slopes } = activated(activation, weighted(unit, z, shifted(unit.bias, bits)), bits);
      return { values, slopes: multiplied(slopes, weighted(unit, dz), bits) };
    });
  }
  return state[0];
}

const within = ([u, v], [lo, hi]) => [u > lo ? u : lo, v < hi ? v : hi];

function oddReturnBox(map, data) {
  const [m, n, s] = [level(data), oddNumber(data), side(data)];
  const x = point(data.get("x"), "x", map);
  const box = boxOf(map, data);
  // The end of an enclosure that is nearest to failure: the lower one of a value that must be greater than x.
  const beyond = ([u, v], direction) => direction * compare(real(box, direction > 0 ? u : v), x) > 0;
  const once = image(box, rounded(box, x, x), m).values;
  need(beyond(once, s), "odd-return-box", `G(x) is not seen to lie on the ${data.get("side")} of x`);
  const last = image(box, once, (n - 1) * m).values;
  need(beyond(last, -s), "odd-return-box", "the n-th return is not seen to lie on the other side of x");
}

function orderBox(map, data) {
  const m = level(data);
  const steps = integer(data.get("core_steps"), "core_steps", 0);
  const parts = integer(data.get("parts"), "parts", 1);
  const mesh = points(data.get("mesh"), "mesh", map);
  const rule = data.get("rule");
  need(mesh.length > 0, "mesh", "expected at least one point");
  increasing(mesh, "mesh");
  need(rule === "increasing" || rule === "cells", "rule", 'expected "increasing" or "cells"');
  const box = boxOf(map, data);
  let [lo, hi] = [map.lo, map.hi];
  let done = 0;
  if (!map.domain) {
    need(box.bounds, "core_steps", "on the line the last activation must have bounded values");
    need(steps >= 1, "core_steps", "on the line at least 1");
    [lo, hi] = box.bounds;
    done = 1;
  }
  for (; done < steps; done++) {
    let found;
    const step = div(sub(hi, lo), whole(parts));
    for (let k = 0; k < parts; k++) {
      const [a, b] = [add(lo, mul(step, whole(k))), add(lo, mul(step, whole(k + 1)))];
      const { values } = image(box, rounded(box, a, b));
      found = found ? join(found, values) : values;
    }
    const next = [greatest(lo, real(box, found[0])), least(hi, real(box, found[1]))];
    if (equal(next[0], lo) && equal(next[1], hi)) break; // all that follow are equal
    [lo, hi] = next;
  }
  need(!less(lo, mesh[0]) && !less(mesh.at(-1), hi), "mesh", () => `its ends do not enclose [${shown(lo)}, ${shown(hi)}], which holds f^N(J)`);
  for (let i = 0; i + 1 < mesh.length; i++) {
    const passes = rule === "increasing" ? grows(box, mesh[i], mesh[i + 1], m) : passesCell(box, map, mesh[i], mesh[i + 1], m);
    need(passes, `cell ${i}`, rule === "increasing" ? "g is not seen to be increasing" : "the cell passes neither test of the rule");
  }
}

const grows = (box, a, b, m) => image(box, rounded(box, a, b), m).slopes[0] >= 0n;

function passesCell(box, map, a, b, m) {
  const one = 1n << BigInt(box.bits);
  const { values, slopes } = image(box, rounded(box, a, b), 2 * m);
  const [u, v] = values.map((end) => real(box, end));
  if (less(v, a) || less(b, u)) return true;
  if (slopes[1] >= one && slopes[0] <= one) return false;
  const at = (x) => image(box, rounded(box, x, x), m).values.map((end) => real(box, end));
  const [left, right] = [at(a), at(b)];
  const toward = (equal(a, map.lo) || !less(left[0], a)) && (equal(b, map.hi) || !less(b, right[1]));
  const away = !less(a, left[1]) && !less(right[0], b);
  return toward || away;
}
