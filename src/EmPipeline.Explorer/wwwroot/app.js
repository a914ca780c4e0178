// The page: a bar with the places to go to, and one page at a time below it.
import { get } from "./api.js";
import { h } from "./dom.js";
import { datasetsPage } from "./pages/datasets.js";
import { metadataPage } from "./pages/metadata.js";
import { runPage, runDot } from "./pages/run.js";
import { sqlPage } from "./pages/sql.js";
import { link, parse } from "./route.js";
import { viewPage } from "./viewer/page.js";

const pages = { datasets: datasetsPage, view: viewPage, metadata: metadataPage, sql: sqlPage, run: runPage };
const main = document.getElementById("page");
let [close, dataset, version, shown] = [undefined, "", undefined, undefined];

function bar(page) {
  const item = (name, text, target) => h("a", { href: target, "aria-current": name === page ? "page" : null }, text);
  document.getElementById("top").replaceChildren(
    h("a", { href: "#/", class: "brand" }, h("img", { src: "/icon.svg", alt: "", width: 18, height: 18 }), "EmPipeline"),
    h("nav", { "aria-label": "Pages" },
      item("datasets", "Datasets", "#/"),
      dataset && item("view", dataset, link("view", dataset)),
      item("metadata", "Metadata", link("metadata", dataset)),
      item("sql", "SQL", "#/sql"),
      h("a", { href: "#/run", "aria-current": page === "run" ? "page" : null }, "Run", runDot())));
}

async function show() {
  const { page, name, values } = parse();
  const make = pages[page] ?? datasetsPage;
  if (page === "view" || page === "metadata") dataset = name || dataset;
  // Only the place within the volume has changed: the viewer listens itself.
  if (page === "view" && shown === `view/${name}`) return;
  shown = `${page}/${name}`;
  close?.();
  close = undefined;
  bar(page in pages ? page : "datasets");
  document.title = page === "view" ? `${name} – EmPipeline` : "EmPipeline";
  main.className = `page-${page}`;
  const mine = shown;
  try {
    const { element, end } = await make({ name, values });
    if (shown !== mine) {
      end?.();
      return;
    }
    close = end;
    main.replaceChildren(element);
    if (page !== "view") main.focus({ preventScroll: true });
    main.dispatchEvent(new Event("shown"));
  } catch (error) {
    main.replaceChildren(h("p", { class: "failure", role: "alert" }, error.message));
  }
}

/** A catalogue that took the place of the one that is looked at is shown, once nobody is in the middle of something. */
async function watch() {
  try {
    const run = await get("/api/run");
    window.dispatchEvent(new CustomEvent("run", { detail: run }));
    if (version !== undefined && run.version !== version && parse().page === "datasets") {
      shown = undefined;
      await show();
    }
    version = run.version;
  } catch {
    window.dispatchEvent(new CustomEvent("run", { detail: null }));
  }
  setTimeout(watch, document.hidden ? 10_000 : 1500);
}

window.addEventListener("hashchange", show);
show();
watch();
