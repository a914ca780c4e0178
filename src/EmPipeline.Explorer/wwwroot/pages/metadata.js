// Every stated value with its source, searchable.
import { get } from "../api.js";
import { attributesOf } from "./attributes.js";
import { h, number } from "../dom.js";
import { link, replace } from "../route.js";

export async function metadataPage({ name, values }) {
  const { datasets } = await get("/api/datasets");
  const dataset = name || datasets[0]?.name;
  if (!dataset) return { element: h("p", { class: "text" }, "There is no dataset yet.") };
  const { metadata, conflicts, files } = await get(`/api/metadata/${encodeURIComponent(dataset)}`);
  const disputed = new Set(conflicts.map((row) => row.field));
  const count = h("small", { role: "status" });
  const search = h("input", { type: "search", placeholder: "field, value or source", value: values.get("q") ?? "", "aria-label": "Search metadata", oninput: fill });
  const table = h("tbody", {});
  const clashes = h("tbody", {});

  function fill() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (row) => words.every((word) => Object.values(row).some((value) => String(value ?? "").toLowerCase().includes(word)));
    const rows = metadata.filter(has);
    count.textContent = `${number(rows.length)} of ${number(metadata.length)} values`;
    table.replaceChildren(...rows.map((row, i) => h("tr", { class: row.chosen ? "" : "other" },
      h("th", { scope: "row" }, i > 0 && rows[i - 1].field === row.field ? "" : row.field, disputed.has(row.field) && row.chosen && h("span", { class: "badge", title: "sources disagree" }, "≠")),
      h("td", { class: "value" }, cut(row.value)), h("td", {}, row.unit ?? ""), h("td", { class: "soft" }, row.origin), h("td", { class: "soft" }, row.stated === row.value ? "" : cut(row.stated)))));
    clashes.replaceChildren(...conflicts.filter(has).map((row) => h("tr", {},
      h("th", { scope: "row" }, row.field), h("td", {}, cut(row.chosen_value), h("small", {}, row.chosen_origin)), h("td", {}, cut(row.other_value), h("small", {}, row.other_origin)), h("td", { class: "soft" }, row.rule))));
    replace(link("metadata", dataset, { q: search.value }));
    attributes.search(search.value);
  }

  const attributes = attributesOf(dataset);
  const choice = h("select", { "aria-label": "Dataset", onchange: () => { location.hash = link("metadata", choice.value); } },
    datasets.map((one) => h("option", { value: one.name, selected: one.name === dataset }, one.name)));
  fill();
  return {
    element: h("section", { class: "wide" },
      h("h1", {}, "Metadata ", choice, search, count),
      h("div", { class: "scroll" }, h("table", { class: "metadata" }, head("field", "value", "unit", "source", "as stated"), table)),
      conflicts.length > 0 && h("section", {}, h("h2", {}, "Where sources disagree"),
        h("div", { class: "scroll" }, h("table", {}, head("field", "goes by", "another says", "why"), clashes))),
      attributes.element,
      h("section", {}, h("h2", {}, "Files"), h("div", { class: "scroll" }, h("table", {}, head("file", "bytes", "SHA-256", "source"),
        h("tbody", {}, files.map((file) => h("tr", {}, h("td", {}, file.key), h("td", { class: "number" }, number(file.length)), h("td", { class: "hash", title: file.sha256 }, file.sha256.slice(0, 12)), h("td", { class: "soft" }, file.source_url))))))),
      files.length === 500 && h("p", { class: "soft" }, "The first 500; the table files has all.")),
    end: attributes.end,
  };
}

const head = (...names) => h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name))));

// A value of ten megabytes would stop the page.
const cut = (text) => (text && text.length > 2000 ? `${text.slice(0, 2000)}… (${number(text.length)} letters)` : text ?? "");
