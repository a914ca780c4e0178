// All datasets as cards.
import { get } from "../api.js";
import { bytes, h, number, sizeText } from "../dom.js";
import { link } from "../route.js";

export async function datasetsPage() {
  const { datasets, leftOut, data, version } = await get("/api/datasets");
  if (version === null) {
    return { element: h("section", { class: "text" }, h("h1", {}, "No catalogue yet"),
      h("p", {}, data, " holds none so far. Once ./build.sh has made one it appears here; until then see ", h("a", { href: "#/run" }, "how the run goes"), ".")) };
  }
  return {
    element: h("section", { class: "wide" },
      h("h1", {}, "Datasets", h("small", {}, data)),
      h("div", { class: "cards" }, datasets.map((dataset) => card(dataset, version))),
      leftOut.length > 0 && h("section", {}, h("h2", {}, "Left out"),
        h("table", {}, h("thead", {}, h("tr", {}, h("th", {}, "dataset"), h("th", {}, "first stage to run"), h("th", {}, "why"))),
          h("tbody", {}, leftOut.map((row) => h("tr", {}, h("td", {}, row.dataset), h("td", {}, row.stage ?? "–"), h("td", {}, row.reason))))))),
  };
}

function card(dataset, version) {
  const target = link("view", dataset.name);
  const facts = [dataset.organism, dataset.specimen, dataset.technique].filter(Boolean).join(" · ");
  return h("article", { class: "card" },
    h("a", { href: target, class: "picture", tabIndex: -1, "aria-hidden": "true" }, h("img", { src: `/api/card/${encodeURIComponent(dataset.name)}?v=${version}`, alt: "", loading: "lazy" })),
    h("div", { class: "facts" },
      h("h2", {}, h("a", { href: target }, dataset.name)),
      dataset.title && h("p", { class: "title" }, dataset.title),
      facts && h("p", { class: "soft" }, facts),
      h("dl", {},
        pair("voxels", `${dataset.shape.map((edge) => number(edge)).join(" × ")}  ${dataset.type}`),
        pair("voxel size", sizeText(dataset.size)),
        pair("stored", `${bytes(dataset.bytes)}, ${dataset.levels} level${dataset.levels === 1 ? "" : "s"}`),
        pair("to train on", `${number(dataset.blocks)} blocks`),
        dataset.labels.length > 0 && pair("labels", dataset.labels.map((label) => label.name.replace("groundtruth/", "")).join(", ")),
        dataset.licence && pair("licence", dataset.licence)),
      h("p", { class: "links" }, h("a", { href: target }, "View"), h("a", { href: link("metadata", dataset.name) }, "Metadata",
        dataset.conflicts > 0 && h("span", { class: "badge", title: `${dataset.conflicts} values on which sources disagree` }, dataset.conflicts)))));
}

const pair = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
