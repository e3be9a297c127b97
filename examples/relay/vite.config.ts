import babel from "@rolldown/plugin-babel";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The page and the API share an origin, so that refresh tokens can travel in a cookie.
const server = process.env["AUTHGRAPH_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  // babel-plugin-relay puts the compiler's output where the graphql tags are.
  plugins: [babel({ plugins: [["relay", { eagerEsModules: true, artifactDirectory: "./src/__generated__" }]] }), react()],
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: { "/graphql": { target: server, ws: true } },
    fs: { allow: [".", "../../clients/js"] },
  },
  build: { target: "es2023" },
});
