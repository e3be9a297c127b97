import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  // Relative URLs, because a proxy may serve the pages below a path.
  base: "./",
  plugins: [react()],
  resolve: {
    alias: [
      // All of Monaco's contributions, diff editor and colour picker included, against the ones a GraphQL document needs.
      { find: "monaco-editor/esm/vs/editor/edcore.main.js", replacement: "/src/editor/monaco.ts" },
      { find: /^.*\/(diffEditor\/diffEditorWidget|multiDiffEditor\/multiDiffEditorWidget)\.js$/, replacement: "/src/editor/diff.ts" },
      // Monaco's own copy is of 2024 and has known holes.
      { find: /^.*\/dompurify\/dompurify\.js$/, replacement: "/src/editor/dompurify.ts" },
      // 50 kB compressed, to drag tabs.
      { find: "framer-motion", replacement: "/src/reorder.tsx" },
      // Prettier brings the whole of Babel along to indent a JSON object: 140 kB compressed.
      { find: /^prettier\/(parser-babel|plugins\/estree)$/, replacement: "/src/editor/jsonc.ts" },
    ],
  },
  worker: { format: "es" },
  build: {
    target: "es2023",
    // A font as a data: URI would be compressed text twice over, and loaded whether it is used or not.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      // "use no memo" speaks to the React compiler, which has already run on these packages.
      checks: { moduleLevelDirective: false },
    },
  },
});
