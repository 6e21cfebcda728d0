import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  // The service puts a number in its place that it draws anew for each answer.
  html: { cspNonce: "{nonce}" },
  build: {
    // Data addresses would need a policy that allows them.
    assetsInlineLimit: 0,
    // light-dark() is kept as it is written.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    rollupOptions: { input: { index: "index.html", explorer: "explorer.html" } },
  },
  // The schema and the guide stand above this folder.
  server: { fs: { allow: ["../.."] }, proxy: { "/graphql": { target: "http://localhost:8040", ws: true } } },
  test: { environment: "jsdom" },
});
