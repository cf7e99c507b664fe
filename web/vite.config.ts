/** Builds the pages into podsim's package: `--mode report` one file with everything inside, `--mode lab` the files of the lab. */

import { readFileSync } from "node:fs";
import { defineConfig, type Plugin, type UserConfig } from "vite";

/** The markup that the pages share. */
function viewer(): Plugin {
  return { name: "viewer", transformIndexHtml: { order: "pre", handler: (html) => html.replace("<!-- viewer -->", () => readFileSync("src/viewer/viewer.html", "utf-8").trim()) } };
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
      page.source = html;
    },
  };
}

/** Browsers since the middle of 2024. */
const target = ["chrome123", "firefox120", "safari17.5"];

const report: UserConfig = {
  plugins: [viewer(), inlined()],
  build: { outDir: "../simulator/views/page/assets", emptyOutDir: true, target, modulePreload: false, rollupOptions: { input: "report.html" } },
};

const modes: Record<string, UserConfig> = { report };

export default defineConfig(({ mode }) => {
  const chosen = modes[mode];
  if (!chosen) throw new Error(`--mode ${Object.keys(modes).join(" or ")}, not ${mode}`);
  return { ...chosen, base: "./", publicDir: false, logLevel: "warn" };
});
