// Undo, redo, revisions and imports, as a person uses them.
import { expect, test } from "./support/server";
import { open, saved } from "./support/live";

const TEXT = `# written by hand
SERVER_HOSTNAME:   quay.example.com   # the name
REGISTRY_TITLE: 'Old title'
MY_OWN: &own {a: 0755}
ALSO: *own
`;

test("what was typed is undone and redone with one button each", async ({ editor: page }) => {
  await open(page, "/section/basic");
  const title = page.getByRole("textbox", { name: "Registry title", exact: true });
  const undo = page.getByRole("button", { name: "Undo" });
  await expect(undo).toBeDisabled();
  const before = await title.inputValue();
  await title.fill("Corporate registry");
  await saved(page);
  await expect(undo).toBeEnabled();
  await undo.click();
  await expect(page).toHaveURL(/section\/basic/);
  await expect(title).toHaveValue(before);
  await page.getByRole("button", { name: "Redo" }).click();
  await expect(title).toHaveValue("Corporate registry");
});

test("an imported file leaves with one line changed, and its history says why", async ({ editor: page }) => {
  await open(page, "/import");
  await page.getByLabel(/config\.yaml, or an archive/).setInputFiles({
    name: "config.yaml",
    mimeType: "application/yaml",
    buffer: Buffer.from(TEXT),
  });
  await page.getByLabel("Reason (optional)").fill("moved from the old host");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText("The configuration was taken over.")).toBeVisible();

  await open(page, "/section/basic");
  await page.getByRole("textbox", { name: "Registry title", exact: true }).fill("New title");
  await saved(page);

  await open(page, "/history");
  await expect(page.getByText("moved from the old host")).toBeVisible();
  await page.getByRole("button", { name: "Compare" }).click();
  const row = page.getByRole("row", { name: /REGISTRY_TITLE/ });
  await expect(row).toContainText("New title");
  await page.getByText("As text", { exact: true }).click();
  const text = page.getByRole("region", { name: "As text" });
  await expect(text.locator(".diff__line--added")).toHaveText([/REGISTRY_TITLE: 'New title'/]);
  await expect(text.locator(".diff__line--removed")).toHaveText([/REGISTRY_TITLE: 'Old title'/]);

  await page.getByRole("button", { name: /^Restore revision/ }).first().click();
  await open(page, "/section/basic");
  await expect(page.getByRole("textbox", { name: "Registry title", exact: true })).toHaveValue("Old title");
});

test("the removed tool's page of addresses is there", async ({ editor: page }) => {
  await open(page, "/api");
  await expect(page.getByText("/api/v1/config/validate", { exact: false }).first()).toBeVisible();
});
