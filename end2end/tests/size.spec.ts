// What a browser downloads for the first pages, as it travels: compressed, fonts included.
import { expect, test } from "./support/server";
import { live, noteHydration } from "./support/live";
import type { Page, Response } from "@playwright/test";

/** The removed editor sent 2.5 MB. */
const PAGE_BYTES_MAX = 300_000;

/** Bytes of everything that is loaded while `load` runs. */
async function weigh(page: Page, load: () => Promise<void>): Promise<number> {
  const responses: Response[] = [];
  const note = (response: Response) => responses.push(response);
  page.on("response", note);
  await load();
  page.off("response", note);
  const sizes = await Promise.all(
    responses.map(async (response) => {
      await response.finished();
      return (await response.request().sizes()).responseBodySize;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

test("the log-in page with everything it loads weighs at most 300 KB", async ({ page }) => {
  const bytes = await weigh(page, async () => {
    await page.goto("/login", { waitUntil: "networkidle" });
  });
  console.log(`log-in page: ${bytes} bytes`);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(PAGE_BYTES_MAX);
});

test("an editor page with everything it loads weighs at most 300 KB", async ({ editor: page, browser, baseURL }) => {
  const state = await page.context().storageState();
  const fresh = await browser.newContext({ storageState: state, baseURL });
  const first = await fresh.newPage();
  await first.addInitScript(noteHydration);
  const bytes = await weigh(first, async () => {
    await first.goto("/section/database", { waitUntil: "networkidle" });
    await live(first);
  });
  console.log(`editor page: ${bytes} bytes`);
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(PAGE_BYTES_MAX);
  await fresh.close();
});
