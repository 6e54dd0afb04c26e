// Every page there is, as the navigation has it.
import { expect, type Page } from "@playwright/test";
import { open } from "./live";

/** More than the overview and a few sections, or the navigation was not read. */
const SECTIONS_MIN = 20;

/** The addresses of the overview and of every section. */
export async function navigation(page: Page): Promise<string[]> {
  await open(page, "/");
  // On a narrow screen it is there, but out of sight until it is asked for.
  const links = page.getByRole("navigation", { name: "Configuration", includeHidden: true }).locator("li a");
  const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
  expect(paths.length).toBeGreaterThan(SECTIONS_MIN);
  expect(new Set(paths).size).toBe(paths.length);
  return paths;
}

/** Opens everything that can be folded, so that nothing escapes a look at the page. */
export async function unfold(page: Page): Promise<void> {
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
}
