// Finding things: the box over every page, the page with all that was found, links to any field.
import type { Page } from "@playwright/test";
import { look, type Violations } from "./support/axe";
import { field, live, messages, open, saved, turn } from "./support/live";
import { COMPLETE, mounted } from "./support/mounted";
import { expect, test } from "./support/server";

const box = (page: Page) => page.getByRole("dialog", { name: "Search settings" });
const words = (page: Page) => box(page).getByRole("combobox");
const hits = (page: Page) => box(page).getByRole("option");
const results = (page: Page) => page.getByRole("main").getByRole("listitem").locator(".found__label");

async function openBox(page: Page): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(words(page)).toBeFocused();
}

/** Types a query and waits for its hits. */
async function ask(page: Page, query: string): Promise<void> {
  await openBox(page);
  await words(page).fill(query);
  await expect(hits(page)).not.toHaveCount(0);
}

/** Takes the first hit with the keyboard. */
async function takeFirst(page: Page): Promise<void> {
  await page.keyboard.press("ArrowDown");
  await expect(hits(page).first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
}

test.describe("the box", () => {
  test("slips of the hand do no harm, and Enter leads to the field", async ({ editor: page }) => {
    await open(page, "/");
    await ask(page, "servr hostnmae");
    await expect(hits(page).first()).toContainText("SERVER_HOSTNAME");
    await expect(hits(page).first()).toContainText("Server and TLS");
    await takeFirst(page);
    await expect(page).toHaveURL(/\/section\/server#SERVER_HOSTNAME$/);
    await expect(field(page, "SERVER_HOSTNAME")).toBeFocused();
  });

  test("the arrows go round, and say where they are", async ({ editor: page }) => {
    await open(page, "/");
    await ask(page, "redis");
    const count = await hits(page).count();
    expect(count).toBeGreaterThan(3);
    await expect(box(page).getByRole("status")).toHaveText(`${count} hits`);
    const isAt = async (at: number) => {
      await expect(hits(page).nth(at)).toHaveAttribute("aria-selected", "true");
      await expect(hits(page).nth(at)).toBeInViewport();
      await expect(words(page)).toHaveAttribute("aria-activedescendant", `search-hit-${at}`);
      await expect(words(page)).toBeFocused();
    };
    for (const [key, at] of [["ArrowUp", count - 1], ["ArrowDown", 0], ["ArrowDown", 1], ["End", count - 1], ["Home", 0]] as const) {
      await page.keyboard.press(key);
      await isAt(at);
    }
  });

  test("Enter without a chosen hit shows all of them on a page", async ({ editor: page }) => {
    await open(page, "/");
    await ask(page, "smtp");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/search\?q=smtp$/);
    await expect(page.getByRole("heading", { level: 1, name: "Search" })).toBeVisible();
    await expect(page.getByRole("searchbox")).toHaveValue("smtp");
    await expect(page.getByRole("heading", { level: 2, name: "E-mail" })).toBeVisible();
  });

  test("it closes with Escape", async ({ editor: page }) => {
    await open(page, "/section/server");
    await page.keyboard.press("Control+k");
    await expect(words(page)).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(box(page)).toBeHidden();
    await page.getByRole("link", { name: "Search settings" }).click();
    await expect(words(page)).toBeFocused();
  });

  test("it says that nothing was found", async ({ editor: page }) => {
    await open(page, "/");
    await openBox(page);
    await words(page).fill("xylophone");
    await expect(box(page).getByRole("status")).toHaveText("Nothing was found.");
    await expect(box(page).getByRole("listbox")).toBeHidden();
  });

  test("a late answer to an earlier question is dropped", async ({ editor: page }) => {
    let letThrough = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letThrough = resolve));
    await page.route("**/rpc/search", async (route) => {
      if (route.request().postData()?.includes("mail")) await gate;
      await route.continue();
    });
    await open(page, "/");
    await openBox(page);
    const asked = page.waitForRequest("**/rpc/search");
    await words(page).fill("mail");
    await asked;
    await words(page).fill("ldap");
    await expect(hits(page).first()).toContainText("LDAP");
    const late = page.waitForResponse((response) => response.request().postData()?.includes("mail") ?? false);
    letThrough();
    await (await late).finished();
    await expect(hits(page).first()).toContainText("LDAP");
  });

  test.describe("without a server", () => {
    test.use({ provoked: /net::ERR_FAILED/ });

    test("it says so", async ({ editor: page }) => {
      await open(page, "/");
      await page.route("**/rpc/search", (route) => route.abort());
      await openBox(page);
      await words(page).fill("mail");
      await expect(box(page).getByRole("status")).toContainText("The server cannot be reached.");
    });
  });
});

test.describe("links lead to the very place", () => {
  test("on the page that is open", async ({ editor: page }) => {
    await open(page, "/section/server");
    await ask(page, "SSL_CIPHERS");
    await takeFirst(page);
    await expect(box(page)).toBeHidden();
    await expect(field(page, "SSL_CIPHERS")).toBeFocused();
    await expect(field(page, "SSL_CIPHERS")).toBeInViewport();
  });

  test("into what is folded, as the page begins and later", async ({ editor: page }) => {
    await open(page, "/section/database#DB_CONNECTION_ARGS.sslmode");
    await expect(field(page, "DB_CONNECTION_ARGS.sslmode")).toBeFocused();
    await open(page, "/section/redis");
    await page.evaluate(() => (location.hash = "PULL_METRICS_REDIS.port"));
    await expect(field(page, "PULL_METRICS_REDIS.port")).toBeFocused();
  });

  test("to a secret that is set, whose control is a button", async ({ editor: page }) => {
    await open(page, "/");
    await ask(page, "SECRET_KEY");
    await takeFirst(page);
    await expect(page.getByRole("button", { name: "Replace Secret key", exact: true })).toBeFocused();
  });

  test("to the switch on which a field depends", async ({ editor: page }) => {
    await open(page, "/");
    await ask(page, "smtp password");
    await takeFirst(page);
    await expect(page.getByRole("switch", { name: "Send e-mail" })).toBeFocused();
  });

  test("nothing typed before is lost", async ({ editor: page }) => {
    await open(page, "/section/server");
    await field(page, "SERVER_HOSTNAME").fill("quay.example.com");
    await ask(page, "REGISTRY_TITLE_SHORT");
    await takeFirst(page);
    await expect(field(page, "REGISTRY_TITLE_SHORT")).toBeFocused();
    await open(page, "/section/server");
    await expect(field(page, "SERVER_HOSTNAME")).toHaveValue("quay.example.com");
  });
});

test.describe("the page", () => {
  test("what is in error is listed until it is mended", async ({ editor: page }) => {
    await open(page, "/section/email");
    await turn(page, "Send e-mail", "on");
    await expect(messages(page, "MAIL_SERVER")).not.toBeEmpty();
    await saved(page);
    await open(page, "/");
    await page.getByRole("link", { name: "Show all settings with errors" }).click();
    await expect(page.getByRole("link", { name: "With errors" })).toHaveAttribute("aria-current", "page");
    await page.getByRole("link", { name: "Mail server" }).click();
    await expect(page).toHaveURL(/\/section\/email#MAIL_SERVER$/);
    await live(page);
    await expect(field(page, "MAIL_SERVER")).toBeFocused();
    await page.keyboard.type("mail.example.com");
    await saved(page);
    await open(page, "/search?show=error");
    await expect(page.getByRole("link", { name: "Server host name" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Mail server" })).toHaveCount(0);
  });

  test.describe("a configuration in use", () => {
    test.use({ settings: { prepare: mounted(COMPLETE) } });

    test("what was changed is listed, and nothing else", async ({ editor: page }) => {
      await open(page, "/section/basic");
      await field(page, "REGISTRY_TITLE").fill("Our registry");
      await saved(page);
      await open(page, "/search");
      await page.getByRole("link", { name: "Changed", exact: true }).click();
      await expect(results(page)).toHaveText(["Registry title"]);
      await expect(page.getByRole("main")).not.toContainText("Our registry");
    });
  });

  test.describe("without JavaScript", () => {
    test.use({ javaScriptEnabled: false, settings: { prepare: mounted(COMPLETE) } });

    test("one searches, filters and follows a link", async ({ editor: page }) => {
      await page.goto("/");
      await page.getByRole("link", { name: "Search settings" }).click();
      await page.getByRole("searchbox").fill("databse");
      await page.getByRole("button", { name: "Search", exact: true }).click();
      await expect(results(page).first()).toHaveText("Database");
      await page.getByRole("link", { name: "Set", exact: true }).click();
      await expect(page).toHaveURL(/\/search\?q=databse&show=set$/);
      await page.getByRole("main").getByRole("link", { name: "Database secret key" }).click();
      await expect(page).toHaveURL(/\/section\/server#DATABASE_SECRET_KEY$/);
    });
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test.describe(`axe in ${colorScheme} at ${width} pixels`, () => {
      test.use({ colorScheme, viewport: { width, height: 844 } });

      test("finds nothing on the page and in the open box, and nothing scrolls sideways", async ({ editor: page }) => {
        const found: Violations = {};
        for (const path of ["/search", "/search?show=error", "/search?q=s3+secret", "/search?q=xylophone"]) {
          await open(page, path);
          await look(page, found);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          expect.soft(wide, path).toBeLessThanOrEqual(width);
        }
        await openBox(page);
        await look(page, found);
        await words(page).fill("redis");
        await expect(hits(page)).not.toHaveCount(0);
        await page.keyboard.press("ArrowDown");
        await look(page, found);
        expect(found).toEqual({});
      });
    });
  }
}
