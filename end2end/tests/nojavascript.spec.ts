// Without JavaScript: everything can be read, files can be uploaded, and the archive downloaded.
import { join } from "node:path";
import { downloadAndUnpack } from "./support/archive";
import { Authority } from "./support/certificates";
import { upload, validate } from "./support/fill";
import { field } from "./support/live";
import { COMPLETE, mounted } from "./support/mounted";
import { expect, PASSWORD, test, USER } from "./support/server";

test.use({ javaScriptEnabled: false });

test("one logs in and out", async ({ page }) => {
  await page.goto("/");
  await page.getByLabel("Username").fill(USER);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  // Chromium does not draw it when scripts are only held back, as they are here.
  expect(await page.content()).toMatch(/<noscript><p[^>]*>Without JavaScript you can read every setting/);
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Log in to quay-console" })).toBeVisible();
});

test.describe("a mounted configuration", () => {
  test.use({ settings: { prepare: mounted(COMPLETE.replace("FEATURE_MAILING: false", "FEATURE_MAILING: true\nMAIL_PORT: 70000")) } });

  test("values, help and errors are read", async ({ editor: page }) => {
    await page.goto("/section/email");
    await expect(page.getByRole("switch", { name: "Send e-mail" })).toBeChecked();
    const port = page.getByRole("textbox", { name: "Port" });
    await expect(port).toHaveValue("70000");
    await expect(port).toHaveAccessibleDescription(/usually 587 with STARTTLS/);
    await expect(port).toHaveAccessibleDescription(/This is not a port from 1 to 65535\./);
    await expect(page.getByRole("region", { name: "2 settings on this page need attention" })).toBeVisible();
    await page.goto("/section/database");
    await expect(page.getByRole("textbox", { name: "Database server" })).toHaveValue("db01.example.com");
  });

  test("the configuration is validated and downloaded after the confirmation", async ({ editor: page, folder }) => {
    await page.goto("/");
    await validate(page);
    await expect(page.getByRole("dialog", { name: "Configuration is not valid yet" })).toContainText("Mail server is required.");
    await page.getByRole("checkbox", { name: /want it anyway/ }).first().check();
    const archive = await downloadAndUnpack(page, join(folder, "unpacked"));
    expect(await archive.configuration()).toMatchObject({ SERVER_HOSTNAME: "quay.example.com", MAIL_PORT: 70000 });
  });
});

test("a file is uploaded and described", async ({ editor: page, folder }) => {
  const authority = await Authority.create(folder);
  await page.goto("/section/certificates");
  await upload(page, "extra_ca_certs/", authority.certificate);
  await expect(field(page, "extra_ca_certs/")).toContainText("Example CA");
});

test("a storage engine is added and removed", async ({ editor: page }) => {
  await page.goto("/section/storage");
  await page.getByRole("button", { name: "Add a storage engine" }).click();
  await page.getByRole("button", { name: "Remove default" }).click();
  await expect(page.getByText("No storage engine yet.")).toBeVisible();
});
