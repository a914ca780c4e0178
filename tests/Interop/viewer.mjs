// Neuroglancer in a headless Chromium, over a folder that is served on this machine's loopback.
import { existsSync } from "node:fs";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const here = import.meta.dirname;
export const browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** The page, its workers and its styles, by their addresses; of Neuroglancer only what reads Zarr over HTTP. */
async function bundle() {
  const lib = path.join(here, "node_modules/neuroglancer/lib");
  const { outputFiles } = await build({
    entryPoints: {
      page: path.join(here, "page.mjs"),
      "chunk_worker.bundle": path.join(lib, "chunk_worker.bundle.js"),
      "async_computation.bundle": path.join(lib, "async_computation.bundle.js"),
    },
    outdir: here,
    bundle: true,
    write: false,
    format: "esm",
    target: "chrome120",
    logLevel: "error",
    conditions: ["datasource", "kvstore", "layer"].map((kind) => `neuroglancer/${kind}:none_by_default`)
      .concat("neuroglancer/datasource/zarr:enabled", "neuroglancer/kvstore/http:enabled", "neuroglancer/layer/image:enabled", "neuroglancer/layer/segmentation:enabled"),
    plugins: [{
      name: "no icons",
      setup(build) {
        build.onResolve({ filter: /\.svg\?raw$/ }, ({ path }) => ({ path, namespace: "icon" }));
        build.onLoad({ filter: /.*/, namespace: "icon" }, () => ({ contents: "", loader: "text" }));
      },
    }],
  });
  const files = new Map(outputFiles.map((file) => ["/" + path.basename(file.path), file.contents]));
  return files.set("/", await readFile(path.join(here, "page.html")));
}

/** Serves the page at / and the folder at /data/, with byte ranges; keeps in `fetched` what was asked of the folder. */
async function serve(folder) {
  const files = await bundle();
  const types = { "": "text/html", ".js": "text/javascript", ".css": "text/css" };
  const fetched = new Set();
  const server = http.createServer(async (request, response) => {
    const address = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    response.setHeader("Access-Control-Allow-Origin", "*");
    if (files.has(address)) {
      response.setHeader("Content-Type", types[path.extname(address)]);
      response.end(files.get(address));
      return;
    }
    const key = address.startsWith("/data/") ? path.normalize(address.slice("/data/".length)) : "..";
    const file = key.startsWith("..") ? undefined : await open(path.join(folder, key)).catch(() => undefined);
    try {
      const stat = await file?.stat();
      if (!stat?.isFile()) {
        response.writeHead(404).end();
        return;
      }
      const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range) ?? [];
      const from = first === "" ? Math.max(0, stat.size - Number(last)) : Number(first ?? 0);
      const to = first && last ? Math.min(Number(last) + 1, stat.size) : stat.size;
      if (first !== undefined) response.setHeader("Content-Range", `bytes ${from}-${to - 1}/${stat.size}`);
      response.writeHead(first === undefined ? 200 : 206, { "Content-Length": to - from, "Accept-Ranges": "bytes" });
      const bytes = Buffer.alloc(request.method === "HEAD" ? 0 : to - from);
      if (bytes.length > 0) await file.read(bytes, 0, bytes.length, from);
      response.end(bytes);
      fetched.add(key);
    } finally {
      await file?.close();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, fetched, address: `http://127.0.0.1:${server.address().port}/` };
}

/** The bytes of a PNG's pixels (red, green, blue, alpha), as the browser decodes it. */
export async function decode(page, png) {
  return Buffer.from(await page.evaluate(async (address) => {
    const bitmap = await createImageBitmap(await (await fetch(address)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(""));
  }, `data:image/png;base64,${png.toString("base64")}`), "base64");
}

/** A state as a function of the address that the folder is served at, from one whose sources are "…/NAME.zarr/…". */
export function stateOf(text, name) {
  const sources = new RegExp(`[^"]*/${name.replaceAll(/[.+]/g, "\\$&")}/`, "g");
  return (address) => JSON.parse(text.replaceAll(sources, `${address}data/`));
}

/** Opens Neuroglancer on a volume, or on what a state shows of it; `show(view)` changes its state, waits for all chunks in sight, and gives a picture of the window. */
export async function withViewer(volume, { width, height, layer, state }, use) {
  const { server, fetched, address } = await serve(volume);
  const profile = await mkdtemp(path.join(os.tmpdir(), "neuroglancer-"));
  let context;
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: browser,
      headless: true,
      viewport: { width, height },
      args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--force-color-profile=srgb"],
    });
    const page = context.pages()[0] ?? await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(`${message.text()} ${message.location().url}`));
    await page.goto(address);
    await page.waitForFunction(() => globalThis.viewer);
    const show = async (view, options) => {
      await page.evaluate((view) => globalThis.viewer.state.restoreState(view), view);
      // Layers register by and by, so ready is what stays so for some frames.
      const settled = page.evaluate(async () => {
        const { viewer } = globalThis;
        for (let ready = 0; ready < 4;) {
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          const sources = viewer.layerManager.managedLayers.flatMap(({ layer }) => layer?.dataSources ?? []);
          for (const { loadState } of sources) if (loadState?.error) throw loadState.error;
          ready = sources.some(({ loadState }) => loadState) && viewer.isReady() ? ready + 1 : 0;
        }
        viewer.display.draw();
      });
      const late = new Promise((_, reject) => setTimeout(reject, 60_000, new Error("not all chunks in sight came within 60 s")).unref());
      await Promise.race([settled, late]).catch((error) => {
        throw new Error([error.message, ...errors].join("\n"));
      });
      return page.screenshot(options);
    };
    // A view means nothing before the volume's axes are known.
    await show(state ? state(address) : { layers: [{ type: "image", name: "volume", source: `${address}data/|zarr3:`, ...layer }] });
    return await use({ page, show, fetched, errors });
  } finally {
    await context?.close();
    server.close();
    await rm(profile, { recursive: true, force: true });
  }
}
