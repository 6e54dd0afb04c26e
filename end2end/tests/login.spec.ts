// Who comes in, and who does not any more.
import type { Page } from "@playwright/test";
import { draftState, open } from "./support/live";
import { expect, logIn, PASSWORD, test, USER } from "./support/server";

async function enter(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel("Username").fill(user);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

const overview = (page: Page) => page.getByRole("heading", { level: 1, name: "Overview" });
const loginTitle = (page: Page) => page.getByRole("heading", { level: 1, name: "Log in to quay-console" });

test("the right password opens the overview", async ({ page }) => {
  await page.goto("/login");
  await enter(page, USER, PASSWORD);
  await expect(overview(page)).toBeVisible();
  await expect(page.getByText(`Logged in as ${USER}`)).toBeVisible();
});

test("without a session every page is the log-in page", async ({ page }) => {
  for (const path of ["/", "/section/server", "/review", "/discard"]) {
    await page.goto(path);
    await expect(page).toHaveURL("/login");
    await expect(loginTitle(page)).toBeVisible();
  }
});

test.describe("wrong credentials", () => {
  test.use({ provoked: /status of 401|status of 429/ });

  test("a wrong password and a wrong user are refused with the same sentence", async ({ page }) => {
    const sentences: string[] = [];
    for (const [user, password] of [[USER, "wrong"], ["admin", PASSWORD]] as const) {
      await page.goto("/login");
      const answer = page.waitForResponse((response) => response.request().method() === "POST");
      await enter(page, user, password);
      expect((await answer).status()).toBe(401);
      sentences.push(await page.getByRole("alert").innerText());
    }
    expect(sentences).toEqual(Array(2).fill("The username or the password is wrong."));
  });

  test("guessing is slowed down, and the page says for how long", async ({ page }) => {
    await page.goto("/login");
    const statuses: number[] = [];
    // The first pauses last a second or two, so one of these attempts falls into one.
    while (statuses.length < 8 && statuses.at(-1) !== 429) {
      const answer = page.waitForResponse((response) => response.request().method() === "POST");
      await enter(page, USER, `guess ${statuses.length}`);
      const response = await answer;
      statuses.push(response.status());
      if (response.status() === 429) expect(response.headers()["retry-after"]).toMatch(/^[1-9]\d*$/);
    }
    expect(statuses.slice(0, 3)).toEqual([401, 401, 401]);
    expect(statuses.at(-1)).toBe(429);
    await expect(page.getByRole("alert")).toHaveText(/^Too many attempts\. Wait \d+ s, then try again\.$/);
  });

  test("the right password is not taken either while guessing is slowed down", async ({ page }) => {
    await page.goto("/login");
    // Guess until the pause is long enough for the form to be filled in during it.
    await expect(async () => {
      const answer = await page.request.post("/login", { form: { user: USER, password: "wrong" } });
      expect(Number(answer.headers()["retry-after"] ?? 0)).toBeGreaterThan(2);
    }).toPass({ timeout: 20_000, intervals: [100] });
    await enter(page, USER, PASSWORD);
    await expect(page.getByRole("alert")).toContainText("Too many attempts.");
    // Once the pause is over the door opens.
    await expect(async () => {
      await enter(page, USER, PASSWORD);
      await expect(overview(page)).toBeVisible({ timeout: 300 });
    }).toPass({ timeout: 15_000 });
  });
});

test("logging out ends the session, in the history too", async ({ editor: page }) => {
  await open(page, "/section/server");
  const [session] = await page.context().cookies();
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(loginTitle(page)).toBeVisible();
  expect(await page.context().cookies()).toEqual([]);
  await page.goBack();
  await expect(loginTitle(page)).toBeVisible();
  await page.goto("/section/server");
  await expect(loginTitle(page)).toBeVisible();
  // A copy of the cookie opens nothing.
  if (session === undefined) throw new Error("there was no cookie");
  await page.context().addCookies([session]);
  await page.goto("/section/server");
  await expect(loginTitle(page)).toBeVisible();
});

test("a start with a new password ends all sessions", async ({ editor: page, server }) => {
  await open(page, "/");
  await server.restart("another password");
  await page.goto("/section/server");
  await expect(loginTitle(page)).toBeVisible();
  await enter(page, USER, "another password");
  await expect(overview(page)).toBeVisible();
});

test("a start with the same password keeps sessions", async ({ editor: page, server }) => {
  await open(page, "/");
  await server.restart();
  await page.goto("/");
  await expect(overview(page)).toBeVisible();
});

test.describe("a session that ends meanwhile", () => {
  test.use({ provoked: /status of 401/ });

  test("what is typed is kept on the page, and saved after the next log-in", async ({ editor: page }) => {
    await open(page, "/section/server");
    await page.context().clearCookies();
    await page.getByRole("textbox", { name: "Server host name" }).fill("quay.example.com");
    await expect(draftState(page)).toHaveText("Not saved. Your session has ended. Log in again; what you typed is kept on this page.");
    await logIn(page);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(draftState(page)).toHaveText(/^Draft saved /);
    await page.reload();
    await expect(page.getByRole("textbox", { name: "Server host name" })).toHaveValue("quay.example.com");
  });
});

test("the session's cookie is out of reach for scripts and other sites", async ({ editor: page }) => {
  await open(page, "/");
  const cookies = await page.context().cookies();
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatchObject({ name: "quay-console", httpOnly: true, sameSite: "Strict", path: "/" });
  expect(await page.evaluate(() => document.cookie)).toBe("");
});
