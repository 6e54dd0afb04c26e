// Takes the README's pictures of a running console: node images.mjs OUT_DIR BASE PASSWORD
import { chromium } from "@playwright/test";
import { launch } from "./browser.mjs";

const [out, base, password] = process.argv.slice(2);
const edits = [
  [["DB_URI"], { Text: "postgresql://quayuser:of-the-picture@db01.example.com:5432/quay db" }],
  [["BUILDLOGS_REDIS", "host"], { Text: "redis.example.com" }],
  [["USER_EVENTS_REDIS", "host"], { Text: "redis.example.com" }],
  [["SERVER_HOSTNAME"], { Text: "quay.example.com" }],
  [["EXTERNAL_TLS_TERMINATION"], { Bool: true }],
].map(([path, value]) => ({ path, change: { Set: value } }));

const browser = await chromium.launch(launch);
for (const colorScheme of ["light", "dark"]) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme });
  const page = await context.newPage();
  await page.request.post(`${base}/login`, { form: { user: "quayconfig", password } });
  await page.request.post(`${base}/rpc/save_edits`, { data: { edits }, headers: { origin: base } });
  await page.goto(`${base}/section/database`, { waitUntil: "networkidle" });
  await page.getByRole("button", { name: /^Check (now|again)$/ }).click();
  await page.waitForFunction(() => /failed|passed/.test(document.querySelector("#checks-summary")?.textContent ?? ""));
  const name = colorScheme === "light" ? "editor" : "editor-dark";
  await page.screenshot({ path: `${out}/${name}.png` });
  await context.close();
}
await browser.close();
