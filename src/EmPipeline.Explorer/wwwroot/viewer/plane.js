// One plane: a canvas that draws the layers' tiles around the place that all planes share, and turns pointer and wheel into moves.
import { extent, indexOf, length, letters, levelFor, placeOf, planes, roundLength } from "./geometry.js";
import { h } from "../dom.js";

const colours = ["#6aa5ee", "#6cc070", "#e0605e"];
const edge = 512;

export class Plane {
  constructor(name, viewer) {
    Object.assign(this, { name, viewer, ...planes[name] });
    this.canvas = h("canvas", { tabIndex: 0, "aria-label": `${name} plane`, role: "img" });
    this.element = h("div", { class: `plane plane-${name}` }, this.canvas);
    this.listen();
  }

  /** Pixels of the screen. */
  resize() {
    const { clientWidth, clientHeight } = this.element;
    const dense = globalThis.devicePixelRatio || 1;
    const [width, height] = [Math.round(clientWidth * dense), Math.round(clientHeight * dense)];
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    return { width, height, dense };
  }

  draw() {
    const { width, height, dense } = this.resize();
    if (width === 0 || height === 0) return;
    const context = this.canvas.getContext("2d", { alpha: false });
    const { state } = this.viewer;
    const units = state.zoom / dense;
    this.toX = (place) => width / 2 + (place - state.place[this.right]) / units;
    this.toY = (place) => height / 2 + (place - state.place[this.down]) / units;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#0c0e11";
    context.fillRect(0, 0, width, height);
    let failure;
    for (const layer of this.viewer.volume.layers) {
      if (layer.kind !== "image" && !state.labels.has(layer.name)) continue;
      context.globalAlpha = layer.kind === "image" ? 1 : state.opacity;
      failure ??= this.drawLayer(context, layer, units, { width, height });
      context.globalAlpha = 1;
    }
    this.drawBlocks(context, dense);
    this.drawMarks(context, { width, height, dense, units });
    if (failure) this.note(context, failure, dense, height);
  }

  drawLayer(context, layer, units, size) {
    const level = levelFor(layer, this, units);
    const coarsest = layer.levels.at(-1);
    // What there is already of a coarser level stands in; of labels nothing may show through.
    const missing = this.missing(layer, level, size);
    if (layer.kind === "image" && missing && level !== coarsest) this.drawLevel(context, layer, coarsest, units, size);
    return this.drawLevel(context, layer, level, units, size);
  }

  missing(layer, level, size) {
    let any = false;
    this.eachTile(level, size, (row, column, index) => { any ||= !this.viewer.tiles.kept.has(this.viewer.address(layer, level, this.normal, index, row, column)); });
    return any;
  }

  drawLevel(context, layer, level, units, size) {
    let failure;
    context.imageSmoothingEnabled = layer.kind === "image" && level.scale[this.right] <= units && level.scale[this.down] <= units;
    context.imageSmoothingQuality = "medium";
    this.eachTile(level, size, (row, column, index) => {
      const address = this.viewer.address(layer, level, this.normal, index, row, column);
      const picture = this.viewer.tiles.get(address);
      failure ??= this.viewer.tiles.failureOf(address);
      if (!picture) return;
      const turned = this.name === "zy";
      // Rows and columns of a tile are the other two axes in the order z, y, x; in zy the first of them goes right.
      const [columns, rows] = turned ? [picture.height, picture.width] : [picture.width, picture.height];
      const [firstRight, firstDown] = turned ? [row * edge, column * edge] : [column * edge, row * edge];
      const x0 = Math.round(this.toX(placeOf(level, this.right, firstRight - 0.5)));
      const x1 = Math.round(this.toX(placeOf(level, this.right, firstRight + columns - 0.5)));
      const y0 = Math.round(this.toY(placeOf(level, this.down, firstDown - 0.5)));
      const y1 = Math.round(this.toY(placeOf(level, this.down, firstDown + rows - 0.5)));
      if (turned) {
        context.setTransform(0, (y1 - y0) / picture.width, (x1 - x0) / picture.height, 0, x0, y0);
        context.drawImage(picture, 0, 0);
        context.setTransform(1, 0, 0, 1, 0, 0);
      } else {
        context.drawImage(picture, x0, y0, x1 - x0, y1 - y0);
      }
    });
    return failure;
  }

  eachTile(level, { width, height }, visit) {
    const { state } = this.viewer;
    const index = indexOf(level, this.normal, state.place[this.normal]);
    if (index < 0 || index >= level.shape[this.normal]) return;
    const units = state.zoom / (globalThis.devicePixelRatio || 1);
    const range = (axis, pixels) => {
      const from = Math.max(0, indexOf(level, axis, state.place[axis] - (pixels / 2) * units));
      const to = Math.min(level.shape[axis] - 1, indexOf(level, axis, state.place[axis] + (pixels / 2) * units));
      return [Math.floor(from / edge), to < from ? -1 : Math.floor(to / edge)];
    };
    const turned = this.name === "zy";
    const [rowAxis, columnAxis] = turned ? [this.right, this.down] : [this.down, this.right];
    const [rows, columns] = [range(rowAxis, turned ? width : height), range(columnAxis, turned ? height : width)];
    for (let row = rows[0]; row <= rows[1]; row++) for (let column = columns[0]; column <= columns[1]; column++) visit(row, column, index);
  }

  drawBlocks(context, dense) {
    const { selected, volume, state } = this.viewer;
    if (!state.blocks || selected.length === 0) return;
    const level = volume.layers[0].levels[0];
    const at = indexOf(level, this.normal, state.place[this.normal]);
    context.strokeStyle = "#ff5fb0";
    context.lineWidth = dense;
    for (const origin of selected) {
      if (at < origin[this.normal] || at >= origin[this.normal] + volume.block[this.normal]) continue;
      const end = (axis) => Math.min(origin[axis] + volume.block[axis], level.shape[axis]);
      const [x0, x1] = [origin[this.right], end(this.right)].map((i) => this.toX(placeOf(level, this.right, i - 0.5)));
      const [y0, y1] = [origin[this.down], end(this.down)].map((i) => this.toY(placeOf(level, this.down, i - 0.5)));
      context.strokeRect(x0, y0, x1 - x0, y1 - y0);
    }
  }

  drawMarks(context, { width, height, dense, units }) {
    const { volume, state, known } = this.viewer;
    const finest = volume.layers[0].levels[0];
    const [x, y] = [extent(finest, this.right), extent(finest, this.down)];
    context.lineWidth = dense;
    context.strokeStyle = "#3a424d";
    context.strokeRect(this.toX(x[0]), this.toY(y[0]), this.toX(x[1]) - this.toX(x[0]), this.toY(y[1]) - this.toY(y[0]));
    if (state.cross) {
      const gap = 14 * dense;
      this.line(context, colours[this.right], [[0, height / 2, width / 2 - gap, height / 2], [width / 2 + gap, height / 2, width, height / 2]]);
      this.line(context, colours[this.down], [[width / 2, 0, width / 2, height / 2 - gap], [width / 2, height / 2 + gap, width / 2, height]]);
    }
    context.font = `${12 * dense}px system-ui, sans-serif`;
    context.textBaseline = "top";
    const at = indexOf(finest, this.normal, state.place[this.normal]);
    const inside = at >= 0 && at < finest.shape[this.normal];
    this.text(context, `${this.name}   ${letters[this.normal]} ${at.toLocaleString("en")}${inside ? "" : "  (outside)"}`, 10 * dense, 8 * dense, this.viewer.active === this ? "#fff" : "#c3cad3");
    // A bar of a round length, at most a quarter of the plane.
    const bar = roundLength((width / 4) * units);
    const [right, bottom, long] = [width - 12 * dense, height - 12 * dense, bar / units];
    context.fillStyle = "#000a";
    context.fillRect(right - long - 6 * dense, bottom - 20 * dense, long + 12 * dense, 26 * dense);
    context.fillStyle = "#fff";
    context.fillRect(right - long, bottom - 3 * dense, long, 3 * dense);
    context.textAlign = "center";
    context.fillText(known ? length(bar) : `${bar.toLocaleString("en")} voxels`, right - long / 2, bottom - 18 * dense);
    context.textAlign = "left";
  }

  line(context, colour, lines) {
    context.strokeStyle = colour;
    context.globalAlpha = 0.55;
    context.beginPath();
    for (const [x0, y0, x1, y1] of lines) {
      context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
      context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  text(context, text, x, y, colour) {
    context.lineWidth = 3;
    context.strokeStyle = "#000c";
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  note(context, text, dense, height) {
    context.font = `${12 * dense}px system-ui, sans-serif`;
    this.text(context, text.length > 140 ? `${text.slice(0, 140)}…` : text, 10 * dense, height - 24 * dense, "#ff8f86");
  }

  /** The place in the world under a point of the page. */
  placeAt(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const { state } = this.viewer;
    const place = [...state.place];
    place[this.right] += (event.clientX - left - width / 2) * state.zoom;
    place[this.down] += (event.clientY - top - height / 2) * state.zoom;
    return place;
  }

  listen() {
    const { canvas, viewer } = this;
    let [drag, turned] = [undefined, 0];
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      drag = { x: event.clientX, y: event.clientY, place: [...viewer.state.place] };
      viewer.activate(this);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drag) {
        viewer.point(this.placeAt(event));
        return;
      }
      canvas.classList.add("dragged");
      const place = [...drag.place];
      place[this.right] -= (event.clientX - drag.x) * viewer.state.zoom;
      place[this.down] -= (event.clientY - drag.y) * viewer.state.zoom;
      viewer.move(place);
    });
    const end = () => {
      drag = undefined;
      canvas.classList.remove("dragged");
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("pointerleave", () => viewer.point(undefined));
    canvas.addEventListener("pointerenter", () => viewer.activate(this));
    canvas.addEventListener("focus", () => viewer.activate(this));
    canvas.addEventListener("dblclick", (event) => viewer.move(this.placeAt(event)));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      viewer.activate(this);
      const amount = event.deltaMode === 1 ? event.deltaY * 30 : event.deltaY;
      if (event.ctrlKey || event.metaKey) {
        viewer.zoomAt(Math.exp(amount / 300), this, this.placeAt(event));
        return;
      }
      // A notch of a wheel is a section; a trackpad's many small turns add up to one.
      turned += Math.abs(amount) >= 50 ? Math.sign(amount) * 50 : amount;
      const steps = Math.trunc(turned / 50);
      turned -= steps * 50;
      if (steps !== 0) viewer.step(this.normal, steps * (event.shiftKey ? 10 : 1));
    }, { passive: false });
  }
}
