// Uses every control of the viewer's page in a headless Chromium.
// usage: node view.mjs ADDRESS PICTURES; ADDRESS is that of a server over the data of EmPipeline.Explorer.Tests. The folder PICTURES gets what was seen.
// Exits with 77 where there is no Chromium.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";

const [address, pictures] = process.argv.slice(2);
const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!browser) {
  console.log("no Chromium on this machine");
  process.exit(77);
}
await mkdir(pictures, { recursive: true });

const running = await chromium.launch({ executablePath: browser, headless: true, args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"] });
const context = await running.newContext({ viewport: { width: 1366, height: 768 }, permissions: ["clipboard-read", "clipboard-write"] });
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const [errors, elsewhere, dialogs] = [[], [], []];
page.on("pageerror", (error) => errors.push(error.stack));
page.on("console", (message) => message.type() === "error" && errors.push(`${message.text()} ${message.location().url}`));
page.on("request", (request) => !request.url().startsWith(address) && !request.url().startsWith("blob:") && elsewhere.push(request.url()));
page.on("dialog", (dialog) => dialogs.push(dialog.message()) && dialog.dismiss());

const state = () => page.evaluate(() => {
  const { state, finest, active, selected } = globalThis.viewer;
  return { ...state, labels: [...state.labels], voxel: state.place.map((place, axis) => Math.floor((place - finest.centre[axis]) / finest.scale[axis] + 0.5)), active: active.name, selected: selected.length };
});
// No frame is due, and the last one had all of its tiles.
const settled = (of = page) => of.waitForFunction(() => globalThis.viewer?.frame === undefined && document.querySelector(".viewer")?.dataset.busy === "false");
const picture = (name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });
function check(what, got, expected) {
  if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Error(`${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);
  console.log(`ok: ${what}`);
}
function near(what, got, expected, by) {
  if (!(Math.abs(got - expected) <= by)) throw new Error(`${what}: got ${got}, expected ${expected} ± ${by}`);
  console.log(`ok: ${what}`);
}
/** The colour in the middle of a plane, of what is drawn there without marks. */
const middle = (plane, x, y) => page.evaluate(({ plane, x, y }) => {
  const { canvas } = globalThis.viewer.planes[plane];
  return [...canvas.getContext("2d").getImageData(Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1).data].slice(0, 3);
}, { plane, x, y });
const centreOf = async (selector) => {
  const { x, y, width, height } = await page.locator(selector).boundingBox();
  return { x: x + width / 2, y: y + height / 2, width, height };
};
const control = (name) => page.getByLabel(name, { exact: true });

async function datasets() {
  await page.goto(address);
  await page.getByRole("heading", { name: "cells" }).waitFor();
  check("cards", await page.locator(".card h2").allTextContents(), ["cells", "floats"]);
  check("a title with markup is text", (await page.locator(".card .title").first().textContent()).includes("<script>"), true);
  check("what is left out", await page.locator("tbody td").first().textContent(), "late");
  check("unknown voxel size", (await page.locator(".card").nth(1).textContent()).includes("voxel size unknown"), true);
  await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
  await picture("datasets");
}

async function viewer() {
  await page.locator(".card h2 a", { hasText: "cells" }).click();
  await settled();
  check("opens in the middle", (await state()).voxel, [10, 150, 350]);
  await picture("viewer");

  const { x, y } = await centreOf(".plane-xy canvas");
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, 100);
  check("the wheel goes to the next section", (await state()).voxel[0], 11);
  await page.keyboard.down("Shift");
  await page.mouse.wheel(0, -100);
  await page.keyboard.up("Shift");
  check("with Shift ten back", (await state()).voxel[0], 1);
  const before = await state();
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  near("with Control it zooms", (await state()).zoom, before.zoom * Math.exp(-200 / 300), before.zoom * 0.01);
  const closer = await state();
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 30, { steps: 4 });
  await page.mouse.up();
  near("dragging moves the volume with the pointer", (await state()).place[2], closer.place[2] - 60 * closer.zoom, 1);
  near("both ways", (await state()).place[1], closer.place[1] - 30 * closer.zoom, 1);
  await page.mouse.dblclick(x + 60, y + 30);
  near("a double click brings back what was in the middle", (await state()).place[2], closer.place[2], closer.zoom);

  for (const [label, axis] of [["z in voxels", 0], ["y in voxels", 1], ["x in voxels", 2]]) {
    await control(label).fill(String(5 + axis));
    await control(label).press("Enter");
    check(label, (await state()).voxel[axis], 5 + axis);
  }
  await control("z in voxels").fill("999");
  await control("z in voxels").press("Enter");
  check("no further than the volume", (await state()).voxel[0], 19);

  await page.mouse.move(x, y);
  for (const [button, layout] of [["xy", "xy"], ["xz", "xz"], ["zy", "zy"], ["all", "all"]]) {
    await page.getByRole("button", { name: button, exact: true }).click();
    check(`layout ${layout}`, await page.locator(".plane canvas:visible").count(), layout === "all" ? 3 : 1);
  }
  await page.getByRole("button", { name: "fit", exact: true }).click();
  const fitted = (await state()).zoom;
  await page.getByRole("button", { name: "zoom in" }).click();
  near("zoom in", (await state()).zoom, fitted / 1.5, 1e-6);
  await page.getByRole("button", { name: "zoom out" }).click();
  near("zoom out", (await state()).zoom, fitted, 1e-6);

  await control("black at").fill("30");
  await page.waitForFunction(() => globalThis.viewer.state.low === 30);
  await control("white at, grey value").fill("120.5");
  await control("white at, grey value").press("Enter");
  check("white at", (await state()).high, 120.5);
  await page.getByRole("button", { name: "full", exact: true }).click();
  check("full contrast", [(await state()).low, (await state()).high], [0, 255]);
  await page.getByLabel("groundtruth/objects").or(page.getByLabel(/^objects/)).click();
  check("labels off", (await state()).labels, []);
  await page.getByLabel("cross hairs").uncheck();
  await settled();
  const [grey] = await middle("xy", 0.5, 0.5);
  await page.getByRole("button", { name: "invert" }).click();
  await settled();
  near("inverted", (await middle("xy", 0.5, 0.5))[0], 255 - grey, 12);
  await page.getByRole("button", { name: "auto", exact: true }).click();
  await page.getByRole("button", { name: "invert" }).click();
  await page.getByLabel(/^objects/).click();
  await page.getByLabel("cross hairs").check();
  await control("opacity of labels").fill("0.8");
  check("opacity", (await state()).opacity, 0.8);

  const map = await centreOf(".map .area canvas");
  await page.mouse.move(map.x, map.y);
  await page.locator(".map .bar span", { hasText: /^\d+, \d+, \d+: / }).waitFor();
  await page.mouse.click(map.x + 20, map.y);
  near("a click on the map goes there", (await state()).voxel[2], 350 + (20 / map.width) * 700, 30);
  for (const field of await page.getByLabel("statistic of blocks").locator("option").allTextContents()) await page.getByLabel("statistic of blocks").selectOption({ label: field });
  const track = await centreOf(".strip canvas");
  await page.mouse.click(track.x - track.width / 2 + 3, track.y);
  check("a click on the strip goes to the section", (await state()).voxel[0], 0);
  await control("section along z").fill("7");
  check("the slider too", (await state()).voxel[0], 7);

  await page.keyboard.press("n");
  // The slider has the focus, and so its keys.
  await page.mouse.click(x, y);
  await page.keyboard.press("n");
  check("the next section with something wrong", (await state()).voxel[0], 12);
  await page.locator(".strip output.flagged", { hasText: "dark, shifted" }).waitFor();
  await page.keyboard.press("p");
  check("there is none before", (await state()).voxel[0], 12);
  await control("section along z").fill("7");

  // What is under the pointer.
  await page.mouse.move(x, y);
  const at = (await state()).voxel;
  await page.locator(".status .values b").nth(1).waitFor();
  const text = await page.locator(".status").textContent();
  check("the voxel under the pointer", text.includes(`z ${at[0]}`) && text.includes(`y ${at[1]}`), true);
  check("in nanometres too", /nm|µm/.test(text), true);
  await picture("labels");
}

async function keyboard() {
  await page.locator(".plane-xz canvas").focus();
  check("focus makes a plane the one in use", (await state()).active, "xz");
  const start = (await state()).voxel;
  await page.keyboard.press(".");
  await page.keyboard.press("PageDown");
  await page.keyboard.press("Shift+PageDown");
  await page.keyboard.press(",");
  check("sections of that plane", (await state()).voxel[1], start[1] + 11);
  const { place, zoom } = await state();
  await page.keyboard.press("ArrowRight");
  check("arrows move", (await state()).place[2] > place[2], true);
  await page.keyboard.press("+");
  near("plus zooms", (await state()).zoom, zoom / 1.25, 1e-6);
  await page.keyboard.press("-");
  for (const [key, layout] of [["1", "xy"], ["2", "xz"], ["3", "zy"], ["4", "all"]]) {
    await page.keyboard.press(key);
    check(`key ${key}`, (await state()).layout, layout);
  }
  await page.keyboard.press("l");
  check("key l", (await state()).labels, []);
  await page.keyboard.press("l");
  await page.keyboard.press("x");
  check("key x", (await state()).cross, false);
  await page.keyboard.press("x");
  await page.keyboard.press("i");
  check("key i", (await state()).inverted, true);
  await page.keyboard.press("a");
  check("key a", (await state()).inverted, false);
  await page.keyboard.press("f");
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await picture("keys");
  await page.keyboard.press("Escape");
  check("the list of keys closes", await page.getByRole("dialog").count(), 0);
  // All that can be clicked can be reached.
  const seen = new Set();
  await page.locator("#top a").first().focus();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    seen.add(await page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim()));
  }
  const missing = ["xy plane", "xz plane", "zy plane", "statistic of blocks", "z in voxels", "black at", "opacity of labels", "copy link", "Open in Neuroglancer", "invert"].filter((name) => !seen.has(name));
  check("what Tab does not reach", missing, []);
}

async function links() {
  await page.evaluate(() => globalThis.viewer.go([3, 40, 50]));
  await page.getByRole("button", { name: "xy", exact: true }).click();
  // At once: before the address has followed by itself.
  await page.getByRole("button", { name: "copy link" }).click();
  await page.getByRole("button", { name: "copied" }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  check("the link that is copied is of this place", ["z=3&y=40&x=50", "layout=xy"].map((part) => copied.includes(part)), [true, true]);
  check("and the address", copied, page.url());
  const saved = await state();
  const other = await context.newPage();
  await other.goto(copied);
  await settled(other);
  const back = await other.evaluate(() => ({ place: globalThis.viewer.state.place, layout: globalThis.viewer.state.layout, opacity: globalThis.viewer.state.opacity, zoom: globalThis.viewer.state.zoom }));
  check("a link brings back the place", [back.place, back.layout, back.opacity], [saved.place, saved.layout, saved.opacity]);
  near("and the zoom", back.zoom, saved.zoom, saved.zoom * 1e-3);
  await other.goto("about:blank");
  await other.goto(`${address}#/view/cells?z=999&y=40`);
  await settled(other);
  check("a link may say a part of the place, and what lies outside is led back", await other.evaluate(() => globalThis.viewer.values()).then(({ z, y, x }) => [z, y, x]), [19, 40, 350]);
  await other.close();
  const neuroglancer = await page.getByRole("link", { name: "Open in Neuroglancer" }).getAttribute("href");
  const { layers, position } = JSON.parse(decodeURIComponent(neuroglancer.split("#!")[1]));
  check("Neuroglancer gets image and labels at this place", [layers.map((layer) => layer.type), position], [["image", "segmentation"], [3, 40, 50]]);
  for (const { source } of layers) check(`${source} is served`, (await (await fetch(`${source.split("|")[0]}zarr.json`)).json()).node_type, "group");
  await page.getByRole("button", { name: "all", exact: true }).click();
}

async function floats() {
  await page.goto(`${address}#/view/floats`);
  await page.reload();
  await settled();
  check("without a voxel size there are no nanometres", /nm/.test(await page.locator(".panel").textContent()), false);
  await picture("floats");
}

async function metadata() {
  await page.goto(`${address}#/metadata/cells`);
  await page.locator(".metadata tbody tr").first().waitFor();
  check("values", await page.locator(".metadata tbody tr").count(), 3);
  const cells = await page.locator(".metadata tbody td").allTextContents();
  check("markup is text", [cells.some((text) => text.startsWith("<script>alert(1)")), cells.some((text) => text.startsWith("<b>y"))], [true, true]);
  check("what is too long is cut", cells.every((text) => text.length < 200_000), true);
  await page.locator(".attributes tbody tr").first().waitFor();
  check("attributes", await page.locator(".attributes tbody th").allTextContents(), ["ImageDescription", "Software", "Thumbnail"]);
  await picture("metadata");
  await page.getByLabel("Search metadata").fill("thumb");
  await page.waitForFunction(() => document.querySelectorAll(".attributes tbody tr").length === 1);
  await page.getByLabel("Search metadata").fill("another page");
  check("searched", await page.locator(".metadata tbody tr").count(), 1);
  await page.getByLabel("Search metadata").fill("nothing of the kind");
  check("nothing found", await page.locator(".metadata tbody tr").count(), 0);
  await page.getByLabel("Dataset").selectOption("floats");
  await page.waitForFunction(() => location.hash === "#/metadata/floats");
}

async function sql() {
  await page.getByRole("navigation").getByText("SQL").click();
  const box = page.getByLabel("Query");
  const status = page.locator("p[role=status]");
  await box.fill("SELECT dataset, title FROM datasets ORDER BY dataset");
  await box.press("Control+Enter");
  await status.filter({ hasText: "2 rows" }).waitFor();
  check("markup in a result is text", (await page.locator(".result td").nth(1).textContent()).startsWith("<script>"), true);
  await box.fill("SELECT * FROM read_csv('/etc/passwd')");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.locator("p.failure").filter({ hasText: "read_csv" }).waitFor();
  errors.splice(errors.findIndex((error) => error.includes("400")), 1);
  await box.fill("SELECT count(*) FROM range(100000000) a, range(100000000) b");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.locator("p.failure").filter({ hasText: "stopped" }).waitFor();
  await box.fill("SELECT * FROM range(1000000)");
  await box.press("Control+Enter");
  await status.filter({ hasText: "10,000 rows and more" }).waitFor();
  check("rows on the page", await page.locator(".result tbody tr").count(), 1000);
  await page.getByText("volumes", { exact: true }).click();
  await page.getByRole("button", { name: "voxel_size_origin" }).click();
  check("a column is put into the query", (await box.inputValue()).includes("voxel_size_origin"), true);
  await page.getByLabel("Examples").selectOption({ label: "grey values of whole volumes" });
  await status.filter({ hasText: "rows in" }).waitFor();
  await box.fill("dataset = 'cells' AND y = 128");
  await box.press("Control+Enter");
  await page.getByText("Train on this, in C#").waitFor();
  check("a line to train with", (await page.locator(".code code").first().textContent()).includes("new BlockDataset("), true);
  await page.getByRole("button", { name: "copy" }).first().click();
  check("copied", (await page.evaluate(() => navigator.clipboard.readText())).startsWith("using var blocks"), true);
  await picture("sql");
  await page.locator(".extras a", { hasText: "cells" }).click();
  await settled();
  check("the blocks are on the planes", (await state()).selected, 6);
  await picture("blocks");
  await page.getByLabel(/blocks of the last query/).uncheck();
  check("and off again", (await state()).blocks, false);
}

async function run() {
  await page.getByRole("navigation").getByText("Run").click();
  await page.locator("table.run").waitFor();
  check("a stage at work", await page.locator("progress").count(), 1);
  check("a warning with markup is text", (await page.locator(".messages li").first().textContent()).includes("<b>"), true);
  await picture("run");
}

try {
  for (const part of [datasets, viewer, keyboard, links, floats, metadata, sql, run]) await part();
  check("requests to elsewhere", elsewhere, []);
  check("scripts that ran from metadata", dialogs, []);
  check("errors", errors, []);
} catch (error) {
  await picture("failed");
  console.error([error.stack, ...errors].join("\n"));
  process.exitCode = 1;
} finally {
  await running.close();
}
