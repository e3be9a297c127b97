import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin, runnerImport } from "vite";

// The session code of clients/js, with the packages of this folder.
const client = fileURLToPath(new URL("../../clients/js", import.meta.url));

/** Writes the manifest of the documents in src/manifest.ts, by their SHA-256. */
const operations: Plugin = {
  name: "operations",
  apply: "build",
  async generateBundle() {
    const { module } = await runnerImport<typeof import("./src/manifest")>(`${import.meta.dirname}/src/manifest.ts`, {
      root: import.meta.dirname,
      configFile: false,
      resolve: { alias: { "#client": client } },
    });
    const byHash = module.documents.map((text) => [createHash("sha256").update(text).digest("hex"), text] as const).sort();
    this.emitFile({ type: "asset", fileName: "operations.json", source: `${JSON.stringify(Object.fromEntries(byHash), null, 1)}\n` });
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [react(), operations],
  resolve: {
    alias: { "#client": client },
    dedupe: ["@apollo/client", "graphql", "graphql-ws", "rxjs"],
  },
  server: { fs: { allow: ["..", client] }, proxy: { "/graphql": { target: "http://127.0.0.1:8080", ws: true } } },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
  },
});
