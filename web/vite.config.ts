/** Builds the pages into podsim's package: `--mode report` one file with everything inside, `--mode lab` the files of the lab. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { defineConfig, type Plugin, type UserConfig } from "vite";

/** The markup that the pages share. */
function viewer(): Plugin {
  return { name: "viewer", transformIndexHtml: { order: "pre", handler: (html) => html.replace("<!-- viewer -->", () => readFileSync("src/viewer/viewer.html", "utf-8").trim()) } };
}

/** A policy that allows the scripts and styles inside a page, by their hashes, and nothing else. */
function policy(html: string): string {
  const hashes = (inside: RegExp): string => [...html.matchAll(inside)].map(([, text]) => `'sha256-${createHash("sha256").update(text!).digest("base64")}'`).join(" ");
  const rules = `default-src 'none'; script-src ${hashes(/<script type="module">([^]*?)<\/script>/g)}; style-src ${hashes(/<style>([^]*?)<\/style>/g)}; base-uri 'none'; form-action 'none'`;
  return `<meta http-equiv="Content-Security-Policy" content="${rules}">`;
}

/** Scripts and styles inside the page. */
function inlined(): Plugin {
  return {
    name: "inlined",
    enforce: "post",
    generateBundle(_, bundle) {
      const page = Object.values(bundle).find((file) => file.fileName.endsWith(".html"));
      if (page?.type !== "asset") throw new Error("no page was built");
      let html = String(page.source);
      for (const [name, file] of Object.entries(bundle)) {
        if (file === page) continue;
        const address = `(?:src|href)="[^"]*${file.fileName.replaceAll(".", "\\.")}"`;
        if (file.type === "chunk") html = html.replace(new RegExp(`\\s*<script[^>]*${address}[^>]*></script>`), "").replace("</body>", () => `<script type="module">${file.code.trim()}</script>\n</body>`);
        else html = html.replace(new RegExp(`<link[^>]*${address}[^>]*>`), () => `<style>${String(file.source).trim()}</style>`);
        delete bundle[name];
      }
      page.source = html.replace("<!-- policy -->", () => policy(html));
    },
  };
}

/** Browsers since the middle of 2024. */
const target = ["chrome123", "firefox120", "safari17.5"];

const report: UserConfig = {
  plugins: [viewer(), inlined()],
  build: { outDir: "../simulator/views/page/assets", emptyOutDir: true, target, modulePreload: false, rollupOptions: { input: "report.html" } },
};

/** Libraries apart from the lab's own code: they change less often. Names without hashes, since `podsim lab` lists the files. */
const lab: UserConfig = {
  plugins: [viewer(), { name: "index", enforce: "post", generateBundle: (_, bundle) => { bundle["lab.html"]!.fileName = "index.html"; } }],
  build: {
    outDir: "../simulator/lab/assets",
    emptyOutDir: true,
    target,
    modulePreload: false,
    rollupOptions: {
      input: { lab: "lab.html", worker: "src/lab/worker.ts", sw: "src/lab/sw.ts" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: "[name][extname]",
        codeSplitting: { groups: [{ name: "vendor", test: /node_modules/ }] },
      },
    },
  },
};

const modes: Record<string, UserConfig> = { report, lab };

export default defineConfig(({ mode }) => {
  const chosen = modes[mode];
  if (!chosen) throw new Error(`--mode ${Object.keys(modes).join(" or ")}, not ${mode}`);
  return { ...chosen, base: "./", publicDir: false, logLevel: "warn" };
});
