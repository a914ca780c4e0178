// What is known of the sections along the axis of the plane in use, and the slider through them.
import { get } from "../api.js";
import { h } from "../dom.js";
import { indexOf, letters } from "./geometry.js";

export function strip(viewer) {
  const { volume, finest } = viewer;
  const canvas = h("canvas", { role: "img", "aria-label": "sections" });
  const slider = h("input", { type: "range", min: 0, step: 1, oninput: () => to(Number(slider.value)) });
  const [name, text] = [h("b", {}), h("output", { class: "soft" })];
  const area = h("div", { class: "area" }, canvas);
  const element = h("div", { class: "strip" }, name, h("div", { class: "track" }, area, slider), text);
  const known = new Map();
  const axis = () => viewer.active.normal;
  const to = (index) => {
    const voxel = [undefined, undefined, undefined];
    voxel[axis()] = index;
    viewer.go(voxel);
  };

  async function load() {
    const mine = axis();
    if (!known.has(mine)) {
      known.set(mine, undefined);
      try {
        known.set(mine, read(await get(`/api/sections/${encodeURIComponent(volume.dataset)}/${letters[mine]}`)));
      } catch {
        // Without it there is still the slider.
      }
    }
    draw();
  }

  function draw() {
    const mine = axis();
    const index = indexOf(finest, mine, viewer.state.place[mine]);
    Object.assign(slider, { max: finest.shape[mine] - 1, value: index });
    slider.setAttribute("aria-label", `section along ${letters[mine]}`);
    name.textContent = letters[mine];
    name.className = `axis-${letters[mine]}`;
    const dense = globalThis.devicePixelRatio || 1;
    const [width, height] = [Math.round(area.clientWidth * dense), Math.round(area.clientHeight * dense)];
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    const sections = known.get(mine);
    const at = (i) => ((i + 0.5) / finest.shape[mine]) * width;
    if (sections) drawSections(context, sections, at, { width, height, dense, count: finest.shape[mine] });
    context.fillStyle = "#fff";
    context.fillRect(Math.round(at(index)) - dense / 2, 0, Math.max(1, dense), height);
    const flags = sections?.flags.get(index);
    const count = sections?.flags.size ?? 0;
    text.textContent = `${index + 1} of ${finest.shape[mine]}${flags ? `  ${flags}` : count > 0 ? `, ${count} flagged` : ""}`;
    text.className = flags ? "flagged" : "soft";
  }

  const pointed = (event) => to(Math.floor(((event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth) * finest.shape[axis()]));
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointed(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) pointed(event);
  });
  viewer.addEventListener("change", draw);
  viewer.addEventListener("active", load);
  /** To the next section that has a flag; with -1 to the one before. */
  function flagged(way) {
    const at = indexOf(finest, axis(), viewer.state.place[axis()]);
    const others = [...(known.get(axis())?.flags.keys() ?? [])].filter((index) => (index - at) * way > 0);
    if (others.length > 0) to(others.reduce((nearest, index) => (Math.abs(index - at) < Math.abs(nearest - at) ? index : nearest)));
  }

  return { element, load, draw, flagged };
}

/** Rows of the table `sections`, or of blocks, as a curve of means and a text a flagged section. */
function read({ source, rows }) {
  const points = rows.filter((row) => typeof row.mean === "number").map((row) => ({ index: Number(row.index), length: Number(row.length ?? 1), mean: row.mean }));
  const flags = new Map();
  for (const row of source === "sections" ? rows : []) {
    const names = typeof row.flags === "string" ? row.flags.split(/[,;\s]+/).filter(Boolean) : Array.isArray(row.flags) ? row.flags
      : Object.keys(row).filter((key) => row[key] === true);
    if (names.length > 0) flags.set(Number(row.index), names.join(", "));
  }
  return { points, flags };
}

function drawSections(context, { points, flags }, at, { width, height, dense, count }) {
  const means = points.map((point) => point.mean);
  const [low, high] = [means.reduce((a, b) => Math.min(a, b), Infinity), means.reduce((a, b) => Math.max(a, b), -Infinity)];
  const y = (mean) => height - 3 * dense - ((high > low ? (mean - low) / (high - low) : 0.5) * (height - 8 * dense));
  context.strokeStyle = "#7f8b99";
  context.lineWidth = dense;
  context.beginPath();
  for (const point of points) {
    context.lineTo(at(point.index - 0.5), y(point.mean));
    context.lineTo(at(point.index + point.length - 0.5), y(point.mean));
  }
  context.stroke();
  context.fillStyle = "#ff6b61";
  const wide = Math.max(2 * dense, width / count);
  for (const index of flags.keys()) context.fillRect(at(index) - wide / 2, 0, wide, 5 * dense);
}
