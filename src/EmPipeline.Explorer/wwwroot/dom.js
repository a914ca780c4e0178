// Elements from names, properties and children. Texts are texts: nothing that comes from a file is ever read as HTML.

/** An element; properties that begin with "on" listen, `class` and those with a dash are attributes, children that are null are left out. */
export function h(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class" || key.includes("-") || key === "for" || key === "role" || key === "list") element.setAttribute(key, value === true ? "" : value);
    else element[key] = value;
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** "1,234,567", and of small numbers the digits that count. */
export function number(value, digits = 4) {
  if (typeof value !== "number") return value === null || value === undefined ? "–" : String(value);
  return Number.isInteger(value) ? value.toLocaleString("en") : Number(value.toPrecision(digits)).toLocaleString("en", { maximumFractionDigits: 6 });
}

/** "3.1 GiB". */
export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${value.toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}

/** "50 × 8 × 8 nm". */
export const sizeText = (size) => (size.every((edge) => edge === null) ? "voxel size unknown" : `${size.map((edge) => (edge === null ? "?" : number(edge))).join(" × ")} nm`);

/** A button that copies a text and says so. */
export function copyButton(label, text) {
  const button = h("button", {
    type: "button",
    onclick: async () => {
      await copy(typeof text === "function" ? text() : text);
      button.textContent = "copied";
      setTimeout(() => { button.textContent = label; }, 1200);
    },
  }, label);
  return button;
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).catch(() => copyBySelection(text));
  return copyBySelection(text);
}

// Over plain HTTP from another machine there is no clipboard to write to.
function copyBySelection(text) {
  const area = h("textarea", { value: text, readOnly: true, class: "offscreen" });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
