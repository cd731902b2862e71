"use strict";
// Draws the album that lies in #album as JSON. Axes and labels were chosen when the page was written; this script only
// places them for the width of the window.
const album = JSON.parse(document.getElementById("album").textContent);
const byId = (id) => document.getElementById(id);

// --- small pieces -----------------------------------------------------------------------------------------------------

// Elements of SVG are made through a sample, whose namespace the HTML parser has set.
const sample = document.createElement("template");
sample.innerHTML = "<svg></svg>";
const SVG = sample.content.firstChild.namespaceURI;

function svg(parent, name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

function html(parent, name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

const circle = (x, y, r) => `M${(x - r).toFixed(2)} ${y.toFixed(2)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

/** A line through `points`, broken where one is null. */
function path(points) {
  let pen = "M", d = "";
  for (const point of points) {
    if (point) d += pen + point[0].toFixed(2) + " " + point[1].toFixed(2);
    pen = point ? "L" : "M";
  }
  return d;
}

/** The unbroken runs of `points`. */
function runs(points) {
  const all = [[]];
  for (const point of points) point ? all[all.length - 1].push(point) : all.push([]);
  return all.filter((run) => run.length);
}

/** The little drawing that stands for a mark, or for a band over others: `layers` in all. */
function swatch(parent, mark, layers = 1) {
  const icon = svg(parent, "svg", { width: 26, height: 12, viewBox: "0 0 26 12", "aria-hidden": "true" });
  const name = `${mark.shape || "band"} ${mark.color}`;
  const d = {
    dots: [4, 13, 22].map((x) => circle(x, 6, 3)).join(""),
    rings: [4, 13, 22].map((x) => circle(x, 6, 3)).join(""),
    line: "M1 6H25", dashed: "M1 6H25",
  }[mark.shape] || "M1 1H25V11H1Z";
  for (let layer = 0; layer < layers; layer++)
    svg(icon, "path", { class: name, d, "stroke-width": mark.shape === "rings" ? 1.4 : "" });
}

function legend(list, picture, always) {
  const entries = [...picture.marks, ...picture.bands].filter((mark) => mark.label);
  list.replaceChildren();
  list.hidden = !picture.heat && entries.length < (always ? 1 : 2);
  if (picture.heat) {
    const item = html(list, "li"), ends = picture.heat.range;
    html(item, "span", "", number(ends[0]));
    const shades = [...Array(9).keys()].map((i) => heatColor(picture.heat, ends[0] + (ends[1] - ends[0]) * i / 8));
    html(item, "span", "scale").style.background = `linear-gradient(to right, ${shades.join(", ")})`;
    html(item, "span", "", number(ends[1]));
  }
  for (const mark of entries) {
    const item = html(list, "li");
    // A band is drawn over the wider ones of its colour.
    const wider = picture.bands.slice(0, Math.max(picture.bands.indexOf(mark), 0));
    swatch(item, mark, 1 + wider.filter((band) => band.color === mark.color).length);
    html(item, "span", "", mark.label);
  }
}

/** The color of a value: blue below 0, pale, orange. */
function heatColor(heat, value) {
  const [low, high] = heat.range;
  const share = low < 0 ? value / Math.max(high, -low) : (value - low) / (high - low);
  // Forty shades are as many as the eye tells apart.
  const part = 5 * Math.round(20 * Math.min(Math.abs(share), 1));
  return `color-mix(in srgb, var(--heat-${share < 0 ? "low" : "high"}) ${part}%, var(--heat-middle))`;
}

/** Draws the cells of a heat map: one path for all cells of a color, neighbors in a row as one box. */
function heatCells(root, heat, across, up) {
  const columns = heat.values.length / heat.rows, paths = new Map();
  const edge = (column) => across(heat.x[0] + (heat.x[1] - heat.x[0]) * column / columns).toFixed(2);
  for (let row = 0; row < heat.rows; row++) {
    const top = up(row + 1.5).toFixed(2), bottom = up(row + 0.5).toFixed(2);
    const colors = Array.from({ length: columns }, (_, c) => {
      const value = heat.values[c * heat.rows + row];
      return value === null ? "var(--grid)" : heatColor(heat, value);
    });
    for (let from = 0, to; from < columns; from = to) {
      for (to = from + 1; to < columns && colors[to] === colors[from]; to++);
      const box = `M${edge(from)} ${top}H${edge(to)}V${bottom}H${edge(from)}Z`;
      paths.set(colors[from], (paths.get(colors[from]) || "") + box);
    }
  }
  for (const [color, d] of paths) svg(root, "path", { class: "cells", d, style: `fill:${color}` });
}

/** A value to read off: five digits, a real minus sign. */
function number(value) {
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e9) ? value.toExponential(3)
    : Number(value.toPrecision(size >= 1e5 ? 9 : 5)).toLocaleString("en", { maximumFractionDigits: 8, useGrouping: size >= 1e4 });
  return text.replace("-", "\u2212");
}

function moment(seconds) {
  const date = new Date(seconds * 1000);
  if (isNaN(date)) return number(seconds);
  const iso = date.toISOString();
  return iso.endsWith("T00:00:00.000Z") ? iso.slice(0, -14) : iso.slice(0, -5).replace("T", " ").replace(/:00$/, "");
}

// --- a chart ----------------------------------------------------------------------------------------------------------

/** Draws `picture` into `host` and redraws it when its width changes. `pick(x)`, if given, is called on a click. */
function chart(host, shape, pick) {
  let picture = null, now = null;
  host.classList.toggle("pick", Boolean(pick));
  new ResizeObserver(() => draw()).observe(host);

  function draw() {
    const width = Math.floor(host.clientWidth);
    if (!picture || width < 40) return;
    host.replaceChildren();
    const height = Math.round(Math.min(Math.max(width * shape, 240), 460));
    const root = svg(host, "svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": description(picture) });
    const text = (x, y, label, anchor, more) => svg(root, "text", { x, y, "text-anchor": anchor, ...more }, label);

    // Measure the labels first, so that none is cut.
    const long = (label) => { const t = text(0, 0, label, "start"); const l = t.getComputedTextLength(); t.remove(); return l; };
    const gutter = Math.max(0, ...picture.yTicks.map((tick) => long(tick[1])));
    const left = gutter + 9 + (picture.yLabel ? 20 : 0);
    const bottom = height - (picture.xLabel ? 44 : 26);
    const rows = ruleRows(picture, long, left, width - 10);
    const top = 8 + rows.height;
    const plot = { left, right: width - 10, top, bottom };
    const across = (x) => left + (x - picture.x[0]) / (picture.x[1] - picture.x[0]) * (plot.right - left);
    const level = picture.log ? Math.log : (y) => y;
    const up = (y) => bottom - (level(y) - level(picture.y[0])) / (level(picture.y[1]) - level(picture.y[0])) * (bottom - top);

    for (const [at, label] of fitting(picture.xTicks, across, long, width)) {
      const x = Math.floor(across(at)) + 0.5;
      svg(root, "path", { class: "grid", d: `M${x} ${top}V${bottom}` });
      const half = long(label) / 2;
      text(Math.min(Math.max(across(at), half), width - half), bottom + 18, label, "middle");
    }
    for (const [at, label] of picture.yTicks) {
      const y = Math.floor(up(at)) + 0.5;
      svg(root, "path", { class: "grid", d: `M${left} ${y}H${plot.right}` });
      text(left - 8, up(at) + 4, label, "end");
    }
    svg(root, "path", { class: "axis", d: `M${Math.floor(left) + 0.5} ${top}V${bottom + 0.5}H${plot.right}` });
    if (picture.xLabel) text((left + plot.right) / 2, height - 6, picture.xLabel, "middle", { class: "name" });
    if (picture.yLabel) {
      const middle = (top + bottom) / 2;
      text(14, middle, picture.yLabel, "middle", { class: "name", transform: `rotate(-90 14 ${middle})` });
    }

    if (picture.heat) heatCells(root, picture.heat, across, up);
    for (const band of picture.bands) {
      for (const run of runs(band.points)) {
        const edge = (i) => run.map((p) => [across(p[0]), up(p[i])]);
        svg(root, "path", { class: `band ${band.color}`, d: path([...edge(2), ...edge(1).reverse()]) + "Z" });
      }
    }
    for (const rule of rows.rules) {
      const x = Math.floor(across(rule.at)) + 0.5, y = top - 6 - rule.row * 14;
      svg(root, "path", { class: "rule", d: `M${x} ${y - 9}V${bottom}` });
      text(x + (rule.anchor === "start" ? 4 : -4), y, rule.label, rule.anchor);
    }
    for (const mark of picture.marks) {
      const placed = mark.points.map((p) => p && [across(p[0]), up(p[1])]);
      const count = placed.filter(Boolean).length;
      const name = `${mark.shape} ${mark.color}`;
      if (mark.shape === "line" || mark.shape === "dashed") {
        svg(root, "path", { class: name, d: path(placed) });
      } else {
        const r = Math.min(Math.max(0.3 * (plot.right - left) / Math.max(count, 1), 1.2), 4);
        const d = placed.filter(Boolean).map((p) => circle(p[0], p[1], r)).join("");
        svg(root, "path", { class: name, d, "stroke-width": Math.min(Math.max(r * 0.45, 0.8), 1.7) });
      }
    }
    if (now !== null && now >= picture.x[0] && now <= picture.x[1]) {
      svg(root, "path", { class: "now", d: `M${across(now)} ${top}V${bottom}` });
      const at = nearest(picture.marks[0] ? picture.marks[0].points : [], now);
      if (at) svg(root, "circle", { class: "now-dot", cx: across(at[0]), cy: up(at[1]), r: 5 });
    }
    (picture.heat ? readCell : readOut)(host, root, picture, { plot, across, up, width });
    if (pick) {
      root.addEventListener("click", (event) => pick(valueAt(root, picture, plot, event)));
    }
  }
  return (newPicture, newNow) => { picture = newPicture; now = newNow ?? null; draw(); };
}

/** The first choice of labels that fits side by side. */
function fitting(choices, across, long, width) {
  const fits = (ticks) => ticks.length * 48 < width && ticks.every((tick, i) =>
    i === 0 || across(tick[0]) - across(ticks[i - 1][0]) > (long(tick[1]) + long(ticks[i - 1][1])) / 2 + 12);
  return choices.find(fits) || choices[choices.length - 1].slice(0, 1);
}

/** Puts the labels of vertical rules above the plot, in as few rows as keep them apart. */
function ruleRows(picture, long, left, right) {
  const ends = [], rules = [];
  for (const [at, label] of [...picture.rules].sort((a, b) => a[0] - b[0])) {
    const x = left + (at - picture.x[0]) / (picture.x[1] - picture.x[0]) * (right - left);
    const length = long(label) + 4, anchor = x + length <= right ? "start" : "end";
    const begin = anchor === "start" ? x : x - length;
    let row = ends.findIndex((end) => end + 8 < begin);
    if (row < 0) row = ends.length;
    ends[row] = begin + length;
    rules.push({ at, label, anchor, row });
  }
  return { rules, height: ends.length * 14 };
}

/** The x under the pointer. Measured from the drawing, because browsers disagree on offsets inside an SVG. */
function valueAt(root, picture, plot, event) {
  const share = (event.clientX - root.getBoundingClientRect().left - plot.left) / (plot.right - plot.left);
  return picture.x[0] + share * (picture.x[1] - picture.x[0]);
}

function nearest(points, x) {
  let best = null;
  for (const point of points) if (point && (!best || Math.abs(point[0] - x) < Math.abs(best[0] - x))) best = point;
  return best;
}

function description(picture) {
  const names = picture.marks.map((mark) => mark.label).filter(Boolean).join(", ");
  return [picture.title, names, [picture.yLabel, picture.xLabel].filter(Boolean).join(" against ")].filter(Boolean).join("; ");
}

/** Shows the cell of a heat map under the pointer. */
function readCell(host, root, picture, { plot, across, up, width }) {
  const heat = picture.heat, columns = heat.values.length / heat.rows;
  const layer = svg(root, "g", {});
  const tip = html(host, "div", "tip");
  tip.hidden = true;
  const hide = () => { tip.hidden = true; layer.replaceChildren(); };
  const show = (event) => {
    const box = root.getBoundingClientRect();
    const share = (valueAt(root, picture, plot, event) - heat.x[0]) / (heat.x[1] - heat.x[0]);
    const y = (event.clientY - box.top) * root.viewBox.baseVal.height / box.height;
    const rise = plot.bottom - y;
    const column = Math.floor(share * columns), row = Math.floor(rise / (plot.bottom - plot.top) * heat.rows);
    if (!(column >= 0 && column < columns && row >= 0 && row < heat.rows)) return hide();
    const edge = (c) => across(heat.x[0] + (heat.x[1] - heat.x[0]) * c / columns);
    const middle = heat.x[0] + (heat.x[1] - heat.x[0]) * (column + 0.5) / columns;
    layer.replaceChildren();
    tip.replaceChildren();
    tip.hidden = false;
    svg(layer, "path", { class: "cell", d: `M${edge(column)} ${up(row + 0.5)}H${edge(column + 1)}V${up(row + 1.5)}H${edge(column)}Z` });
    const value = heat.values[column * heat.rows + row];
    const lines = [
      [picture.xLabel || "x", picture.dates ? moment(Math.round(middle / 3600) * 3600) : number(Math.round(middle))],
      [picture.yLabel || "row", `${row + 1}`],
      ["value", value === null ? "none" : number(value)],
    ];
    for (const [what, text] of lines) {
      const line = html(tip, "div");
      html(line, "span", "what", what);
      html(line, "span", "value", text);
    }
    const x0 = across(middle), room = tip.offsetWidth + 14;
    tip.style.left = `${x0 + room < width ? x0 + 12 : Math.max(0, x0 - room)}px`;
    tip.style.top = `${plot.top + 4}px`;
  };
  root.addEventListener("pointermove", show);
  root.addEventListener("pointerdown", show);
  root.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") hide(); });
}

/** Shows x and every y beside the pointer. */
function readOut(host, root, picture, { plot, across, up, width }) {
  const marks = picture.marks.filter((mark) => mark.points.some(Boolean));
  if (!marks.length) return;
  const layer = svg(root, "g", {});
  const tip = html(host, "div", "tip");
  tip.hidden = true;
  const hide = () => { tip.hidden = true; layer.replaceChildren(); };
  const show = (event) => {
    const x = valueAt(root, picture, plot, event);
    if (x < picture.x[0] || x > picture.x[1]) return hide();
    const at = nearest(marks.map((mark) => nearest(mark.points, x)), x)[0];
    const levels = [];
    layer.replaceChildren();
    tip.replaceChildren();
    tip.hidden = false;
    svg(layer, "path", { class: "hair", d: `M${across(at)} ${plot.top}V${plot.bottom}` });
    const head = html(tip, "div");
    html(head, "span", "what", picture.xLabel || "x");
    html(head, "span", "value", picture.dates ? moment(at) : number(at));
    for (const mark of marks) {
      const point = nearest(mark.points, at);
      // Series with other x values have nothing to say here.
      if (Math.abs(across(point[0]) - across(at)) > 1) continue;
      levels.push(up(point[1]));
      svg(layer, "circle", { class: `hit ${mark.color}`, cx: across(point[0]), cy: up(point[1]), r: 4.5 });
      row(mark, number(point[1]));
    }
    for (const band of picture.bands) {
      const point = nearest(band.points, at);
      if (point && Math.abs(across(point[0]) - across(at)) <= 1) row(band, `${number(point[1])} … ${number(point[2])}`);
    }
    // Beside the pointer where there is more room, and away from the points.
    const x0 = across(at), room = tip.offsetWidth + 14;
    const low = levels.reduce((sum, y) => sum + y, 0) / Math.max(levels.length, 1) < (plot.top + plot.bottom) / 2;
    tip.style.left = `${x0 + room < width ? x0 + 12 : Math.max(0, x0 - room)}px`;
    tip.style.top = `${low ? Math.max(plot.top, plot.bottom - tip.offsetHeight - 4) : plot.top + 4}px`;
  };
  function row(mark, value) {
    const line = html(tip, "div");
    swatch(line, mark);
    html(line, "span", "what", mark.label);
    html(line, "span", "value", value);
  }
  root.addEventListener("pointermove", show);
  root.addEventListener("pointerdown", show);
  // A finger that is lifted leaves; what it pointed at stays to be read.
  root.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") hide(); });
}

// --- the page ---------------------------------------------------------------------------------------------------------

const pages = album.pages, slider = byId("slider"), play = byId("play");
const drawPage = chart(byId("chart"), 0.52);
const drawLoss = chart(byId("loss-chart"), 0.6, pages.length > 1 ? pickStep : undefined);
let current = 0, timer = null;

function show(index) {
  current = Math.min(Math.max(index, 0), pages.length - 1);
  const page = pages[current];
  if (page) {
    byId("caption").textContent = page.title;
    byId("subtitle").textContent = page.subtitle || "";
    byId("subtitle").hidden = !page.subtitle;
    legend(byId("legend"), page, true);
    drawPage(page);
  }
  slider.value = current;
  slider.setAttribute("aria-valuetext", page ? page.title : "");
  byId("counter").textContent = `${current + 1} / ${pages.length}`;
  if (album.losses) drawLoss(album.losses, page && page.step);
}

/** Shows the page whose step is nearest to a place on the loss curve. */
function pickStep(x) {
  const steps = pages.map((page, i) => [page.step, i]).filter((entry) => entry[0] !== null);
  const found = nearest(steps, x);
  if (found) { stop(); show(found[1]); }
}

function stop() {
  clearInterval(timer);
  timer = null;
  play.textContent = "▶ play";
}

function toggle() {
  if (timer !== null) return stop();
  if (current === pages.length - 1) show(0);
  play.textContent = "❚❚ pause";
  // The whole story in about six seconds, but no page too short to be seen nor so long that it bores.
  timer = setInterval(() => {
    show(current + 1);
    if (current === pages.length - 1) stop();
  }, Math.min(Math.max(6000 / pages.length, 120), 900));
}

byId("heading").textContent = album.title;
byId("heading").hidden = !album.title;
byId("stage").hidden = pages.length === 0;
byId("controls").hidden = byId("hint").hidden = pages.length < 2;
byId("loss").hidden = !album.losses;
byId("facts").hidden = album.facts.length === 0;
byId("aside").hidden = !album.losses && album.facts.length === 0;
document.querySelector("main").classList.toggle("wide", !byId("aside").hidden && pages.length > 0);
if (album.losses) {
  byId("loss-caption").textContent = album.losses.title;
  legend(byId("loss-legend"), album.losses, false);
}
for (const [name, value] of album.facts) {
  const row = html(byId("facts").tBodies[0], "tr");
  html(row, "th", "", name).scope = "row";
  html(row, "td", "", value);
}
slider.max = Math.max(pages.length - 1, 0);
slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
play.addEventListener("click", toggle);
document.addEventListener("keydown", (event) => {
  if (pages.length < 2 || event.ctrlKey || event.altKey || event.metaKey) return;
  const turn = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: pages.length - 1 }[event.key];
  if (turn !== undefined) {
    stop();
    show(turn);
    event.preventDefault();
  } else if (event.key === " " && event.target !== play) {
    toggle();
    event.preventDefault();
  }
});
show(0);
