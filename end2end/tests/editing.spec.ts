// What happens while a person types.
import type { Page } from "@playwright/test";
import { configuration } from "./support/configuration";
import { draftState, enterSecret, field, live, messages, navigationLink, noteHydration, open, saved, turn } from "./support/live";
import { expect, test } from "./support/server";

const SECRET = "never-to-be-shown-again";

test.describe("errors", () => {
  test("an error stands beside its field while one types, and goes when it is mended", async ({ editor: page }) => {
    await open(page, "/section/email");
    await turn(page, "Send e-mail", "on");
    const port = page.getByRole("textbox", { name: "Port" });
    await port.fill("70000");
    await expect(messages(page, "MAIL_PORT")).toContainText("This is not a port from 1 to 65535.");
    await expect(port).toHaveAttribute("aria-invalid", "true");
    await expect(port).toHaveAccessibleDescription(/This is not a port from 1 to 65535\./);
    await port.fill("2525");
    await expect(messages(page, "MAIL_PORT")).toBeEmpty();
    await expect(port).toHaveAttribute("aria-invalid", "false");
  });

  test("the summary of errors leads to the field", async ({ editor: page }) => {
    await open(page, "/section/email");
    await expect(page.getByRole("region", { name: /needs? attention/ })).toBeHidden();
    await turn(page, "Send e-mail", "on");
    const summary = page.getByRole("region", { name: "One setting on this page needs attention" });
    await summary.getByRole("link", { name: "MAIL_SERVER" }).click();
    await expect(page.getByRole("textbox", { name: "Mail server" })).toBeFocused();
    await page.keyboard.type("mail.example.com");
    await expect(summary).toBeHidden();
  });

  test("the mark in the navigation changes while one types", async ({ editor: page }) => {
    await open(page, "/section/email");
    const link = navigationLink(page, "E-mail");
    await expect(link).toHaveAccessibleName("E-mail untouched");
    await turn(page, "Send e-mail", "on");
    await expect(link).toHaveAccessibleName("E-mail 1 error");
    await page.getByRole("textbox", { name: "Mail server" }).fill("mail.example.com");
    await expect(link).toHaveAccessibleName("E-mail complete");
  });

  test("what is still required is counted while one types", async ({ editor: page }) => {
    await open(page, "/section/server");
    const panel = page.getByRole("region", { name: "Ready to download" });
    const before = await panel.getByRole("progressbar").evaluate((bar: HTMLProgressElement) => bar.value);
    await expect(panel.getByRole("link", { name: "Server host name" })).toBeVisible();
    await page.getByRole("textbox", { name: "Server host name" }).fill("quay.example.com");
    await expect(panel.getByRole("link", { name: "Server host name" })).toHaveCount(0);
    await expect(panel.getByRole("progressbar")).toHaveJSProperty("value", before + 1);
  });
});

test("a field goes back to its default with Reset", async ({ editor: page, folder }) => {
  await open(page, "/section/email");
  await turn(page, "Send e-mail", "on");
  const port = page.getByRole("textbox", { name: "Port" });
  const reset = page.getByRole("button", { name: "Reset Port to its default" });
  await expect(reset).toBeHidden();
  await port.fill("2525");
  await reset.click();
  await expect(port).toHaveValue("");
  await expect(port).toHaveAttribute("placeholder", "587");
  await expect(reset).toBeHidden();
  expect(await configuration(page, folder)).not.toHaveProperty("MAIL_PORT");
});

test("fields that matter under a condition appear and go with it", async ({ editor: page }) => {
  await open(page, "/section/email");
  const server = page.getByRole("textbox", { name: "Mail server" });
  const user = page.getByRole("textbox", { name: "User name" });
  await expect(server).toBeHidden();
  await turn(page, "Send e-mail", "on");
  await expect(server).toBeVisible();
  await expect(user).toBeHidden();
  await turn(page, "Log in to the relay", "on");
  await expect(user).toBeVisible();
  await turn(page, "Send e-mail", "off");
  await expect(server).toBeHidden();
  await expect(user).toBeHidden();
});

test.describe("nothing is lost", () => {
  const HOST = "quay.example.com";
  const hostName = (page: Page) => page.getByRole("textbox", { name: "Server host name" });

  test("a reload keeps what was typed", async ({ editor: page }) => {
    await open(page, "/section/server");
    await hostName(page).fill(HOST);
    await saved(page);
    await page.reload();
    await expect(hostName(page)).toHaveValue(HOST);
  });

  test("a restart of the program keeps the draft and the session", async ({ editor: page, server }) => {
    await open(page, "/section/server");
    await hostName(page).fill(HOST);
    await saved(page);
    await server.restart();
    await page.reload();
    await expect(hostName(page)).toHaveValue(HOST);
  });

  test("following a link right after typing loses nothing", async ({ editor: page }) => {
    await open(page, "/section/server");
    await hostName(page).fill(HOST);
    await navigationLink(page, "Redis").click();
    await expect(page.getByRole("heading", { level: 1, name: "Redis" })).toBeVisible();
    await navigationLink(page, "Server and TLS").click();
    await expect(hostName(page)).toHaveValue(HOST);
  });

  test("sending a form right after typing loses nothing", async ({ editor: page }) => {
    await open(page, "/section/storage");
    await field(page, "USERFILES_PATH").fill("own-folder/");
    await page.getByRole("button", { name: "Add a storage engine" }).click();
    await expect(page.getByRole("button", { name: "Remove default" })).toBeVisible();
    await expect(field(page, "USERFILES_PATH")).toHaveValue("own-folder/");
  });

  test("leaving by the address bar right after typing loses nothing", async ({ editor: page }) => {
    await open(page, "/section/server");
    await hostName(page).fill(HOST);
    await page.goto("/section/redis");
    // What the browser sends while it leaves may arrive after the next page was asked for.
    await expect(async () => {
      await page.goto("/section/server");
      await expect(hostName(page)).toHaveValue(HOST, { timeout: 200 });
    }).toPass({ timeout: 5_000 });
  });

  test("what is typed before the page has come alive is kept", async ({ editor: page }) => {
    let letThrough = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letThrough = resolve));
    await page.route("**/*.wasm", async (route) => {
      await gate;
      await route.continue();
    });
    await page.goto("/section/server");
    await hostName(page).fill(HOST);
    letThrough();
    await live(page);
    await expect(hostName(page)).toHaveValue(HOST);
    await saved(page);
    await page.unrouteAll({ behavior: "wait" });
    await page.reload();
    await expect(hostName(page)).toHaveValue(HOST);
  });
});

test.describe("a server that is away", () => {
  test.use({ provoked: /net::ERR_CONNECTION_REFUSED|net::ERR_EMPTY_RESPONSE|net::ERR_CONNECTION_RESET/ });

  test("a draft that cannot be saved says so and is sent again on request", async ({ editor: page, server }) => {
    await open(page, "/section/server");
    await expect(page.getByRole("button", { name: "Try again" })).toBeHidden();
    await server.stop();
    await page.getByRole("textbox", { name: "Server host name" }).fill("quay.example.com");
    await expect(draftState(page)).toHaveText(/^Not saved\. The server cannot be reached\./);
    await server.start();
    await page.getByRole("button", { name: "Try again" }).click();
    await saved(page);
    await expect(page.getByRole("button", { name: "Try again" })).toBeHidden();
    await page.reload();
    await expect(page.getByRole("textbox", { name: "Server host name" })).toHaveValue("quay.example.com");
  });

  test("a link is not followed while what was typed cannot be saved", async ({ editor: page, server }) => {
    await open(page, "/section/server");
    await server.stop();
    await page.getByRole("textbox", { name: "Server host name" }).fill("quay.example.com");
    await navigationLink(page, "Redis").click();
    await expect(draftState(page)).toHaveText(/^Not saved\. The server cannot be reached\./);
    await expect(page.getByRole("textbox", { name: "Server host name" })).toHaveValue("quay.example.com");
    await server.start();
    await navigationLink(page, "Redis").click();
    await expect(page.getByRole("heading", { level: 1, name: "Redis" })).toBeVisible();
    await open(page, "/section/server");
    await expect(page.getByRole("textbox", { name: "Server host name" })).toHaveValue("quay.example.com");
  });
});

test("two windows do not undo each other's changes", async ({ editor: page, context }) => {
  await open(page, "/section/email");
  const other = await context.newPage();
  await other.addInitScript(noteHydration);
  await open(other, "/section/server");
  await other.getByRole("textbox", { name: "Server host name" }).fill("quay.example.com");
  await saved(other);
  await turn(page, "Send e-mail", "on");
  await saved(page);
  await other.reload();
  await expect(other.getByRole("textbox", { name: "Server host name" })).toHaveValue("quay.example.com");
  await page.reload();
  await expect(page.getByRole("switch", { name: "Send e-mail" })).toBeChecked();
});

test.describe("secrets", () => {
  const PATH = "BUILDLOGS_REDIS.password";
  const state = (page: Page) => page.locator(`[id="${PATH}-frame"]`);

  test("a secret never comes back to the page", async ({ editor: page, folder }) => {
    await open(page, "/section/redis");
    await expect(state(page)).toContainText("Not set");
    await enterSecret(page, PATH, SECRET);
    await saved(page);
    await page.reload();
    await live(page);
    await expect(state(page)).toContainText("Set. It is stored encrypted and never shown.");
    expect(await page.content()).not.toContain(SECRET);
    await expect(field(page, PATH)).toHaveValue("");
    expect(await configuration(page, folder)).toMatchObject({ BUILDLOGS_REDIS: { password: SECRET } });
  });

  test("a secret is replaced without the old one being seen", async ({ editor: page, folder }) => {
    await open(page, "/section/redis");
    await enterSecret(page, PATH, SECRET);
    await saved(page);
    await page.reload();
    await live(page);
    await enterSecret(page, PATH, "another one");
    await saved(page);
    expect(await configuration(page, folder)).toMatchObject({ BUILDLOGS_REDIS: { password: "another one" } });
  });

  test("asking to replace a secret and leaving it keeps the old one", async ({ editor: page, folder }) => {
    await open(page, "/section/redis");
    await enterSecret(page, PATH, SECRET);
    await saved(page);
    await page.reload();
    await live(page);
    await state(page).getByRole("button", { name: "Replace Password" }).click();
    await expect(field(page, PATH)).toBeFocused();
    expect(await configuration(page, folder)).toMatchObject({ BUILDLOGS_REDIS: { password: SECRET } });
  });

  test("a secret is cleared", async ({ editor: page, folder }) => {
    await open(page, "/section/redis");
    await enterSecret(page, PATH, SECRET);
    await page.getByRole("group", { name: "Build logs" }).getByRole("button", { name: "Clear Password" }).click();
    await expect(state(page)).toContainText("Not set");
    await saved(page);
    const { BUILDLOGS_REDIS } = await configuration(page, folder);
    expect(BUILDLOGS_REDIS ?? {}).not.toHaveProperty("password");
  });

  test("a secret is made anew by the server", async ({ editor: page, folder }) => {
    await open(page, "/");
    const before = await configuration(page, folder, "before");
    await open(page, "/section/server");
    await page.getByRole("button", { name: "Generate Secret key", exact: true }).click();
    await expect(page.locator('[id="SECRET_KEY-frame"]')).toContainText("A new secret was made.");
    await saved(page);
    const after = await configuration(page, folder, "after");
    expect(after.SECRET_KEY).toMatch(/^[0-9a-f]{64}$/);
    expect(after.SECRET_KEY).not.toBe(before.SECRET_KEY);
    expect(after.DATABASE_SECRET_KEY).toBe(before.DATABASE_SECRET_KEY);
  });
});

test.describe("lists", () => {
  const item = (page: Page, n: number) => page.getByRole("textbox", { name: `Administrators, item ${n}` });

  test("items are added and removed", async ({ editor: page, folder }) => {
    await open(page, "/section/access");
    for (const [at, name] of ["anna", "berta", "clara"].entries()) {
      await page.getByRole("button", { name: "Add Administrators" }).click();
      await item(page, at + 1).fill(name);
    }
    await page.getByRole("button", { name: "Remove Administrators, item 2" }).click();
    await expect(item(page, 2)).toHaveValue("clara");
    await expect(item(page, 3)).toHaveCount(0);
    await saved(page);
    await page.reload();
    await live(page);
    await expect(item(page, 1)).toHaveValue("anna");
    await expect(item(page, 2)).toHaveValue("clara");
    expect(await configuration(page, folder)).toMatchObject({ SUPER_USERS: ["anna", "clara"] });
  });

  test("the last item takes the key out of the file", async ({ editor: page, folder }) => {
    await open(page, "/section/access");
    await page.getByRole("button", { name: "Add Administrators" }).click();
    await item(page, 1).fill("anna");
    await page.getByRole("button", { name: "Remove Administrators, item 1" }).click();
    await expect(item(page, 1)).toHaveCount(0);
    await saved(page);
    expect(await configuration(page, folder)).not.toHaveProperty("SUPER_USERS");
  });

  test("a wrong item is named beside the list", async ({ editor: page }) => {
    await open(page, "/section/time-machine");
    const span = page.getByRole("textbox", { name: "Spans to choose from, item 2" });
    await expect(span).toHaveValue("1d");
    await span.fill("one day");
    await expect(messages(page, "TAG_EXPIRATION_OPTIONS")).toContainText("This is not");
    await span.fill("1d");
    await expect(messages(page, "TAG_EXPIRATION_OPTIONS")).toBeEmpty();
  });
});

test.describe("the database", () => {
  const server = (page: Page) => page.getByRole("textbox", { name: "Database server" });
  const raw = (page: Page) => page.getByRole("textbox", { name: "Show as one address" });
  const unfold = (page: Page) => page.locator("summary", { hasText: "Show as one address" }).click();

  test("the fields and the address stay in step", async ({ editor: page }) => {
    await open(page, "/section/database");
    await unfold(page);
    await server(page).fill("db01.example.com");
    await page.getByRole("textbox", { name: "Username" }).fill("quay user");
    await page.getByRole("textbox", { name: "Database name" }).fill("quaydb");
    await expect(raw(page)).toHaveValue("postgresql://quay%20user@db01.example.com/quaydb");
    await raw(page).fill("mysql+pymysql://other@db02.example.com:3307/images?charset=utf8");
    await expect(page.getByRole("radio", { name: "MySQL" })).toBeChecked();
    await expect(server(page)).toHaveValue("db02.example.com:3307");
    await expect(page.getByRole("textbox", { name: "Username" })).toHaveValue("other");
    await expect(page.getByRole("textbox", { name: "Database name" })).toHaveValue("images");
    await page.getByRole("group", { name: "Kind" }).getByText("PostgreSQL").click();
    await expect(raw(page)).toHaveValue("postgresql://other@db02.example.com:3307/images?charset=utf8");
  });

  test("the password stays out of the page and survives other changes", async ({ editor: page, folder }) => {
    await open(page, "/section/database");
    await server(page).fill("db01.example.com");
    await page.getByRole("textbox", { name: "Username" }).fill("quayuser");
    await field(page, "DB_URI-password").fill(`${SECRET}/@`);
    await page.getByRole("textbox", { name: "Database name" }).fill("quaydb");
    await saved(page);
    await page.reload();
    await live(page);
    expect(await page.content()).not.toContain(SECRET);
    await unfold(page);
    await expect(raw(page)).toHaveValue("postgresql://quayuser:••••••••@db01.example.com/quaydb");
    await server(page).fill("db02.example.com");
    await saved(page);
    const { DB_URI } = await configuration(page, folder);
    expect(DB_URI).toBe(`postgresql://quayuser:${SECRET}%2F%40@db02.example.com/quaydb`);
  });

  test("asking to replace the password and leaving it keeps the old one", async ({ editor: page, folder }) => {
    await open(page, "/section/database");
    await server(page).fill("db01.example.com");
    await page.getByRole("textbox", { name: "Username" }).fill("quayuser");
    await field(page, "DB_URI-password").fill(SECRET);
    await saved(page);
    await page.reload();
    await live(page);
    await page.getByRole("button", { name: "Replace Password" }).click();
    await expect(field(page, "DB_URI-password")).toBeVisible();
    await saved(page);
    const { DB_URI } = await configuration(page, folder);
    expect(DB_URI).toBe(`postgresql://quayuser:${SECRET}@db01.example.com/`);
  });

  test("a typed password is not shown in the address", async ({ editor: page }) => {
    await open(page, "/section/database");
    await unfold(page);
    await server(page).fill("db01.example.com");
    await field(page, "DB_URI-password").fill(SECRET);
    await saved(page);
    expect(await raw(page).inputValue()).not.toContain(SECRET);
  });

  test("an incomplete address is named beside the field", async ({ editor: page }) => {
    await open(page, "/section/database");
    await server(page).fill("db01.example.com");
    await expect(messages(page, "DB_URI")).toContainText("The database address has no user name.");
    await page.getByRole("textbox", { name: "Username" }).fill("quayuser");
    await expect(messages(page, "DB_URI")).not.toContainText("user name");
    await expect(messages(page, "DB_URI")).toContainText("The database address has no database name.");
    await page.getByRole("textbox", { name: "Database name" }).fill("quaydb");
    await expect(messages(page, "DB_URI")).toBeEmpty();
  });
});

test("the navigation shows where one is, however long it is", async ({ editor: page }) => {
  await open(page, "/section/health");
  const link = page.getByRole("navigation", { name: "Configuration" }).getByRole("link", { name: "Health and metrics" });
  await expect(link).toBeInViewport();
});
