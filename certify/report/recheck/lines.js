// The rule for maps of R^d that go through one number: f = G(s(x)), s(x) = v·x, and a proof for the map p(t) = s(G(t)) of the line.

const PROOFS_OF_LINES = ["odd-return", "periodic-orbit", "order", "odd-return-box", "order-box"];

/** The number u with row = u v; undefined where there is none. */
function multiple(row, v) {
  work.pay(row.length);
  const k = v.findIndex((x) => x.n !== 0n);
  const u = div(row[k], v[k]);
  return row.every((x, i) => equal(x, mul(u, v[i]))) ? u : undefined;
}

/** p as a network of the line, from the layers of f. */
function throughOneNumber(map, v) {
  const exact = (x) => [x, x];
  const layerOf = (weight, bias, activation) => ({ weight: weight.map((row) => row.map(exact)), bias: bias.map(exact), activation });
  const onto = (rows, name) =>
    rows.map((row, i) => {
      const u = multiple(row, v);
      need(u, "row", `row ${i} of ${name} is no multiple of it`);
      return u;
    });
  const last = layerOf([v], [ZERO], { name: "identity" });
  if (map.kind === "plrnn") {
    // s enters once more at the end, as max(0, s) - max(0, -s).
    const [hidden, again] = [onto(map.C, "C"), onto(map.A, "A")];
    const first = layerOf([...hidden, ONE, neg(ONE)].map((u) => [u]), [...map.e, ZERO, ZERO], { name: "relu" });
    const second = layerOf(map.W.map((row, i) => [...row, again[i], neg(again[i])]), map.h, { name: "identity" });
    return [first, second, last];
  }
  const [first, ...rest] = map.layers;
  const u = onto(first.weight.map((row) => row.map(([w]) => w)), "the first weight");
  const values = range(map.layers.at(-1).activation);
  if (values) {
    const ends = v.map((x) => values.map((y) => mul(x, y))).map(([a, b]) => [least(a, b), greatest(a, b)]);
    const [lo, hi] = [0, 1].map((side) => ends.reduce((sum, pair) => add(sum, pair[side]), ZERO));
    last.activation = { name: "clip", lo, hi };
  }
  return [{ ...first, weight: u.map((x) => [exact(x)]) }, ...rest, last];
}

function rankOne(map, data) {
  const d = map.dimension;
  need(d === map.outputs && map.domain === null && !map.box, "kind", "this kind is for maps of R^d without intervals");
  need(map.kind === "network" || map.kind === "plrnn", "kind", "this kind is for networks and plrnn");
  const v = list(data.get("row"), "row", d).map((x) => lowest(x, "row"));
  need(v.some((x) => x.n !== 0n), "row", "expected a row that is not zero");
  const proof = data.get("proof");
  need(proof instanceof Map && PROOFS_OF_LINES.includes(proof.get("kind")), "proof.kind", `expected one of ${PROOFS_OF_LINES.join(", ")}`);
  const [rule, , required, optional] = RULES[proof.get("kind")];
  const without = (names) => (names ?? []).filter((name) => !["radius", "weights", "cover"].includes(name));
  keys(proof, "proof", ["kind", ...required], without(optional));
  const layers = throughOneNumber(map, v);
  const p = { ...networkOf(layers, null), domain: null, lo: NEG_INF, hi: INF };
  need(p.exact || ENCLOSED.includes(proof.get("kind")), "proof.kind", "this proof is for maps with exact pieces");
  rule(p, proof);
}

/** The verdict of such a certificate is that of its proof. */
const innerVerdict = (data) => {
  const proof = data.get("proof");
  return proof instanceof Map && PROOFS_OF_LINES.includes(proof.get("kind")) ? RULES[proof.get("kind")][1] : undefined;
};
