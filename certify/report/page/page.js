"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const textOf = (id) => byId(id).textContent;

  // Re-check: in a worker made of the same script, so that the page stays alive; where there is none, after a pause.

  const button = byId("recheck-button");
  const result = byId("recheck-result");
  const title = document.title;
  let stop;

  function show(status, rule, message) {
    result.dataset.status = status;
    result.dataset.rule = rule;
    result.textContent = status === "RUNNING" ? message : `${status}${rule ? `, rule “${rule}”` : ""}: ${message}`;
    document.title = status === "RUNNING" ? `… ${title}` : `${status} – ${title}`;
  }

  function finish({ status, rule, message }) {
    stop = undefined;
    button.textContent = "Re-check";
    show(status, rule, message);
  }

  const files = [textOf("map-json"), textOf("certificate-json")];

  function start() {
    button.textContent = "Stop";
    show("RUNNING", "", "Checking …");
    const here = () => {
      const timer = setTimeout(() => finish(attempt(() => recheck(...files))), 30);
      stop = () => clearTimeout(timer);
    };
    try {
      const tail = "onmessage = ({ data }) => postMessage(recheck(...data));";
      const address = URL.createObjectURL(new Blob([textOf("recheck-script"), tail], { type: "text/javascript" }));
      const worker = new Worker(address);
      const end = () => {
        worker.terminate();
        URL.revokeObjectURL(address);
      };
      stop = end;
      worker.onmessage = ({ data }) => {
        end();
        finish(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        end();
        here();
      };
      worker.postMessage(files);
    } catch {
      here();
    }
  }

  /** A mistake of the program itself is never an answer about the certificate. */
  function attempt(run) {
    try {
      return run();
    } catch (error) {
      return { status: "UNSUPPORTED", rule: "", message: `the re-check failed: ${error.message}` };
    }
  }

  button.addEventListener("click", () => {
    if (!stop) return start();
    stop();
    finish({ status: "UNSUPPORTED", rule: "", message: "stopped before the end" });
  });
  const asked = () => location.hash === "#recheck" && !stop;
  addEventListener("hashchange", () => asked() && start());
  if (asked()) {
    // At once: what takes about a second is done before the page has loaded, so that a script that waits for that sees the answer.
    const answer = attempt(() => recheck(...files, 2_000_000));
    if (answer.exhausted) start();
    else finish(answer);
  }

  for (const name of ["map", "certificate"]) {
    byId(`download-${name}`).href = `data:application/json;charset=utf-8,${encodeURIComponent(textOf(`${name}-json`))}`;
  }
  addEventListener("beforeprint", () => document.querySelectorAll("#theorem details").forEach((one) => (one.open = true)));

  // Pictures

  const W = 720;
  const H = 480;
  const PAD = { left: 62, right: 14, top: 14, bottom: 34 };

  function node(name, attributes = {}, ...children) {
    const html = ["figure", "figcaption", "label", "input", "span", "div", "p"].includes(name);
    const made = html ? document.createElement(name) : document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  const short = (x) => (x === 0 ? "0" : Math.abs(x) >= 1e5 || Math.abs(x) < 1e-4 ? x.toExponential(2) : String(Number(x.toPrecision(5))));

  /** Round numbers that divide [lo, hi] into about `count` parts. */
  function ticks(lo, hi, count = 5) {
    const raw = (hi - lo) / count;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= raw * 0.999);
    const found = [];
    for (let i = Math.ceil(lo / step - 1e-9); i * step <= hi + step * 1e-9; i++) found.push(i * step);
    return found;
  }

  let figures = 0;

  /** A figure with its title, controls, axes and a readout; `describe` is its text alternative. */
  function plot(caption, describe, [x0, x1], [y0, y1], labels = {}) {
    const id = `figure-${++figures}`;
    const svg = node("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-labelledby": `${id}-title ${id}-desc` });
    svg.append(node("title", { id: `${id}-title` }, caption), node("desc", { id: `${id}-desc` }, describe));
    const X = (x) => PAD.left + ((x - x0) / (x1 - x0)) * (W - PAD.left - PAD.right);
    const Y = (y) => H - PAD.bottom - ((y - y0) / (y1 - y0)) * (H - PAD.top - PAD.bottom);
    for (const x of ticks(x0, x1)) {
      svg.append(node("line", { class: "axis", x1: X(x), x2: X(x), y1: PAD.top, y2: H - PAD.bottom }));
      svg.append(node("text", { x: X(x), y: H - 12, "text-anchor": "middle" }, (labels.x ?? short)(x)));
    }
    for (const y of ticks(y0, y1)) {
      svg.append(node("line", { class: "axis", x1: PAD.left, x2: W - PAD.right, y1: Y(y), y2: Y(y) }));
      svg.append(node("text", { x: PAD.left - 7, y: Y(y) + 4, "text-anchor": "end" }, (labels.y ?? short)(y)));
    }
    const clip = node("clipPath", { id: `${id}-clip` });
    clip.append(node("rect", { x: PAD.left, y: PAD.top, width: W - PAD.left - PAD.right, height: H - PAD.top - PAD.bottom }));
    const area = node("g", { "clip-path": `url(#${id}-clip)` });
    svg.append(clip, area);
    const controls = node("div", { class: "controls" });
    const readout = node("p", { class: "readout", "aria-live": "off" });
    const figure = node("figure", {}, node("figcaption", {}, node("span", {}, caption)), controls, svg, readout);
    byId("figures").append(figure);
    const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${X(x).toFixed(2)} ${Y(y).toFixed(2)}`).join("");
    /** Calls `say` with the place under the pointer, and shows its answer below the picture. */
    const follow = (say) => {
      const cursor = node("line", { class: "cursor", y1: PAD.top, y2: H - PAD.bottom, visibility: "hidden" });
      area.append(cursor);
      svg.addEventListener("pointermove", (event) => {
        const box = svg.getBoundingClientRect();
        const px = ((event.clientX - box.left) / box.width) * W;
        const x = x0 + ((px - PAD.left) / (W - PAD.left - PAD.right)) * (x1 - x0);
        if (x < x0 || x > x1) return;
        cursor.setAttribute("visibility", "visible");
        cursor.setAttribute("x1", px);
        cursor.setAttribute("x2", px);
        readout.textContent = say(x);
      });
      svg.addEventListener("pointerleave", () => cursor.setAttribute("visibility", "hidden"));
    };
    return { svg, area, controls, readout, X, Y, path, follow };
  }

  function box(controls, label, checked, change, key) {
    const input = node("input", { type: "checkbox" });
    input.checked = checked;
    input.addEventListener("change", () => change(input.checked));
    controls.append(node("label", {}, input, ...(key ? [node("span", { class: `key ${key}`, "aria-hidden": "true" })] : []), label));
  }

  /** The value of a polyline at x. */
  function along(points, x) {
    const i = points.findIndex(([u]) => u >= x);
    if (i <= 0) return points[Math.max(i, 0)][1];
    const [[u, v], [s, t]] = [points[i - 1], points[i]];
    return s === u ? t : v + ((x - u) / (s - u)) * (t - v);
  }

  const data = JSON.parse(textOf("pictures-data"));
  const f = data.name ?? "f";
  const names = ["", "²", "³"].map((power) => f + power);

  function graphs({ graphs: all, window: [lo, hi], marks }) {
    const ys = all[0].points.map(([, y]) => y).filter(Number.isFinite);
    const low = Math.max(Math.min(lo, ...ys), lo - 2 * (hi - lo));
    const high = Math.min(Math.max(hi, ...ys), hi + 2 * (hi - lo));
    const how = all.map(({ exact, points }, i) => (exact ? `${names[i]} has ${points.length - 1} pieces here` : `${names[i]} is sampled at ${points.length} points`));
    const { area, controls, path, follow, X, Y } = plot(`Graph of ${names[0]}, ${names[1]} and ${names[2]} with the diagonal`, `${how.join("; ")}.`, [lo, hi], [low, high]);
    area.append(node("path", { class: "diagonal", d: path([[Math.min(lo, low), Math.min(lo, low)], [Math.max(hi, high), Math.max(hi, high)]]) }));
    const visible = [true, true, false];
    all.forEach(({ points }, i) => {
      const curve = node("path", { class: `curve k${i + 1}`, d: path(points) });
      const turn = (on) => {
        visible[i] = on;
        curve.setAttribute("visibility", on ? "visible" : "hidden");
      };
      turn(visible[i]);
      area.append(curve);
      box(controls, names[i], visible[i], turn, `key${i + 1}`);
    });
    if (marks.mesh) {
      const group = node("g", {}, ...marks.mesh.map((t) => node("line", { class: "mesh", x1: X(t), x2: X(t), y1: Y(low), y2: Y(low) - 12 })));
      area.append(group);
      box(controls, "mesh of the proof", true, (on) => group.setAttribute("visibility", on ? "visible" : "hidden"), "key2");
    }
    follow((x) => [`x ≈ ${short(x)}`, ...all.map(({ points }, i) => (visible[i] ? `${names[i]}(x) ≈ ${short(along(points, x))}` : "")).filter(Boolean)].join(", "));
  }

  function cobweb({ graphs: all, window: [lo, hi], orbit }) {
    const [low, high] = [Math.min(lo, ...orbit), Math.max(hi, ...orbit)];
    const describe = `The orbit starts at about ${orbit.slice(0, 8).map(short).join(", ")}${orbit.length > 8 ? ", …" : ""}.`;
    const { area, controls, readout, path, X, Y } = plot("Cobweb of the orbit", describe, [low, high], [low, high]);
    area.append(node("path", { class: "diagonal", d: path([[low, low], [high, high]]) }));
    area.append(node("path", { class: "curve k1", d: path(all[0].points) }));
    const web = node("path", { class: "web" });
    const dot = node("circle", { class: "dot", r: 5 });
    area.append(web, dot);
    const slider = node("input", { type: "range", min: 0, max: orbit.length - 1, step: 1, "aria-label": "Steps of the orbit" });
    slider.value = orbit.length - 1;
    const draw = () => {
      const steps = Number(slider.value);
      const points = [[orbit[0], orbit[0]]];
      for (let i = 1; i <= steps; i++) points.push([orbit[i - 1], orbit[i]], [orbit[i], orbit[i]]);
      web.setAttribute("d", path(points));
      dot.setAttribute("cx", X(orbit[steps]));
      dot.setAttribute("cy", Y(orbit[steps]));
      readout.textContent = `step ${steps}: ${short(orbit[steps])}`;
      slider.setAttribute("aria-valuetext", readout.textContent);
    };
    slider.addEventListener("input", draw);
    controls.append(node("label", {}, "steps", slider));
    draw();
  }

  const power = (k) => (Number.isInteger(k) ? `10${String(k).replace(/./g, (c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]))}` : "");

  function distances({ distances: { values, bound, x, y } }) {
    const positive = values.filter((d) => d > 0);
    if (positive.length < 2) return;
    const logs = values.map((d) => (d > 0 ? Math.log10(d) : undefined));
    const [lo, hi] = [Math.floor(Math.min(...logs.filter((l) => l !== undefined))), Math.ceil(Math.max(...logs.filter((l) => l !== undefined)) + 0.01)];
    const describe =
      `Distance of the true orbits of x = ${x} and y = ${y} over ${values.length - 1} steps: it starts at ${short(values[0])}, is ${short(Math.max(...values))} at most, ` +
      `${short(Math.min(...positive))} at least where it is not 0, and ${short(values.at(-1))} at the end. Each value is certain to ${bound ? bound.toExponential(0) : "the last digit"}.`;
    const { area, X, Y, path, follow } = plot(`Distance of two orbits, |${f}ᵗ(x) − ${f}ᵗ(y)|, on a log scale`, describe, [0, values.length - 1], [lo, Math.max(hi, lo + 1)], { y: power });
    const runs = [[]]; // a distance of 0 has no logarithm: the curve is interrupted there
    logs.forEach((l, t) => (l === undefined ? runs.push([]) : runs.at(-1).push([t, l])));
    for (const points of runs.filter((one) => one.length)) area.append(node("path", { class: "curve k1", d: path(points) }));
    logs.forEach((l, t) => l !== undefined && area.append(node("circle", { class: "dot1", cx: X(t), cy: Y(l), r: 2 })));
    follow((t) => `t = ${Math.round(t)}: ${short(values[Math.round(t)])}`);
    byId("figures").lastChild.append(node("p", {}, describe));
  }

  function counts({ counts: all }) {
    // log10 of an integer of any size, from its first digits
    const log = (digits) => Math.log10(Number(digits.slice(0, 15))) + Math.max(0, digits.length - 15);
    const T = all.length;
    const top = Math.max(1, Math.ceil(log(all.at(-1)) + 0.05));
    const describe = `Exact numbers of linear regions for t = 1 to ${T}: ${all.slice(0, 12).join(", ")}${T > 12 ? ", …" : ""}.`;
    const { area, X, Y, path, follow } = plot(`Linear regions of ${f}ᵗ on a log scale`, describe, [0.5, T + 0.5], [0, top], { x: (t) => (Number.isInteger(t) ? String(t) : ""), y: power });
    area.append(node("path", { class: "curve k1", d: path(all.map((r, i) => [i + 1, log(r)])) }));
    all.forEach((r, i) => area.append(node("circle", { class: "dot1", cx: X(i + 1), cy: Y(log(r)), r: 4 })));
    follow((t) => {
      const i = Math.min(T, Math.max(1, Math.round(t)));
      return `t = ${i}: ${all[i - 1]}`;
    });
    byId("figures").lastChild.append(node("p", {}, describe));
  }

  function plane({ plane: { points, blocks, cycles, starts = 1, boxes = [] } }) {
    if (!points.length && !blocks.length && !cycles.length) return;
    const all = [...points, ...blocks.flat(), ...cycles.flat(), ...boxes.flatMap(([lo, hi]) => [lo, hi])];
    const ends = [0, 1].map((k) => {
      const values = all.map((p) => p[k]);
      const [lo, hi] = [Math.min(...values), Math.max(...values)];
      const margin = (hi - lo || 1) / 20;
      return [lo - margin, hi + margin];
    });
    const [many, title] = starts > 1 ? [`${starts} orbits`, "Orbits, seen in their"] : ["one orbit", "An orbit, seen in its"];
    const tree = boxes.length ? "; the boxes of the proof, those in a block coloured: one colour where all directions contract, another where some expand" : "";
    const describe = `${points.length} points of ${many} in floating point, first two coordinates${blocks.length ? "; the blocks of the proof as polygons, a very small one in a circle" : ""}${cycles.length ? "; the points of the cycles in circles" : ""}${tree}.`;
    const { area, X, Y, path } = plot(`${title} first two coordinates`, describe, ...ends);
    for (const [[a, b], [c, d], kind] of boxes) {
      const [x, y] = [X(a), Y(d)];
      area.append(node("rect", { class: `box box${kind}`, x: x.toFixed(2), y: y.toFixed(2), width: (X(c) - x).toFixed(2), height: (Y(b) - y).toFixed(2) }));
    }
    area.append(node("g", {}, ...points.map(([x, y]) => node("circle", { class: "dot1", cx: X(x).toFixed(1), cy: Y(y).toFixed(1), r: 1.3 }))));
    for (const corners of blocks) {
      area.append(node("path", { class: "block", d: `${path(corners)}Z` }));
      const [across, along] = [corners.map(([x]) => X(x)), corners.map(([, y]) => Y(y))];
      const extent = Math.max(...[across, along].map((places) => Math.max(...places) - Math.min(...places)));
      if (extent < 6) area.append(node("circle", { class: "block", cx: across[0].toFixed(1), cy: along[0].toFixed(1), r: 5 }));
    }
    for (const [x, y] of cycles.flat()) area.append(node("circle", { class: "block", cx: X(x).toFixed(1), cy: Y(y).toFixed(1), r: 5 }));
    byId("figures").lastChild.append(node("p", {}, describe));
  }

  if (data.graphs) graphs(data);
  if (data.graphs && data.orbit?.length > 1) cobweb(data);
  if (data.distances) distances(data);
  if (data.counts?.length > 1) counts(data);
  if (data.plane) plane(data);
  byId("pictures").hidden = figures === 0;
})();
