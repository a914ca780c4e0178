// The keyboard, and the list of it.
import { h } from "../dom.js";

const help = [
  ["← → ↑ ↓", "move in the plane under the pointer, or with the focus"],
  [", .   Page Up, Page Down", "one section back, on; with Shift ten"],
  ["n p", "the next section with something wrong, the one before"],
  ["+ −", "zoom in, out"],
  ["f", "all of the image"],
  ["1 2 3 4", "xy alone, xz alone, zy alone, all"],
  ["l", "labels on, off"],
  ["a", "contrast as it was"],
  ["i", "black is white"],
  ["x", "cross hairs"],
  ["?", "this list"],
  ["drag", "move"],
  ["wheel", "sections; with Shift ten; with Ctrl zoom"],
  ["double click", "put this place in the middle"],
];

export function keys(viewer, sections) {
  const dialog = h("dialog", { "aria-label": "Keys and mouse" }, h("h2", {}, "Keys and mouse"),
    h("dl", { class: "keys" }, help.map(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)])),
    h("form", { method: "dialog" }, h("button", { type: "submit" }, "close")));
  // Forms may not be sent anywhere, not even to a dialog.
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close();
  });
  const showHelp = () => dialog.showModal();
  const labels = viewer.volume.layers.filter((layer) => layer.kind !== "image").map((layer) => layer.name);
  const { window } = viewer.volume;

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    const { target } = event;
    if (target.matches?.("input, textarea, select")) return;
    const plane = viewer.active;
    const pan = (right, down) => {
      const place = [...viewer.state.place];
      place[plane.right] += right * viewer.state.zoom * plane.element.clientWidth * 0.1;
      place[plane.down] += down * viewer.state.zoom * plane.element.clientHeight * 0.1;
      viewer.move(place);
    };
    const far = event.shiftKey ? 10 : 1;
    const actions = {
      ArrowLeft: () => pan(-1, 0), ArrowRight: () => pan(1, 0), ArrowUp: () => pan(0, -1), ArrowDown: () => pan(0, 1),
      PageUp: () => viewer.step(plane.normal, -far), PageDown: () => viewer.step(plane.normal, far), ",": () => viewer.step(plane.normal, -1), ".": () => viewer.step(plane.normal, 1),
      "<": () => viewer.step(plane.normal, -10), ">": () => viewer.step(plane.normal, 10), ";": () => viewer.step(plane.normal, -10), ":": () => viewer.step(plane.normal, 10),
      "+": () => viewer.zoomAt(1 / 1.25), "=": () => viewer.zoomAt(1 / 1.25), "-": () => viewer.zoomAt(1.25), f: () => viewer.fit(plane),
      1: () => viewer.set({ layout: "xy" }), 2: () => viewer.set({ layout: "xz" }), 3: () => viewer.set({ layout: "zy" }), 4: () => viewer.set({ layout: "all" }),
      l: () => viewer.set({ labels: new Set(viewer.state.labels.size > 0 ? [] : labels) }), a: () => viewer.set({ low: window.low, high: window.high, inverted: false }),
      i: () => viewer.set({ inverted: !viewer.state.inverted }), x: () => viewer.set({ cross: !viewer.state.cross }),
      n: () => sections.flagged(1), p: () => sections.flagged(-1), "?": showHelp,
    };
    const action = actions[event.key] ?? actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  }

  document.addEventListener("keydown", press);
  return { dialog, showHelp, end: () => document.removeEventListener("keydown", press) };
}
