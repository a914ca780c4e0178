// One SELECT over the catalogue, as a table, as blocks on the map, and as a line to train with.
import { get, sql } from "../api.js";
import { copyButton, h, number } from "../dom.js";
import { link, replace } from "../route.js";
import { select, selection } from "../selection.js";

const shownRows = 1000;
const needed = ["dataset", "level", "z", "y", "x"];
const examples = [
  ["blocks to train on", "SELECT * FROM training_blocks WHERE std > 10"],
  ["a condition alone", "blank_share < 0.1 AND mean BETWEEN 80 AND 180"],
  ["voxel sizes and where they are stated", "SELECT dataset, voxel_size_z_nm, voxel_size_y_nm, voxel_size_x_nm, voxel_size_origin FROM volumes WHERE level = 0"],
  ["where sources disagree", "SELECT dataset, field, chosen_value, other_value, rule FROM conflicts"],
  ["grey values of whole volumes", "SELECT * FROM volume_statistics WHERE level = 0"],
];

export async function sqlPage({ values }) {
  const { tables, data } = await get("/api/schema").catch(() => ({ tables: [], data: "" }));
  const [status, result, extras] = [h("p", { class: "soft", role: "status" }), h("div", { class: "scroll result" }), h("div", { class: "extras" })];
  const box = h("textarea", { rows: 5, spellcheck: false, value: values.get("q") || selection().query || examples[0][1], "aria-label": "Query", onkeydown: (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
  } });
  const [go, stop] = [h("button", { type: "button", class: "main", onclick: () => run() }, "Run"), h("button", { type: "button", onclick: () => running?.abort(), hidden: true }, "Stop")];
  let running;

  async function run() {
    running?.abort();
    const mine = running = new AbortController();
    const query = box.value;
    replace(link("sql", "", { q: query }));
    stop.hidden = false;
    status.className = "soft";
    status.textContent = "at work …";
    extras.replaceChildren();
    const body = h("tbody", {});
    let [all, names] = [[], []];
    try {
      const end = await sql(query, (columns, rows) => {
        if (names.length === 0 && columns.length > 0) {
          names = columns;
          result.replaceChildren(h("table", {}, h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)))), body));
        }
        const room = shownRows - all.length;
        if (room > 0) body.append(...rows.slice(0, room).map((row) => h("tr", {}, row.map(cell))));
        all = all.concat(rows);
      }, mine.signal);
      status.textContent = `${number(end.rows)}${end.isCut ? " rows and more: the rest is cut off" : end.rows === 1 ? " row" : " rows"} in ${end.seconds} s${end.rows > shownRows ? `; the first ${number(shownRows)} are shown` : ""}`;
      offer(query, names, all, end.isCut);
    } catch (error) {
      if (mine.signal.aborted && running !== mine) return;
      status.className = "failure";
      status.textContent = mine.signal.aborted ? "stopped" : error.message;
    } finally {
      if (running === mine) stop.hidden = true;
    }
  }

  function offer(query, names, rows, isCut) {
    const at = needed.map((name) => names.findIndex((found) => found.toLowerCase() === name));
    if (at.includes(-1)) {
      extras.append(h("p", { class: "soft" }, `Blocks to look at or to train on need the columns ${needed.join(", ")}.`));
      return;
    }
    select(query, rows.map((row) => at.map((i) => row[i])));
    const counts = [...selection().blocks].map(([dataset, blocks]) => [dataset, blocks.length, blocks[0]]);
    extras.append(
      h("p", {}, "On the map: ", counts.map(([dataset, count, [z, y, x]]) => h("a", { href: link("view", dataset, { z: z + 64, y: y + 64, x: x + 64 }) }, `${dataset} (${number(count)}${isCut ? "+" : ""})`)), counts.length === 0 && "none of level 0"),
      line("Train on this, in C#", `using var blocks = new BlockDataset(${literal(`${data}/catalog`)}, ${literal(query)});`),
      line("or here", `./build.sh Train --data ${shell(data)} --query ${shell(query)}`));
  }

  const insert = (text) => {
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    box.focus();
  };
  if (values.get("q")) run();
  return {
    element: h("section", { class: "sql" },
      h("div", { class: "query" }, h("h1", {}, "SQL ", h("small", {}, "one SELECT over the catalogue, or a condition on its blocks")), box,
        h("p", { class: "buttons" }, go, stop, h("kbd", {}, "Ctrl+Enter"), h("select", { "aria-label": "Examples", onchange: (event) => { box.value = event.target.value; run(); } },
          h("option", { value: "", disabled: true, selected: true }, "examples"), examples.map(([name, text]) => h("option", { value: text }, name)))),
        status, extras, result),
      h("aside", { "aria-label": "Tables" }, h("h2", {}, "Tables and views"), tables.map((table) => h("details", {}, h("summary", {}, table.name),
        h("ul", {}, table.columns.map((column) => h("li", {}, h("button", { type: "button", class: "plain", title: column.comment ?? "", onclick: () => insert(column.name) }, column.name), h("small", {}, column.type.toLowerCase())))))))),
    end: () => running?.abort(),
  };
}

const cell = (value) => (typeof value === "number" ? h("td", { class: "number" }, number(value, 6)) : h("td", { title: value ?? "" }, value === null ? h("i", { class: "soft" }, "null") : String(value)));
const line = (name, code) => h("div", { class: "code" }, h("span", { class: "soft" }, name), h("code", {}, code), copyButton("copy", code));
const literal = (text) => (/["\\\n]/.test(text) ? `"""${text.includes("\n") ? `\n${text}\n` : ` ${text} `}"""` : `"${text}"`);
const shell = (text) => (/^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
