// The rule for chains of blocks, each of which covers the next along one expanding direction.

function coveringChain(map, data) {
  const d = map.dimension;
  need(d === map.outputs && map.domain === null && !map.box, "kind", "this kind is for maps of R^d without intervals");
  need(map.kind !== "piecewise-linear", "kind", "this kind is for networks and recurrent cells");
  const bits = integer(data.get("bits"), "bits", 1, LIMITS.bits);
  const blocks = list(data.get("blocks"), "blocks").map((block, a) => readBlock(block, `blocks[${a}]`, d));
  const vector = list(data.get("vector"), "vector").map((v) => lowest(v, "vector"));
  need(vector.length > 0 && vector.length <= blocks.length, "vector", "expected an entry for each of the first blocks");
  const chains = list(data.get("chains"), "chains").map((chain, i) => {
    const numbers = list(chain, `chains[${i}]`).map((block) => integer(block, `chains[${i}]`, 0));
    need(numbers.length > 1, `chains[${i}]`, "expected at least two blocks");
    need(numbers.every((block) => block < blocks.length), `chains[${i}]`, "no such block");
    need([numbers[0], numbers.at(-1)].every((block) => block < vector.length), `chains[${i}]`, "it begins or ends at a block without an entry in the vector");
    return numbers;
  });
  const f = onSignals(map, bits);
  const once = (compute) => {
    const found = new Map();
    return (key, ...more) => {
      if (!found.has(key)) found.set(key, compute(key, ...more));
      return found.get(key);
    };
  };
  const image = once((a) => f(coordinates(blocks[a].set, bits)));
  const covered = once((key, a, b) => covers(image(a), blocks[b], bits));
  const different = once((key, a, b) => apart(blocks[a], blocks[b]));
  chains.forEach((chain, i) => {
    for (let t = 0; t + 1 < chain.length; t++) {
      const [a, b] = [chain[t], chain[t + 1]];
      need(covered(`${a} ${b}`, a, b), `chains[${i}]`, `block ${a} is not seen to cover block ${b}`);
    }
    for (const other of chains.slice(0, i)) {
      if (other[0] !== chain[0]) continue;
      work.pay(1);
      const t = chain.findIndex((block, k) => k >= other.length || block !== other[k]);
      need(t >= 0 && t < other.length, `chains[${i}]`, "of two chains from one block, one begins the other");
      const ends = [chain[t], other[t]].sort((x, y) => x - y);
      need(different(ends.join(" "), ...ends), `chains[${i}]`, `it parts from another chain at blocks ${ends.join(" and ")}, which are not seen to lie apart`);
    }
  });
  carry(chains.map((chain) => ({ from: chain[0], to: chain.at(-1), steps: chain.length - 1 })), vector, data);
}

/**
 * Whether an image covers a block K: its two faces, y_0 = -1 and y_0 = 1, lie strictly beyond the opposite bounds of K's first form,
 * and all other forms of K stay strictly between their bounds.
 */
function covers(image, { rows, lo, hi }, bits) {
  const columns = image[0].slopes.map((_, k) => image.map(({ slopes }) => slopes[k]));
  work.pay((rows.length ** 2 * (1 + columns.length) * (1 + bits / 200)) / 2);
  return rows.every((row, k) => {
    // The form on the image, in units of 1/(d 2^bits).
    const { n, d } = common(row);
    const formOf = (intervals) => n.reduce((sum, w, i) => plus(sum, product([w, w], intervals[i])), [0n, 0n]);
    const [at, slopes] = [formOf(image.map((one) => one.at)), columns.map(formOf)];
    const unit = d << BigInt(bits);
    const between = ([u, v]) => less(lo[k], fraction(u, unit)) && less(fraction(v, unit), hi[k]);
    if (k > 0) return between([at[0] - reach(slopes), at[1] + reach(slopes)]);
    const rest = reach(slopes.slice(1));
    const [left, right] = [minus(slopes[0]), slopes[0]].map((s) => plus(plus(at, s), [-rest, rest]));
    const below = ([, v]) => less(fraction(v, unit), lo[0]);
    const above = ([u]) => less(hi[0], fraction(u, unit));
    return (below(left) && above(right)) || (above(left) && below(right));
  });
}
