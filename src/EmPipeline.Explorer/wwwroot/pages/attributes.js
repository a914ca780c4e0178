// All that the raw files and the registries state, as they state it: too much for a page, so that the server searches.
import { get } from "../api.js";
import { bytes, h, number } from "../dom.js";

const pause = 250;

export function attributesOf(dataset) {
  const [rows, count] = [h("tbody", {}), h("small", { role: "status" })];
  const element = h("section", { hidden: true }, h("h2", {}, "All that files and registries state ", count), h("div", { class: "scroll" }, h("table", { class: "attributes" },
    h("thead", {}, h("tr", {}, ["place in the file", "value", "type", "file"].map((name) => h("th", { scope: "col" }, name)))), rows)));
  let [timer, last] = [undefined, 0];

  async function fill(text) {
    const mine = ++last;
    try {
      const { known, attributes, isCut } = await get(`/api/attributes/${encodeURIComponent(dataset)}?q=${encodeURIComponent(text)}`);
      if (mine !== last) return;
      element.hidden = !known;
      count.textContent = isCut ? `the first ${number(attributes.length)}; a word in the box above finds others` : number(attributes.length);
      rows.replaceChildren(...attributes.map(row));
    } catch (error) {
      element.hidden = false;
      count.textContent = error.message;
    }
  }

  return {
    element,
    search: (text) => {
      clearTimeout(timer);
      timer = setTimeout(() => fill(text), last === 0 ? 0 : pause);
    },
    end: () => {
      clearTimeout(timer);
      last = Infinity;
    },
  };
}

const row = (found) => h("tr", {}, h("th", { scope: "row" }, found.path),
  h("td", { class: "value" }, found.value ?? h("span", { class: "soft", title: found.sha256 ?? "" }, found.length === null ? "–" : bytes(found.length)), found.unit && ` ${found.unit}`),
  h("td", { class: "soft" }, found.type), h("td", { class: "soft" }, found.label && h("b", {}, `${found.label} `), found.file ?? `${number(found.occurrences)} alike`, found.part && ` ${found.part}`));
