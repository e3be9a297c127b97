import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The console takes the link that refreshes tokens from the examples that document it, with the packages of this folder.
const examples = fileURLToPath(new URL("../../examples", import.meta.url));

export default defineConfig({
  root: import.meta.dirname,
  base: "/console/",
  plugins: [react()],
  resolve: {
    alias: { "#examples": examples },
    dedupe: ["@apollo/client", "graphql", "graphql-ws", "rxjs"],
  },
  server: { fs: { allow: ["..", examples] }, proxy: { "/graphql": { target: "http://127.0.0.1:8080", ws: true } } },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
  },
});
