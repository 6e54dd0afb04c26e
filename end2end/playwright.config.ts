import { defineConfig } from "@playwright/test";
import { launch } from "./browser.mjs";

// Every test has a console of its own, so two may run side by side; the machine takes no more.
export default defineConfig({
  testDir: "tests",
  retries: 0,
  workers: process.env.QUAY_CONSOLE_WORKERS === undefined ? 2 : Number(process.env.QUAY_CONSOLE_WORKERS),
  fullyParallel: false,
  forbidOnly: true,
  reporter: "line",
  timeout: 30_000,
  expect: { timeout: 5_000 },
  outputDir: "../target/end2end",
  use: {
    browserName: "chromium",
    launchOptions: launch,
    viewport: { width: 1280, height: 900 },
    locale: "en-GB",
    trace: "off",
    video: "off",
    screenshot: "off",
    actionTimeout: 5_000,
    navigationTimeout: 10_000,
  },
});
