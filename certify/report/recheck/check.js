// A certificate against a map, both as the text of their files.

const RULES = {
  "odd-return": [oddReturn, "CHAOTIC", ["level", "n", "x", "side", "orbit"], ["period_three"]],
  "periodic-orbit": [periodicOrbit, "CHAOTIC", ["period", "orbit"]],
  order: [order, "ORDERED", ["level", "core_steps", "mesh"]],
  "region-count": [regionCount, "COUNTED", ["regions"]],
  "entropy-lower": [entropyLower, "ENTROPY-AT-LEAST", ["intervals", "rows", "vector", "growth"]],
  "entropy-upper": [entropyUpper, "ENTROPY-AT-MOST", ["intervals", "rows", "vector", "growth", "core_steps", "ranks"]],
  "constant-slope": [constantSlope, "ENTROPY-EQUALS", ["core_steps", "growth"]],
  "odd-return-box": [oddReturnBox, "CHAOTIC", ["level", "n", "x", "side", "bits"], ["cover", "radius", "weights"]],
  "order-box": [orderBox, "ORDERED", ["level", "bits", "core_steps", "parts", "mesh", "rule"], ["cover"]],
  "block-horseshoe": [blockHorseshoe, "CHAOTIC", ["expanding", "blocks", "words", "vector", "growth"]],
  contraction: [contraction, "ORDERED", ["rows", "factor"]],
  "rank-one": [rankOne, innerVerdict, ["row", "proof"]],
  "cycles-complete": [cyclesComplete, "CYCLES", ["period", "base", "vectors", "tree", "cycles"]],
  "covering-chain": [coveringChain, "CHAOTIC", ["bits", "blocks", "chains", "vector", "growth"]],
  "order-tree": [orderTree, "ORDERED", ["bits", "lo", "hi", "families", "tree"]],
};
const ENCLOSED = ["odd-return-box", "order-box"];
const SPATIAL = ["block-horseshoe", "contraction", "covering-chain", "cycles-complete", "order-tree", "rank-one"];

function examine(mapText, certificateText) {
  const data = parse(certificateText, "certificate");
  need(data instanceof Map, "certificate", "expected an object");
  need(data.get("format") === "certify-certificate", "format", 'expected "certify-certificate"');
  need(typeof data.get("version") === "bigint", "version", "expected 1");
  if (data.get("version") !== 1n) throw new Beyond("a certificate of another version");
  const kind = data.get("kind");
  need(typeof kind === "string", "kind", "expected a string");
  if (!Object.hasOwn(RULES, kind)) throw new Beyond(`certificates of kind ${JSON.stringify(kind.slice(0, 40))} are not checked here`);
  const [rule, verdict, required, optional] = RULES[kind];
  keys(data, "certificate", ["format", "version", "map_sha256", "claim", "kind", "digest", ...required], optional);
  const body = new Map(data);
  body.delete("digest");
  need(data.get("digest") === sha256(canonical(body)), "digest", "the certificate was damaged or edited: its SHA-256 is another");
  const map = readMap(mapText);
  need(data.get("map_sha256") === map.sha256, "map_sha256", "the certificate is for another map: the SHA-256 of this one is another");
  const claim = keys(data.get("claim"), "claim", ["verdict", "domain", "words"]);
  const proved = typeof verdict === "function" ? verdict(data) : verdict;
  need(claim.get("verdict") === proved, "claim.verdict", `expected ${proved}, which this kind proves`);
  need(canonical(claim.get("domain")) === canonical(map.domain && map.domain.map(written)), "claim.domain", "expected the domain of the map");
  need(typeof claim.get("words") === "string", "claim.words", "expected a sentence");
  if (!SPATIAL.includes(kind)) {
    need(map.dimension === 1 && (map.outputs ?? 1) === 1, "kind", "this kind is for maps of an interval or of the line");
    if (!ENCLOSED.includes(kind)) {
      need(map.exact, "kind", "this kind is for exact piecewise-linear maps, without intervals and smooth activations");
      invariant(map);
    }
  }
  rule(map, data);
}

/**
 * {status, rule, message, exhausted}: VALID; INVALID with the rule that failed; or UNSUPPORTED, with `exhausted` where it was the
 * amount of arithmetic, and more of it could give an answer.
 */
function recheck(mapText, certificateText, budget = LIMITS.work) {
  work.left = budget;
  memo.clear();
  const answer = (status, rule, message, exhausted = false) => ({ status, rule, message, exhausted });
  try {
    examine(mapText, certificateText);
    return answer("VALID", "", "every step of the proof was replayed and holds");
  } catch (error) {
    if (error instanceof Refused) return answer("INVALID", error.rule, error.message);
    // A RangeError is an integer, or a stack, that is larger than the engine allows.
    if (error instanceof Beyond || error instanceof RangeError) {
      return answer("UNSUPPORTED", "", error.message, error instanceof Exhausted);
    }
    throw error;
  }
}
