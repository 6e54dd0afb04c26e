// Live checks: against a real Redis, one that is gone, and one that hangs.
import type { Page } from "@playwright/test";
import { look, type Violations } from "./support/axe";
import { validate } from "./support/fill";
import { enterSecret, field, live, open, saved } from "./support/live";
import { mounted } from "./support/mounted";
import { expect, test as base } from "./support/server";
import { freePort, hanging, redis, type Service } from "./support/services";

const WORD = "redis-word-of-the-test";

/** A console whose configuration names these. */
const test = base.extend<{ services: { good: Service; silent: Service; closed: number } }>({
  services: async ({}, use) => {
    const [good, silent, closed] = await Promise.all([redis(WORD), hanging(), freePort()]);
    await use({ good, silent, closed });
    await Promise.all([good.stop(), silent.stop()]);
  },
  settings: async ({ services: { good, silent, closed } }, use) => {
    const config = `
BUILDLOGS_REDIS: {host: 127.0.0.1, port: ${good.port}, password: ${WORD}}
USER_EVENTS_REDIS: {host: 127.0.0.1, port: ${closed}}
DATA_MODEL_CACHE_CONFIG: {engine: redis, redis_config: {primary: {host: 127.0.0.1, port: ${silent.port}}}}
`;
    await use({ prepare: mounted(config) });
  },
});

function line(page: Page, path: string) {
  return page.locator(`[id="check-redis-${path}"]`);
}

function summary(page: Page) {
  return page.locator("#checks-summary");
}

test("the button of a section tries what is set there, and the page shows each stage", async ({ editor: page }) => {
  await open(page, "/section/redis");
  await expect(summary(page)).toHaveText("Not tried yet.");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(summary(page)).toHaveText("1 failed, 1 passed");
  await expect(page).toHaveURL(/\/section\/redis#checks$/);
  const failed = line(page, "USER_EVENTS_REDIS");
  await expect(failed).toContainText("127.0.0.1 is there, but nothing listens on port");
  await expect(failed).toContainText("How to mend it:");
  await expect(failed.getByRole("listitem").filter({ hasText: "Name" })).toContainText("passed");
  await line(page, "BUILDLOGS_REDIS").locator("summary").click();
  await expect(line(page, "BUILDLOGS_REDIS")).toContainText("write a line of a build log and the state of a build, read them, delete them");
  await expect(page.locator("body")).not.toContainText(WORD);
});

test("what was typed a moment ago is what is tried", async ({ editor: page, services }) => {
  await open(page, "/section/redis");
  await field(page, "USER_EVENTS_REDIS.port").fill(`${services.good.port}`);
  await enterSecret(page, "USER_EVENTS_REDIS.password", WORD);
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(summary(page)).toHaveText("2 passed");
});

test("a service that hangs holds up nothing but itself, and can be given up", async ({ editor: page }) => {
  await open(page, "/checks");
  await page.getByRole("button", { name: "Check everything" }).click();
  const silent = line(page, "DATA_MODEL_CACHE_CONFIG.redis_config.primary");
  await expect(summary(page)).toContainText("2 of 3 checks done");
  await expect(silent).toHaveClass("check check--running");
  await open(page, "/section/redis");
  await field(page, "USER_EVENTS_REDIS.host").fill("redis.example.com");
  await saved(page);
  await open(page, "/checks");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(silent).toHaveClass("check check--cancelled");
  await expect(page.getByRole("button", { name: "Check again" })).toBeVisible();
});

test("Validate Configuration Changes tries everything and shows what does not work", async ({ editor: page }) => {
  await open(page, "/");
  await validate(page);
  const dialogue = page.getByRole("dialog");
  await expect(line(page, "USER_EVENTS_REDIS")).toBeVisible();
  await expect(line(page, "BUILDLOGS_REDIS")).toBeHidden();
  await expect(summary(page)).toContainText("of 3 checks done");
  await dialogue.getByRole("button", { name: "Cancel" }).click();
  await expect(summary(page)).toHaveText("1 failed, 1 passed, 1 not tried");
});

test("results say that the draft has changed since, while the page is open and later", async ({ editor: page, services }) => {
  await open(page, "/section/redis");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(summary(page)).toHaveText("1 failed, 1 passed");
  await live(page);
  const note = page.locator(".checks__changed");
  await expect(note).toBeHidden();
  await field(page, "USER_EVENTS_REDIS.port").fill(`${services.good.port}`);
  await expect(note).toBeVisible();
  await expect(note).toHaveText("The draft has changed since.");
  await saved(page);
  await open(page, "/section/redis");
  await expect(note).toBeHidden();
  await expect(summary(page)).toHaveText("1 failed, 1 passed, before the last change");
});

/** The same with a mail server that takes connections and hangs. */
const withMail = test.extend({
  settings: async ({ services: { silent, closed } }, use) => {
    const config = `
FEATURE_MAILING: true
MAIL_SERVER: 127.0.0.1
MAIL_PORT: ${silent.port}
BUILDLOGS_REDIS: {host: 127.0.0.1, port: ${closed}}
`;
    await use({ prepare: mounted(config) });
  },
});

const mail = (page: Page) => page.locator('[id="check-smtp-MAIL_SERVER"]');

withMail("what is typed while a check runs stays, and so does what is read aloud", async ({ editor: page, services }) => {
  await open(page, "/section/email");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(mail(page)).toHaveClass("check check--running");
  const address = page.getByRole("textbox", { name: "The address it goes to" });
  await address.fill("admin@example.com");
  await expect(page.getByRole("status").filter({ hasText: "0 of 1 checks done" })).toBeVisible();
  await summary(page).evaluate((status) => status.setAttribute("data-same", "yes"));
  await services.silent.stop();
  await expect(mail(page)).toHaveClass("check check--failed");
  await expect(mail(page).locator(".problem")).toBeVisible();
  await expect(summary(page)).toHaveText("1 failed");
  await expect(summary(page)).toHaveAttribute("data-same", "yes");
  await expect(address).toHaveValue("admin@example.com");
  await expect(address).toBeFocused();
  await expect(page.getByRole("button", { name: "Send a test mail" })).toHaveCount(1);
});

withMail("who was about to cancel stands on the button for another try in the end", async ({ editor: page, services }) => {
  await open(page, "/section/email");
  await page.getByRole("button", { name: "Check now" }).click();
  const cancel = page.getByRole("button", { name: "Cancel" });
  await cancel.focus();
  await expect(mail(page)).toHaveClass("check check--running");
  await services.silent.stop();
  await expect(page.getByRole("button", { name: "Check again" })).toBeFocused();
  await expect(cancel).toBeHidden();
});

withMail("two people try different things without ending what the other one does", async ({ editor: page, context }) => {
  await open(page, "/section/email");
  await page.getByRole("button", { name: "Check now" }).click();
  await expect(mail(page)).toHaveClass("check check--running");
  const other = await context.newPage();
  await other.goto("/section/redis");
  await other.getByRole("button", { name: "Check now" }).click();
  await expect(summary(other)).toHaveText("1 failed");
  await expect(other.getByRole("button", { name: "Check again" })).toBeVisible();
  await expect(mail(page)).toHaveClass("check check--running");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(mail(page)).toHaveClass("check check--cancelled");
  await other.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test("the results can be read by everybody", async ({ editor: page }) => {
      await open(page, "/section/redis");
      await page.getByRole("button", { name: "Check now" }).click();
      await expect(summary(page)).toHaveText("1 failed, 1 passed");
      const found: Violations = {};
      await look(page, found);
      await open(page, "/checks");
      await look(page, found);
      expect(found).toEqual({});
    });
  });
}

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("checks are started, followed by a link, and ended", async ({ editor: page }) => {
    await page.goto("/checks");
    await page.getByRole("button", { name: "Check everything" }).click();
    await page.getByRole("link", { name: "Show how far the checks are" }).click();
    await expect(summary(page)).toHaveText("2 of 3 checks done");
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(page.getByRole("button", { name: "Check again" })).toBeVisible();
    await expect(summary(page)).toContainText("1 not tried");
  });
});
