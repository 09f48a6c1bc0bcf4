// The rule for trees of boxes: every orbit ends in the blocks of one family, where cones leave room for one cycle alone. Boxes have
// corners in units of 1/2^bits.

function orderTree(map, data) {
  const d = map.dimension;
  need(["network", "lstm", "gru"].includes(map.kind), "kind", "this kind is for networks, lstm and gru");
  need(d === map.outputs && map.domain === null && !map.box, "kind", "this kind is for maps of R^d without intervals");
  const bits = integer(data.get("bits"), "bits", 1, LIMITS.bits);
  const [lo, hi] = ["lo", "hi"].map((key) => list(data.get(key), key, d).map((x) => place(lowest(x, key), bits, key)));
  lo.forEach((x, k) => need(x < hi[k], "lo", "expected lo < hi in every coordinate"));
  entered(map, lo, hi, bits);
  const [f, steep] = [onSignals(map, bits), onSignals(map, bits, true)];
  const owners = new Map(); // of numbers of leaves: the ends that own them
  let after = 0;
  list(data.get("families"), "families").forEach((family, i) => {
    const { number, expanding, period, blocks } = readFamily(family, `families[${i}]`, d);
    need(number >= after, `families[${i}]`, "expected a number beyond those of the family before");
    after = number + period;
    blocks.forEach((block, j) => {
      const [name, next] = [`families[${i}].ends[${j}]`, (j + 1) % blocks.length];
      if (j < period) owners.set(number + j, { blocks: [], name, trap: expanding === 0, number, next: number + ((j + 1) % period) });
      owners.get(number + (j % period)).blocks.push(block);
      const set = coordinates(block.set, bits);
      const image = steep(set);
      cones(image, blocks[next], expanding, bits, name);
      if (expanding === 0) need(mapped(image, blocks[next], bits), name, "the image of the block is not seen to lie in the next block");
    });
  });
  const { nodes, leaves } = readTree(data.get("tree"), lo, hi);
  for (const leaf of leaves) {
    const end = owners.get(leaf.number);
    end?.blocks.forEach((block) => need(boxInside(leaf, block, bits), leaf.name, `the leaf is not inside the blocks of ${end.name}`));
    if (end?.trap) continue;
    const image = f(coordinates(boxSet(leaf, bits), bits)).map(({ over }) => over);
    const may = end ? (n) => n < end.number || n === end.next : (n) => n < leaf.number;
    for (const n of met(nodes, image)) need(may(n), leaf.name, `the image of this leaf ${leaf.number} may meet a leaf ${n}`);
  }
}

/** A number in units of 1/2^bits, of which it is a multiple. */
function place(x, bits, name) {
  const one = 1n << BigInt(bits);
  need(one % x.d === 0n, name, "expected a multiple of 2^-bits");
  return x.n * (one / x.d);
}

function readFamily(given, name, d) {
  keys(given, name, ["number", "expanding", "ends"], ["period"]);
  const [number, expanding] = ["number", "expanding"].map((key) => integer(given.get(key), `${name}.${key}`, 0));
  need(expanding <= d, `${name}.expanding`, `expected at most ${d}`);
  const blocks = list(given.get("ends"), `${name}.ends`).map((end, j) => readBlock(end, `${name}.ends[${j}]`, d));
  need(blocks.length > 0, `${name}.ends`, "expected at least one");
  const period = given.has("period") ? integer(given.get("period"), `${name}.period`, 1) : blocks.length;
  need(blocks.length % period === 0, `${name}.period`, "expected a divisor of the number of ends");
  return { number, expanding, period, blocks };
}

/** Every orbit is in the root from some time on. */
function entered(map, lo, hi, bits) {
  const one = 1n << BigInt(bits);
  const apply = ({ units, activation }, values) => {
    work.pay((units.length * values.length * (1 + bits / 200)) / 2);
    return units.map((unit) => activated(activation, weighted(unit, values, shifted(unit.bias, bits)), bits).values);
  };
  if (map.kind === "network") {
    const layers = layersOf(map);
    const first = layers.findIndex(({ activation }) => range(activation));
    need(first >= 0, "root", "no layer has bounded values");
    const [a, b] = range(layers[first].activation);
    const start = layers[first].units.map(() => [fixed(a, bits)[0], fixed(b, bits)[1]]);
    layers.slice(first + 1).reduce((values, layer) => apply(layer, values), start).forEach(([u, v], k) => {
      need(lo[k] <= u && v <= hi[k], "root", `coordinate ${k}: it does not hold all values of the map`);
    });
    return;
  }
  for (let j = 0; j < map.units; j++) need(lo[j] <= -one && one <= hi[j], "root", `coordinate ${j}: it does not hold [-1, 1]`);
  if (map.kind === "gru") return;
  const cube = Array(map.units).fill([-one, one]);
  const [i, f, g] = [["i", "sigmoid"], ["f", "sigmoid"], ["g", "tanh"]].map(([name, activation]) => apply(gateOf(map, name, activation), cube));
  for (let j = map.units; j < 2 * map.units; j++) {
    const radius = -lo[j] < hi[j] ? -lo[j] : hi[j];
    const gamma = farthest(product(i[j - map.units], g[j - map.units])); // in units of 1/4^bits
    need(gamma + f[j - map.units][1] * radius < radius * one, "root", `coordinate ${j}: c is not seen to come into it`);
  }
}

/** The forms of a block on intervals, one for each coordinate: integers in units of 1/(d 2^bits), each with its own d. */
function formsOn({ rows }, columns, bits) {
  work.pay((rows.length ** 2 * columns.length * (1 + bits / 200)) / 2);
  return rows.map((row) => {
    const { n, d } = common(row);
    const entries = columns.map((column) => n.reduce((sum, w, i) => plus(sum, product([w, w], column[i])), [0n, 0n]));
    return { entries, unit: d << BigInt(bits) };
  });
}

const slopesOf = (image) => image[0].slopes.map((_, k) => image.map(({ slopes }) => slopes[k]));

/** The cone conditions: in the next block's coordinates the first u rows of the slopes expand by more than 1, whatever the others do, and the rest contract. */
function cones(image, next, u, bits, name) {
  formsOn(next, slopesOf(image), bits).forEach(({ entries, unit }, k) => {
    const radius = mul(half, sub(next.hi[k], next.lo[k]));
    if (k >= u) {
      need(less(fraction(reach(entries), unit), radius), name, `form ${k} of the next block is not seen to contract`);
      return;
    }
    const [[a, b]] = entries.splice(k, 1);
    const nearest = a > 0n ? a : b < 0n ? -b : 0n;
    need(less(radius, fraction(nearest - reach(entries), unit)), name, `form ${k} of the next block is not seen to expand`);
  });
}

/** Whether an image lies in a block. */
function mapped(image, { lo, hi, ...block }, bits) {
  return formsOn(block, [image.map(({ at }) => at), ...slopesOf(image)], bits).every(({ entries: [[u, v], ...slopes], unit }, k) => {
    const by = reach(slopes);
    return !less(fraction(u - by, unit), lo[k]) && !less(hi[k], fraction(v + by, unit));
  });
}

/** The tree as a list of nodes, the root first, each before what is below it; and its leaves with their boxes. */
function readTree(text, lo, hi) {
  need(typeof text === "string", "tree", "expected text");
  const tokens = text.split(" ");
  const [nodes, leaves, open] = [[], [], [{ lo, hi }]];
  tokens.forEach((token, at) => {
    const name = `tree[${at}]`;
    need(open.length > 0, "tree", "it goes on after its last node");
    const { parent, ...box } = open.pop();
    work.pay(1 + lo.length / 10);
    if (parent) parent.upper = at;
    const match = /^(\/?)(0|[1-9][0-9]{0,8})$/.exec(token);
    need(match, name, "expected the number of a leaf, or / and a coordinate");
    const node = match[1] ? { k: Number(match[2]) } : { number: Number(match[2]), name, ...box };
    nodes.push(node);
    if (!match[1]) {
      leaves.push(node);
      return;
    }
    need(node.k < lo.length, name, "no such coordinate");
    const sum = box.lo[node.k] + box.hi[node.k];
    need(sum % 2n === 0n, name, "half the box does not end at a multiple of 2^-bits");
    node.s = sum / 2n;
    const cut = (corner) => corner.map((x, i) => (i === node.k ? node.s : x));
    open.push({ lo: cut(box.lo), hi: box.hi, parent: node }, { lo: box.lo, hi: cut(box.hi) });
  });
  need(open.length === 0, "tree", "it ends too early");
  return { nodes, leaves };
}

/** The numbers of all leaves that a box of closed intervals may meet. */
function met(nodes, box) {
  const [found, open] = [new Set(), [0]];
  while (open.length) {
    const at = open.pop();
    const { number, k, s, upper } = nodes[at];
    work.pay(0.1);
    if (number !== undefined) {
      found.add(number);
      continue;
    }
    if (box[k][0] <= s) open.push(at + 1);
    if (box[k][1] >= s) open.push(upper);
  }
  return found;
}

/** A box as a set. */
function boxSet({ lo, hi }, bits) {
  const unit = 2n << BigInt(bits);
  return lo.map((x, k) => form(fraction(x + hi[k], unit), lo.map((_, i) => (i === k ? fraction(hi[k] - x, unit) : ZERO))));
}

/** Whether all forms of a block keep between their bounds on a box. */
function boxInside(box, { rows, lo, hi }, bits) {
  const ends = box.lo.map((x, i) => [x, box.hi[i]]);
  return formsOn({ rows }, [ends], bits).every(({ entries: [[u, v]], unit }, k) => {
    return !less(fraction(u, unit), lo[k]) && !less(hi[k], fraction(v, unit));
  });
}
