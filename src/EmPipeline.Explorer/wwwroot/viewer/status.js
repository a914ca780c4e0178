// The line below the planes: what is under the pointer.
import { get } from "../api.js";
import { h, number } from "../dom.js";
import { colourOf } from "./colours.js";
import { indexOf, length, letters } from "./geometry.js";

export function status(viewer) {
  const { volume, finest, known } = viewer;
  const [place, values] = [h("span", {}), h("span", { class: "values" })];
  let [wanted, asking, timer] = [undefined, false, undefined];

  async function ask() {
    if (asking || !wanted) return;
    asking = true;
    const mine = wanted;
    try {
      show((await get(`/api/value/${encodeURIComponent(volume.dataset)}/${mine.join("/")}`)).values);
    } catch (error) {
      values.replaceChildren(h("span", { class: "failure" }, error.message));
    }
    asking = false;
    if (wanted && wanted.join() !== mine.join()) ask();
  }

  function show(found) {
    values.replaceChildren(...volume.layers.map((layer) => {
      const value = found[layer.name];
      if (layer.kind === "image") return h("span", {}, "grey ", h("b", {}, value === null ? "–" : number(Number(value), 6)));
      return h("span", {}, layer.name.replace("groundtruth/", ""), " ", value === null ? h("i", { class: "soft" }, "not labelled") : meaning(layer, value));
    }));
  }

  viewer.addEventListener("point", ({ detail }) => {
    clearTimeout(timer);
    const voxel = detail?.map((value, axis) => indexOf(finest, axis, value));
    if (!voxel?.every((index, axis) => index >= 0 && index < finest.shape[axis])) {
      wanted = undefined;
      place.textContent = "";
      values.replaceChildren();
      return;
    }
    place.replaceChildren(...letters.map((letter, axis) => h("span", { class: `axis-${letter}` }, h("b", {}, letter), ` ${number(voxel[axis])}`, known && h("span", { class: "soft" }, `  ${length(voxel[axis] * finest.scale[axis])}`))));
    wanted = voxel;
    timer = setTimeout(ask, 25);
  });
  return h("footer", { class: "status", role: "status", "aria-live": "off" }, place, values);
}

function meaning(layer, value) {
  const known = layer.classes.find((found) => found.value === value);
  if (known && !known.known) return h("i", { class: "soft" }, `${value} not looked at`);
  if (value === "0") return h("b", {}, "0 background");
  const swatch = h("span", { class: "swatch" });
  swatch.style.background = colourOf(BigInt(value));
  return h("span", {}, swatch, h("b", {}, value), known?.name && ` ${known.name}`);
}
