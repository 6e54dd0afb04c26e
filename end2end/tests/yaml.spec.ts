// config.yaml as text: beside the forms, in step with them, and on a page of its own.
import type { Page } from "@playwright/test";
import { join } from "node:path";
import { downloadAndUnpack } from "./support/archive";
import { look, type Violations } from "./support/axe";
import { validate } from "./support/fill";
import { field, navigationLink, noteHydration, open } from "./support/live";
import { COMPLETE, MOUNTED_SECRET, mounted } from "./support/mounted";
import { expect, test } from "./support/server";

const HOST = "quay.example.com";

const text = (page: Page) => page.getByRole("textbox", { name: "config.yaml as text" });
const state = (page: Page) => page.locator(".yaml__status");
const lineWith = (page: Page, words: string) => page.locator(".cm-line", { hasText: words });

/** Opens a page with the text on it. */
async function openText(page: Page, path: string): Promise<void> {
  await open(page, path);
  await expect(text(page)).toBeVisible();
  await expect(state(page)).toHaveText("Saved.");
}

/** Types at the end of a line. */
async function typeAfter(page: Page, words: string, typed: string): Promise<void> {
  await lineWith(page, words).click();
  await page.keyboard.press("End");
  await page.keyboard.type(typed);
}

/** Types in the last line, which is empty. */
async function typeAtEnd(page: Page, typed: string): Promise<void> {
  await text(page).focus();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(typed);
}

test.describe("beside a form", () => {
  // High enough that every line of the text is drawn.
  test.use({ settings: { prepare: mounted(COMPLETE) }, viewport: { width: 1280, height: 1400 } });

  test("the link in the head of a section shows and hides it", async ({ editor: page }) => {
    await open(page, "/section/server");
    await page.getByRole("link", { name: "Show YAML" }).click();
    await expect(text(page)).toContainText(`SERVER_HOSTNAME: ${HOST}`);
    await expect(field(page, "SERVER_HOSTNAME")).toHaveValue(HOST);
    await page.getByRole("link", { name: "Hide YAML" }).click();
    await expect(page.getByRole("region", { name: "Ready to download" })).toBeVisible();
    await expect(text(page)).toHaveCount(0);
  });

  test("what is typed as text stands in the form", async ({ editor: page }) => {
    await openText(page, "/section/server?view=yaml");
    await typeAfter(page, "SERVER_HOSTNAME", ".org");
    await expect(field(page, "SERVER_HOSTNAME")).toHaveValue(`${HOST}.org`);
    await expect(state(page)).toHaveText("Saved.");
    await page.reload();
    await expect(field(page, "SERVER_HOSTNAME")).toHaveValue(`${HOST}.org`);
  });

  test("what is typed in the form stands in the text", async ({ editor: page }) => {
    await openText(page, "/section/server?view=yaml");
    await field(page, "SERVER_HOSTNAME").fill("registry.example.org");
    await expect(text(page)).toContainText("SERVER_HOSTNAME: registry.example.org");
    await expect(field(page, "SERVER_HOSTNAME")).toBeFocused();
    await expect(state(page)).toHaveText("Saved.");
  });

  test("what is typed on both sides at the same moment is kept", async ({ editor: page }) => {
    await openText(page, "/section/server?view=yaml");
    await typeAfter(page, "FEATURE_MAILING", " # not yet");
    await field(page, "SERVER_HOSTNAME").fill("registry.example.org");
    await expect(text(page)).toContainText("SERVER_HOSTNAME: registry.example.org");
    await expect(state(page)).toHaveText("Saved.");
    await page.reload();
    await expect(text(page)).toContainText("FEATURE_MAILING: false # not yet");
    await expect(text(page)).toContainText("SERVER_HOSTNAME: registry.example.org");
  });

  test("following a link right after typing loses nothing", async ({ editor: page }) => {
    await openText(page, "/section/server?view=yaml");
    await typeAfter(page, "SERVER_HOSTNAME", ".org");
    await navigationLink(page, "Redis").click();
    await expect(page.getByRole("heading", { level: 1, name: "Redis" })).toBeVisible();
    await navigationLink(page, "Server and TLS").click();
    await expect(field(page, "SERVER_HOSTNAME")).toHaveValue(`${HOST}.org`);
  });

  test("a line that cannot be read is named with its place, and nothing is stored", async ({ editor: page }) => {
    await openText(page, "/section/server?view=yaml");
    await typeAtEnd(page, "BROKEN: !!python/name:os.system x");
    const line = COMPLETE.split("\n").length;
    await expect(state(page)).toHaveText(new RegExp(`^Not saved\\. Line ${line}, column 9: `));
    await expect(page.locator(".cm-lint-marker-error")).not.toHaveCount(0);
    expect((await (await page.request.get("/yaml/text")).json()).text).not.toContain("BROKEN");
    await page.keyboard.press("Shift+Home");
    await page.keyboard.press("Delete");
    await expect(state(page)).toHaveText("Saved.");
  });

  test("what is wrong is marked in the margin and leads to its line", async ({ editor: page }) => {
    await openText(page, "/section/email?view=yaml");
    await typeAtEnd(page, "MAIL_PORT: 70000");
    await expect(page.locator(".cm-lint-marker-error, .cm-lint-marker-warning")).not.toHaveCount(0);
    const finding = page.locator(".yaml__findings li", { hasText: "MAIL_PORT" });
    await expect(finding).toContainText("This is not a port from 1 to 65535.");
    await finding.getByRole("button", { name: /^Line \d+$/ }).click();
    await expect(text(page)).toBeFocused();
    await page.keyboard.press("End");
    for (const _ of "70000") await page.keyboard.press("Backspace");
    await page.keyboard.type("25");
    await expect(finding).toHaveCount(0);
  });

  test("secrets are placeholders, and stay what they are", async ({ editor: page, folder }) => {
    await openText(page, "/section/server?view=yaml");
    await expect(lineWith(page, "DATABASE_SECRET_KEY: ")).toHaveText(/^DATABASE_SECRET_KEY: '?secret\(/);
    expect(await page.content()).not.toContain(MOUNTED_SECRET);
    expect(await (await page.request.get("/yaml/text")).text()).not.toContain(MOUNTED_SECRET);
    await typeAfter(page, "FEATURE_MAILING", " # edited");
    await expect(state(page)).toHaveText("Saved.");
    await validate(page);
    const archive = await downloadAndUnpack(page, join(folder, "unpacked"));
    const { SECRET_KEY, BUILDLOGS_REDIS } = await archive.configuration();
    expect([SECRET_KEY, BUILDLOGS_REDIS.password]).toEqual([MOUNTED_SECRET, MOUNTED_SECRET]);
    expect(await archive.text("config.yaml")).toContain("FEATURE_MAILING: false # edited");
  });

  test("a secret that is typed is hidden once one goes on", async ({ editor: page }) => {
    await openText(page, "/section/server?view=yaml");
    const last = page.locator(".cm-line", { hasText: "MAIL_PASSWORD" });
    await typeAtEnd(page, "MAIL_PASSWORD: open-sesame");
    await expect(state(page)).toHaveText("Saved.");
    await expect(last).toHaveText("MAIL_PASSWORD: open-sesame");
    await lineWith(page, "FEATURE_MAILING").click();
    await expect(last).toHaveText(/^MAIL_PASSWORD: '?secret\(/);
    await expect(state(page)).toHaveText("Saved.");
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
      test.describe(`${colorScheme}, ${width} pixels`, () => {
        test.use({ colorScheme, viewport: { width, height: 900 } });

        test(`axe finds nothing in ${colorScheme} at ${width} pixels`, async ({ editor: page }) => {
          const found: Violations = {};
          await openText(page, "/section/server?view=yaml");
          await typeAtEnd(page, "MAIL_PORT: 70000");
          await expect(page.locator(".yaml__findings li", { hasText: "MAIL_PORT" })).toBeVisible();
          await look(page, found);
          await page.keyboard.press("Control+f");
          await expect(page.getByRole("textbox", { name: "Find", exact: true })).toBeFocused();
          await page.keyboard.type("redis");
          await look(page, found);
          expect(found).toEqual({});
        });
      });
    }
  }
});

test.describe("an engine that is added as text", () => {
  test.use({ settings: { prepare: mounted(`SERVER_HOSTNAME: ${HOST}\n`) } });

  test("the page says that its form is older, and shows the engine when it is loaded again", async ({ editor: page }) => {
    await openText(page, "/section/storage?view=yaml");
    const stale = page.getByText("The form beside this shows an older state.");
    await typeAtEnd(page, "FEATURE_MAILING: false\n");
    await expect(state(page)).toHaveText("Saved.");
    await expect(stale).toBeHidden();
    await page.keyboard.type("DISTRIBUTED_STORAGE_CONFIG: {first: [LocalStorage, {storage_path: /a}]}");
    await expect(stale).toBeVisible();
    await page.getByRole("link", { name: "Reload the page" }).click();
    await expect(page.getByRole("group", { name: /^first/ })).toBeVisible();
    await expect(text(page)).toBeVisible();
  });
});

test("the keyboard does not stay in the text", async ({ editor: page }) => {
  await openText(page, "/yaml");
  await text(page).focus();
  await page.keyboard.press("Tab");
  await expect(text(page)).not.toBeFocused();
});

test("another window's change to the same line is not overwritten, nor is what was typed", async ({ editor: page, context }) => {
  await openText(page, "/yaml");
  await typeAtEnd(page, "REGISTRY_TITLE: Quay");
  await expect(state(page)).toHaveText("Saved.");
  const other = await context.newPage();
  await other.addInitScript(noteHydration);
  await openText(other, "/yaml");
  await typeAfter(other, "REGISTRY_TITLE", " of another");
  await expect(state(other)).toHaveText("Saved.");
  await typeAfter(page, "REGISTRY_TITLE", " of mine");
  await expect(state(page)).toHaveText(/^Not saved: /);
  await expect(lineWith(page, "REGISTRY_TITLE")).toHaveText("REGISTRY_TITLE: Quay of mine");
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(lineWith(page, "REGISTRY_TITLE")).toHaveText("REGISTRY_TITLE: Quay of another");
  await expect(state(page)).toHaveText("Saved.");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the text is read and saved in a form", async ({ editor: page }) => {
    await page.goto("/yaml");
    const area = text(page);
    await area.fill(`${await area.inputValue()}REGISTRY_TITLE: Our registry\n`);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("alert")).toHaveText("Saved.");
    await page.goto("/section/basic");
    await expect(field(page, "REGISTRY_TITLE")).toHaveValue("Our registry");
  });
});
