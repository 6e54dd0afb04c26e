// Storage engines: added, put in order, removed.
import type { Page } from "@playwright/test";
import { configuration } from "./support/configuration";
import { open } from "./support/live";
import { expect, test } from "./support/server";

test.describe("storage engines", () => {
  const engine = (page: Page, name: string) => page.getByRole("group", { name: new RegExp(`^${name}`) });

  async function add(page: Page, driver: string, name: string): Promise<void> {
    await page.getByRole("combobox", { name: "Engine", exact: true }).selectOption(driver);
    await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
    await page.getByRole("button", { name: "Add a storage engine" }).click();
    await expect(engine(page, name)).toBeVisible();
  }

  test("engines are added, put in order and removed", async ({ editor: page, folder }) => {
    await open(page, "/section/storage");
    await expect(page.getByText("No storage engine yet.")).toBeVisible();
    await add(page, "RadosGWStorage", "default");
    await add(page, "S3Storage", "backup");
    await expect(engine(page, "default")).toContainText("Preferred");
    await expect(page.getByRole("button", { name: "Move default up" })).toBeDisabled();
    await page.getByRole("button", { name: "Move backup up" }).click();
    await expect(engine(page, "backup")).toContainText("Preferred");
    await expect(engine(page, "default")).not.toContainText("Preferred");
    const both = await configuration(page, folder, "both");
    expect(both.DISTRIBUTED_STORAGE_PREFERENCE).toEqual(["backup", "default"]);
    expect(Object.keys(both.DISTRIBUTED_STORAGE_CONFIG)).toEqual(["default", "backup"]);
    await open(page, "/section/storage");
    await page.getByRole("button", { name: "Remove default" }).click();
    await expect(engine(page, "default")).toHaveCount(0);
    const one = await configuration(page, folder, "one");
    expect(one.DISTRIBUTED_STORAGE_PREFERENCE).toEqual(["backup"]);
    expect(one.DISTRIBUTED_STORAGE_CONFIG).toEqual({ backup: ["S3Storage", { storage_path: "/datastorage/registry" }] });
  });

  test("an engine is made a place that everything is copied to", async ({ editor: page, folder }) => {
    await open(page, "/section/storage");
    await add(page, "RadosGWStorage", "default");
    const copy = page.getByRole("switch", { name: "New data is copied to this engine" });
    await expect(copy).not.toBeChecked();
    await copy.click();
    await expect(copy).toBeChecked();
    expect(await configuration(page, folder)).toMatchObject({ DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: ["default"] });
  });

  test.describe("a name that is taken", () => {
    test.use({ provoked: /status of 400/ });

    test("a second engine of the same name is refused", async ({ editor: page }) => {
      await open(page, "/section/storage");
      await add(page, "RadosGWStorage", "default");
      await page.getByRole("textbox", { name: "Name", exact: true }).fill("default");
      await page.getByRole("button", { name: "Add a storage engine" }).click();
      await expect(page.getByText("There is a storage engine called default already.")).toBeVisible();
    });
  });
});
