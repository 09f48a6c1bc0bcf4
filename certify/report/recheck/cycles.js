// The rule for complete lists of cycles: a linear complementarity problem for the corrections v of all steps, and a tree of its words.

/**
 * f(x) = A x + W v + h and y = C x + D v + e, seen from the pieces of the base. `kinks` says of each correction to which unit it
 * belongs, counted as in a pattern, and whether its kink lies above the base's piece.
 */
function corrections(all, d, base) {
  const counts = kinkCounts(all);
  const m = counts.reduce((sum, count) => sum + count, 0);
  const last = d + m; // a form is a list of coefficients: of x, of v, and the constant
  const raised = (form, k, by) => form.with(k, add(form[k], by));
  const x = unitMatrix(last + 1).slice(0, d);
  const [values, kinks] = [[], []];
  let [forms, at] = [x, 0];
  for (const { weight, bias, act, skip } of all) {
    const own = skip && times(skip, x);
    forms = times(weight, forms).map((form, i) => {
      const z = raised(form, last, bias[i]);
      const piece = act.kinks.length ? Number(base[at]) : 0;
      const [slope, offset] = act.lines[piece];
      let value = raised(z.map((c) => mul(slope, c)), last, offset);
      act.kinks.forEach((kink, j) => {
        const above = j >= piece;
        value = raised(value, d + kinks.length, sub(act.lines[j + 1][0], act.lines[j][0]));
        values.push(raised(z, last, neg(kink)).map((c) => (above ? c : neg(c))));
        kinks.push({ unit: at, above });
      });
      if (act.kinks.length) at++;
      return own ? value.map((c, k) => add(c, own[i][k])) : value;
    });
  }
  const parts = (rows) => [rows.map((row) => row.slice(0, d)), rows.map((row) => row.slice(d, last)), rows.map((row) => row[last])];
  const [[A, W, h], [C, D, e]] = [parts(forms), parts(values)];
  return { m, units: counts.length, kinks, A, W, h, C, D, e };
}

/**
 * K and q, each multiplied by a positive integer: of K an m x m block for each difference of steps,
 * (K v)_{t,k} = Σ blocks[(t - s) mod P][k][l] v_{s,l}, and of q the entries of one step, for all steps have the same.
 */
function complementarity({ m, A, W, h, C, D, e }, P) {
  const d = A.length;
  const powers = [unitMatrix(d)];
  for (let s = 0; s < P; s++) powers.push(times(A, powers[s]));
  const minusOne = (matrix) => matrix.map((row, i) => row.map((x, k) => sub(i === k ? ONE : ZERO, x)));
  const back = inverse(minusOne(powers[P]));
  need(back, "period", "1 - A^P has no inverse");
  if (m === 0) return { blocks: [], q: [] };
  const through = times(C, back); // from what enters a step to y
  const q = e.map((x, k) => powers.slice(0, P).reduce((sum, power) => add(sum, dot(times([through[k]], power)[0], h)), x));
  const blocks = powers.slice(0, P).map((_, r) => {
    const seen = times(times(through, powers[(r + P - 1) % P]), W);
    return seen.map((row, k) => row.map((x, l) => sub(r === 0 ? sub(k === l ? ONE : ZERO, D[k][l]) : ZERO, x)));
  });
  const { n } = common(blocks.flat(2));
  return { blocks: blocks.map((_, r) => D.map((_, k) => n.slice((r * m + k) * m, (r * m + k + 1) * m))), q: common(q).n };
}

/** What a vector c demands of the words that it excludes: the indices at which their bits must be 1, and those where 0. */
function excluded(text, { blocks, q }, P, m, place) {
  need(typeof text === "string", place, "expected text");
  const entries = text.split(" ").map((entry) => {
    const match = /^([0-9]{1,9}):(-?[0-9]+)$/.exec(entry);
    need(match, place, "expected index:integer, with one blank between two");
    return [Number(match[1]), BigInt(match[2])];
  });
  entries.forEach(([i], k) => need(i < P * m && (k === 0 || entries[k - 1][0] < i), place, "the indices do not increase, or leave the word"));
  work.pay(entries.length * (1 + P * m));
  need(entries.reduce((sum, [i, c]) => sum + c * q[i % m], 0n) > 0n, place, "c q is not positive");
  const zeros = [];
  for (let s = 0; s < P; s++) {
    for (let l = 0; l < m; l++) {
      const sum = entries.reduce((found, [i, c]) => found + c * blocks[(Math.floor(i / m) - s + P) % P][i % m][l], 0n);
      if (sum > 0n) zeros.push(s * m + l);
    }
  }
  return { ones: entries.filter(([, c]) => c < 0n).map(([i]) => i), zeros };
}

/** The value of f at a point, exactly. */
function imageOf(all, x) {
  let values = x;
  for (const { weight, bias, act, skip } of all) {
    work.pay(weight.length * values.length);
    const own = skip?.map((row) => dot(row, x));
    values = weight.map((row, i) => {
      const z = add(dot(row, values), bias[i]);
      const [slope, offset] = act.lines[act.kinks.filter((kink) => less(kink, z)).length];
      const value = add(mul(slope, z), offset);
      return own ? add(value, own[i]) : value;
    });
  }
  return values;
}

function cyclesComplete(map, data) {
  const all = stages(map);
  const d = map.dimension;
  const P = integer(data.get("period"), "period", 1, 10_000);
  need(isPattern(data.get("base"), kinkCounts(all)), "base", "a pattern that does not fit the units of the map");
  const system = corrections(all, d, data.get("base"));
  const { m, units, kinks } = system;
  const spelled = (x) => x.map(written).join(" ");
  const known = new Set();
  list(data.get("cycles"), "cycles").forEach((cycle, i) => {
    const place = `cycles[${i}]`;
    keys(cycle, place, ["period", "point"]);
    const p = integer(cycle.get("period"), place, 1);
    need(P % p === 0, place, "its period does not divide that of the list");
    const start = list(cycle.get("point"), place, d).map((x) => lowest(x, place));
    let x = start;
    for (let t = 0; t < p; t++) {
      need(!known.has(spelled(x)), place, "a point of it stands in the list already, or comes back too early");
      known.add(spelled(x));
      x = imageOf(all, x);
    }
    need(spelled(x) === spelled(start), place, "its point does not come back");
  });
  const problem = complementarity(system, P);
  const vectors = list(data.get("vectors"), "vectors").map((text, j) => excluded(text, problem, P, m, `vectors[${j}]`));
  need(typeof data.get("tree") === "string", "tree", "expected text");
  const tokens = data.get("tree").split(" ");
  work.pay(P * m);
  const bits = Array(P * m).fill(undefined);

  const smaller = (r) => {
    for (let k = 0; k < m; k++) {
      for (let t = 0; t < P; t++) {
        const [one, other] = [bits[t * m + k], bits[((t + r) % P) * m + k]];
        if (one === undefined || one !== other) return one === 1 && other === 0;
      }
    }
    return false;
  };
  const solved = (place) => {
    need(bits.every((bit) => bit !== undefined), place, "not all bits are given");
    const patterns = Array.from({ length: P }, (_, t) => {
      const digits = Array(units).fill(0);
      kinks.forEach(({ unit, above }, k) => (digits[unit] += (bits[t * m + k] === 1) === above ? 1 : 0));
      return digits.join("");
    });
    const start = unitMatrix(d).map((row) => form(ZERO, row));
    const around = patterns.reduce((forms, pattern) => stepped(all, pattern, forms), start);
    const back = inverse(around.map(({ coefficients }, i) => coefficients.map((x, k) => sub(i === k ? ONE : ZERO, x))));
    need(back, place, "more than one point, or none, is brought back");
    const x = times(back, around.map(({ constant }) => [constant])).map(([value]) => value);
    if (known.has(spelled(x))) return;
    let image = x;
    for (let t = 0; t < P; t++) image = imageOf(all, image);
    need(spelled(image) !== spelled(x), place, "the word's cycle is missing in the list");
  };
  let at = 0;
  const node = () => {
    const [token, place] = [tokens[at], `tree[${at}]`];
    at++;
    work.pay(1);
    need(token !== undefined, "tree", "it ends too early");
    if (token === "=") return solved(place);
    if (token === "<") {
      work.pay((P * m) / 4);
      for (let r = 1; r < P; r++) if (smaller(r)) return undefined;
      throw new Refused(place, "no rotation is smaller");
    }
    const match = /^([0-9]{1,9})(?:\.([0-9]{1,9}))?$/.exec(token);
    need(match, place, "expected an index, a vector with its rotation, < or =");
    const first = Number(match[1]);
    if (match[2] === undefined) {
      need(first < P * m && bits[first] === undefined, place, "no such bit, or it is given already");
      for (const bit of [0, 1]) {
        bits[first] = bit;
        node();
      }
      bits[first] = undefined;
      return undefined;
    }
    const r = Number(match[2]);
    need(first < vectors.length && r < P, place, "no such vector or rotation");
    const { ones, zeros } = vectors[first];
    work.pay((ones.length + zeros.length) / 10);
    const moved = (i) => bits[(i + r * m) % (P * m)];
    need(ones.every((i) => moved(i) === 1) && zeros.every((i) => moved(i) === 0), place, "the vector does not exclude the given bits");
    return undefined;
  };
  node();
  need(at === tokens.length, "tree", "it goes on after its last node");
}
