// How ./build.sh goes on the same data folder.
import { bytes, h } from "../dom.js";

const order = ["Download", "Verify", "ExtractMetadata", "Rechunk", "Catalog"];
let last;
window.addEventListener("run", ({ detail }) => { last = detail; });

/** A dot in the bar: whether a run is at work. */
export function runDot() {
  const dot = h("span", { class: "dot" });
  const paint = ({ detail }) => {
    const state = detail === null ? "gone" : stateOf(detail);
    dot.className = `dot ${state}`;
    dot.title = words[state];
  };
  window.addEventListener("run", paint);
  if (last !== undefined) paint({ detail: last });
  return dot;
}

const words = {
  gone: "the viewer does not answer", none: "no run yet", running: "a run is at work", silent: "the last run has not ended, and gave no sign for a while: it was stopped or killed",
  done: "the last run came through", failed: "the last run failed",
};

function stateOf({ run, now }) {
  if (!run) return "none";
  if (run.succeeded !== null) return run.succeeded ? "done" : "failed";
  return Date.parse(now) - Date.parse(run.lastSign) < 20_000 ? "running" : "silent";
}

export async function runPage() {
  const body = h("div", {});
  const paint = ({ detail }) => detail && body.replaceChildren(...content(detail));
  window.addEventListener("run", paint);
  if (last) paint({ detail: last });
  return { element: h("section", { class: "wide" }, h("h1", {}, "Run"), body), end: () => window.removeEventListener("run", paint) };
}

function content(detail) {
  const { run, now } = detail;
  if (!run) return [h("p", { class: "text" }, "Nothing has run on this data folder yet. ./build.sh appears here while it is at work.")];
  const stages = new Map(run.stages.map((stage) => [`${stage.dataset}\n${stage.stage}`, stage]));
  if (stateOf(detail) === "running") for (const stage of run.running ?? []) stages.set(`${stage.dataset}\n${stage.stage}`, stage);
  const datasets = [...new Set([...stages.values()].map((stage) => stage.dataset))].sort((a, b) => a.startsWith("(") - b.startsWith("(") || a.localeCompare(b));
  const columns = order.filter((name) => [...stages.values()].some((stage) => stage.stage === name));
  return [
    h("p", { class: `state ${stateOf(detail)}`, role: "status" }, h("span", { class: `dot ${stateOf(detail)}` }), words[stateOf(detail)],
      h("small", {}, `began ${time(run.started)}${run.finished ? `, ended ${time(run.finished)}` : ""}; log ${run.log}`)),
    h("div", { class: "scroll" }, h("table", { class: "run" }, h("thead", {}, h("tr", {}, h("th", {}, "dataset"), columns.map((name) => h("th", {}, name)))),
      h("tbody", {}, datasets.map((dataset) => h("tr", {}, h("th", { scope: "row" }, dataset), columns.map((name) => h("td", {}, cell(stages.get(`${dataset}\n${name}`))))))))),
    run.messages.length > 0 && h("section", {}, h("h2", {}, "Warnings and errors"), h("ul", { class: "messages" },
      run.messages.map((message) => h("li", { class: message.kind }, h("time", {}, time(message.time, now)), message.text)))),
  ].filter(Boolean);
}

function cell(stage) {
  if (!stage) return "";
  const seconds = `${stage.seconds < 10 ? stage.seconds.toFixed(1) : Math.round(stage.seconds)} s`;
  if (stage.state === "Running") {
    const share = stage.total > 0 ? stage.bytes / stage.total : undefined;
    return h("div", { class: "running" }, h("progress", share === undefined ? {} : { value: share, max: 1 }), h("small", {}, share === undefined ? seconds : `${Math.floor(share * 100)} %  ${bytes(stage.bytes / Math.max(stage.seconds, 0.1))}/s`));
  }
  return h("div", { class: stage.state.toLowerCase() }, stage.state === "Failed" ? "failed" : stage.summary ?? "done", h("small", {}, seconds, stage.bytes > 0 && `, ${bytes(stage.bytes)}`));
}

const time = (text) => (text ? new Date(text).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" }) : "–");
