// The browser has nothing to complain about: no errors, no broken files, no strangers.
import { draftState, live } from "./support/live";
import { navigation, unfold } from "./support/pages";
import { complaintsOf, expect, test } from "./support/server";

test("no page makes the browser complain, asks another host for anything, or lacks a file", async ({ editor: page, baseURL }) => {
  test.setTimeout(60_000);
  const complaints = complaintsOf(page);
  const elsewhere: string[] = [];
  const failed: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${baseURL}/`) && !request.url().startsWith("data:")) elsewhere.push(request.url());
  });
  page.on("response", (response) => {
    if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
  });
  for (const path of [...(await navigation(page)), "/review", "/discard"]) {
    await page.goto(path);
    await live(page);
    await unfold(page);
    await expect(draftState(page)).toHaveText(/^Draft saved /);
  }
  expect({ complaints, elsewhere, failed }).toEqual({ complaints: [], elsewhere: [], failed: [] });
});

test.describe("a stranger's script", () => {
  test.use({ provoked: /Content Security Policy/ });

  test("it does not run, and the browser complains", async ({ editor: page }) => {
    await page.goto("/");
    await live(page);
    const complaints = complaintsOf(page);
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.stranger = true";
      document.body.append(script);
    });
    await expect.poll(() => complaints.join()).toContain("Content Security Policy");
    expect(await page.evaluate(() => "stranger" in window)).toBe(false);
  });
});
