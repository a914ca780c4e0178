// The blocks that the plane in use cuts, each with one of its statistics; a click goes there.
import { get } from "../api.js";
import { h, number } from "../dom.js";
import { rampColour } from "./colours.js";
import { indexOf, letters, planes } from "./geometry.js";

export function blockMap(viewer) {
  const { volume, finest } = viewer;
  const canvas = h("canvas", { role: "img", "aria-label": "map of blocks" });
  const [text, legend] = [h("span", { class: "soft" }), h("span", { class: "legend soft" })];
  const fields = h("select", { "aria-label": "statistic of blocks", onchange: () => load() });
  const area = h("div", { class: "area" }, canvas);
  const element = h("div", { class: "map" }, h("div", { class: "bar" }, h("b", {}, "blocks"), fields, text, legend), area);
  let [shown, key, timer, field] = [undefined, "", undefined, "mean"];

  const axes = () => planes[viewer.active.name];
  const layer = () => Math.floor(indexOf(finest, axes().normal, viewer.state.place[axes().normal]) / volume.block[axes().normal]);

  async function load() {
    field = fields.value || field;
    const { normal } = axes();
    const wanted = `${normal} ${layer()} ${field}`;
    if (wanted === key) return draw();
    key = wanted;
    try {
      const found = await get(`/api/blocks/${encodeURIComponent(volume.dataset)}/${letters[normal]}/${layer() * volume.block[normal]}?field=${field}`);
      if (key !== wanted) return;
      if (fields.options.length === 0) fields.append(...found.fields.map((name) => h("option", { value: name, selected: name === field }, name.replaceAll("_", " "))));
      const values = found.blocks.map((block) => block[3]).filter((value) => typeof value === "number");
      shown = { ...found, normal, low: Math.min(...values), high: Math.max(...values) };
      legend.textContent = values.length > 0 ? `${number(shown.low)} – ${number(shown.high)}` : "";
    } catch (error) {
      shown = undefined;
      legend.textContent = error.message;
    }
    draw();
  }

  /** Where the canvas has what, in pixels a voxel. */
  function frame() {
    const { right, down } = axes();
    const dense = globalThis.devicePixelRatio || 1;
    const [width, height] = [area.clientWidth * dense, area.clientHeight * dense];
    const scale = Math.min(width / (finest.shape[right] * finest.scale[right]), height / (finest.shape[down] * finest.scale[down]));
    return {
      dense, width, height, right, down, stepX: scale * finest.scale[right], stepY: scale * finest.scale[down],
      left: (width - finest.shape[right] * finest.scale[right] * scale) / 2, top: (height - finest.shape[down] * finest.scale[down] * scale) / 2,
    };
  }

  function draw() {
    const { dense, width, height, right, down, stepX, stepY, left, top } = frame();
    Object.assign(canvas, { width: Math.round(width), height: Math.round(height) });
    const context = canvas.getContext("2d");
    const chosen = new Set(viewer.selected.map((origin) => origin.join()));
    for (const [z, y, x, value, excluded] of shown?.normal === axes().normal ? shown.blocks : []) {
      const origin = [z, y, x];
      const end = (axis) => Math.min(origin[axis] + volume.block[axis], finest.shape[axis]);
      const box = [left + origin[right] * stepX, top + origin[down] * stepY, (end(right) - origin[right]) * stepX - dense, (end(down) - origin[down]) * stepY - dense];
      context.globalAlpha = excluded ? 0.35 : 1;
      context.fillStyle = typeof value === "number" ? rampColour(shown.high > shown.low ? (value - shown.low) / (shown.high - shown.low) : 0.5) : "#333";
      context.fillRect(...box);
      context.globalAlpha = 1;
      if (!viewer.state.blocks || !chosen.has(origin.join())) continue;
      context.strokeStyle = "#ff5fb0";
      context.lineWidth = 2 * dense;
      context.strokeRect(box[0] + dense, box[1] + dense, box[2] - 2 * dense, box[3] - 2 * dense);
    }
    const [x, y] = [left + (indexOf(finest, right, viewer.state.place[right]) + 0.5) * stepX, top + (indexOf(finest, down, viewer.state.place[down]) + 0.5) * stepY];
    context.strokeStyle = "#fff";
    context.lineWidth = 1.5 * dense;
    context.beginPath();
    context.arc(x, y, 5 * dense, 0, 2 * Math.PI);
    context.stroke();
  }

  const voxelAt = (event) => {
    const { left: x0, top: y0 } = canvas.getBoundingClientRect();
    const { dense, right, down, stepX, stepY, left, top } = frame();
    const voxel = [undefined, undefined, undefined];
    voxel[right] = Math.floor(((event.clientX - x0) * dense - left) / stepX);
    voxel[down] = Math.floor(((event.clientY - y0) * dense - top) / stepY);
    return voxel;
  };
  canvas.addEventListener("click", (event) => viewer.go(voxelAt(event)));
  canvas.addEventListener("pointermove", (event) => {
    const voxel = voxelAt(event);
    const { right, down } = axes();
    const block = shown?.blocks.find((found) => [right, down].every((axis) => voxel[axis] >= found[axis] && voxel[axis] < found[axis] + volume.block[axis]));
    text.textContent = block ? `${block.slice(0, 3).join(", ")}: ${number(block[3])}${block[4] ? `, left out: ${block[4]}` : ""}` : "";
  });
  canvas.addEventListener("pointerleave", () => { text.textContent = ""; });
  const later = () => {
    draw();
    clearTimeout(timer);
    timer = setTimeout(load, 60);
  };
  viewer.addEventListener("change", later);
  viewer.addEventListener("active", later);
  return { element, draw: later };
}
