import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  // Relative URLs, because a proxy may serve the pages below a path.
  base: "./",
  plugins: [react()],
  resolve: {
    alias: [
      // Only the contributions of Monaco that a GraphQL document needs: no diff editor, no colour picker.
      { find: "monaco-editor/esm/vs/editor/edcore.main.js", replacement: "/src/editor/monaco.ts" },
      { find: /^.*\/(diffEditor\/diffEditorWidget|multiDiffEditor\/multiDiffEditorWidget)\.js$/, replacement: "/src/editor/diff.ts" },
      // Monaco's copy is from 2024 and has known vulnerabilities.
      { find: /^.*\/dompurify\/dompurify\.js$/, replacement: "/src/editor/dompurify.ts" },
      // framer-motion drags tabs, for 50 kB compressed.
      { find: "framer-motion", replacement: "/src/reorder.tsx" },
      // Prettier needs Babel to indent a JSON object: 140 kB compressed.
      { find: /^prettier\/(parser-babel|plugins\/estree)$/, replacement: "/src/editor/jsonc.ts" },
    ],
  },
  worker: { format: "es" },
  build: {
    target: "es2023",
    // A font as a data: URI would be compressed twice, and loaded even if unused.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: 3000,
    rolldownOptions: {
      // "use no memo" is for the React compiler, which has already run on these packages.
      checks: { moduleLevelDirective: false },
    },
  },
});
