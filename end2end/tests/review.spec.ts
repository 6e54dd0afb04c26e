// From a draft to files: the dialogue, the folder, and throwing a draft away.
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { downloadAndUnpack, readYaml, Unpacked } from "./support/archive";
import { Authority } from "./support/certificates";
import { upload, validate } from "./support/fill";
import { field, open, saved } from "./support/live";
import { COMPLETE, mounted, MOUNTED_SECRET } from "./support/mounted";
import { expect, test } from "./support/server";

test.describe("a draft with errors", () => {
  test("the dialogue says which errors are left and leads to their fields", async ({ editor: page }) => {
    await open(page, "/");
    await validate(page);
    const dialogue = page.getByRole("dialog", { name: "Configuration is not valid yet" });
    await expect(dialogue).toContainText(/\d+ errors are left\. Quay would not start, or would fail later\./);
    await expect(dialogue).toContainText("Server host name is required.");
    await dialogue.getByRole("link", { name: "SERVER_HOSTNAME" }).click();
    await expect(page.getByRole("textbox", { name: "Server host name" })).toBeFocused();
  });

  test("the download needs the confirmation", async ({ editor: page, folder }) => {
    await open(page, "/review");
    const confirmation = page.getByRole("checkbox", { name: "I know that this configuration has errors and want it anyway" });
    await page.getByRole("button", { name: "Download Configuration" }).click();
    await expect(confirmation).toBeFocused();
    await expect(confirmation).toHaveJSProperty("validity.valueMissing", true);
    await confirmation.check();
    const archive = await downloadAndUnpack(page, join(folder, "unpacked"));
    expect(await archive.configuration()).toMatchObject({ SETUP_COMPLETE: true });
  });

  test("the server insists on the confirmation when the browser does not", async ({ editor: page }) => {
    await open(page, "/review");
    const answer = page.waitForResponse((response) => new URL(response.url()).pathname === "/download");
    await page.getByRole("button", { name: "Download Configuration" }).evaluate((button: HTMLButtonElement) => {
      if (button.form === null) throw new Error("the button has no form");
      button.form.noValidate = true;
      button.click();
    });
    expect((await answer).status()).toBe(303);
    await expect(page.getByRole("dialog", { name: "Configuration is not valid yet" })).toBeVisible();
  });

  test("the dialogue leads back to the configuration", async ({ editor: page }) => {
    await open(page, "/review");
    await page.getByRole("link", { name: "Back to the configuration" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
});

test.describe("a mounted configuration", () => {
  test.use({ settings: { prepare: mounted(COMPLETE) } });

  test("it is loaded, and its secrets are not shown", async ({ editor: page, server }) => {
    await open(page, "/");
    await expect(page.getByText(`This configuration was loaded from ${server.configDir}.`)).toBeVisible();
    for (const section of ["server", "database", "redis", "storage"]) {
      await open(page, `/section/${section}`);
      expect(await page.content(), section).not.toContain(MOUNTED_SECRET);
    }
    await open(page, "/section/server");
    await expect(page.getByRole("textbox", { name: "Server host name" })).toHaveValue("quay.example.com");
  });

  test("saving writes the files and keeps the previous ones", async ({ editor: page, server, folder }) => {
    await open(page, "/section/server");
    await page.getByRole("textbox", { name: "Server host name" }).fill("registry.example.com");
    await validate(page);
    await page.getByRole("button", { name: "Save Configuration Changes" }).click();
    await expect(page.getByText(`The configuration was written to ${server.configDir}.`)).toBeVisible();

    const config = join(server.configDir, "config.yaml");
    expect(await readYaml(config)).toMatchObject({
      SERVER_HOSTNAME: "registry.example.com",
      DB_URI: `postgresql://quayuser:${MOUNTED_SECRET}@db01.example.com/quaydb`,
      SECRET_KEY: MOUNTED_SECRET,
    });
    expect((await stat(config)).mode & 0o777).toBe(0o600);

    const names = (await readdir(server.configDir)).sort();
    expect(names).toEqual(["config.yaml", expect.stringMatching(/^quay-config\..+\.tar\.gz$/)]);
    const kept = await Unpacked.from(join(server.configDir, names[1] ?? ""), join(folder, "kept"));
    expect(kept.names).toEqual(["config.yaml"]);
    expect(await kept.text("config.yaml")).toBe(COMPLETE);
  });

  test("saving writes uploaded files too, and removes those taken out", async ({ editor: page, server, folder }) => {
    const authority = await Authority.create(folder);
    await open(page, "/section/certificates");
    await upload(page, "extra_ca_certs/", authority.certificate);
    await validate(page);
    await page.getByRole("button", { name: "Save Configuration Changes" }).click();
    await expect(page.getByText("The configuration was written to")).toBeVisible();
    expect(await readdir(join(server.configDir, "extra_ca_certs"))).toEqual(["ca.crt"]);
    await open(page, "/section/certificates");
    await page.getByRole("button", { name: "Remove extra_ca_certs/ca.crt" }).click();
    await expect(field(page, "extra_ca_certs/")).toContainText("Not uploaded");
    await validate(page);
    await page.getByRole("button", { name: "Save Configuration Changes" }).click();
    await expect(page.getByText("The configuration was written to")).toBeVisible();
    expect(await readdir(join(server.configDir, "extra_ca_certs"))).toEqual([]);
  });
});

test.describe("keys that no form knows", () => {
  const UNKNOWN = "FEATURE_OF_TOMORROW: true\nTOMORROWS_SETTINGS: {depth: 3, names: [a, 'no', 0x1F]}\n";
  test.use({ settings: { prepare: mounted(COMPLETE + UNKNOWN) } });

  test("they are listed as kept, and survive the download", async ({ editor: page, folder }) => {
    await open(page, "/");
    await expect(page.getByRole("heading", { name: "Kept as they are" })).toBeVisible();
    for (const key of ["FEATURE_OF_TOMORROW", "TOMORROWS_SETTINGS"]) {
      await expect(page.getByRole("listitem").filter({ hasText: key })).toBeVisible();
    }
    await open(page, "/section/basic");
    await page.getByRole("textbox", { name: "Registry title", exact: true }).fill("Example registry");
    await validate(page);
    const archive = await downloadAndUnpack(page, join(folder, "unpacked"));
    expect(await archive.configuration()).toMatchObject({
      REGISTRY_TITLE: "Example registry",
      FEATURE_OF_TOMORROW: true,
      TOMORROWS_SETTINGS: { depth: 3, names: ["a", "no", 31] },
    });
  });
});

test.describe("a folder with nothing in it", () => {
  test.use({ settings: { prepare: async (configDir) => void (await mkdir(configDir)) } });

  test("saving with errors needs a confirmation of its own", async ({ editor: page, server }) => {
    await open(page, "/review");
    await page.getByRole("button", { name: "Save Configuration Changes" }).click();
    const confirmation = page.locator("#accept-errors");
    await expect(confirmation).toBeFocused();
    expect(await readdir(server.configDir)).toEqual([]);
    await confirmation.check();
    await page.getByRole("button", { name: "Save Configuration Changes" }).click();
    await expect(page.getByText("The configuration was written to")).toBeVisible();
    expect(await readdir(server.configDir)).toEqual(["config.yaml"]);
  });
});

test.describe("throwing a draft away", () => {
  test("it is asked for first, and Keep it keeps everything", async ({ editor: page }) => {
    await open(page, "/section/server");
    await page.getByRole("textbox", { name: "Server host name" }).fill("quay.example.com");
    await page.getByRole("link", { name: "Discard draft" }).click();
    const question = page.getByRole("dialog", { name: "Discard the draft?" });
    await expect(question).toContainText("This cannot be undone.");
    await question.getByRole("link", { name: "Keep it" }).click();
    await open(page, "/section/server");
    await expect(page.getByRole("textbox", { name: "Server host name" })).toHaveValue("quay.example.com");
  });

  test("it takes what was typed and uploaded", async ({ editor: page, folder }) => {
    const authority = await Authority.create(folder);
    await open(page, "/section/certificates");
    await upload(page, "extra_ca_certs/", authority.certificate);
    await open(page, "/section/server");
    await page.getByRole("textbox", { name: "Server host name" }).fill("quay.example.com");
    await saved(page);
    await page.getByRole("link", { name: "Discard draft" }).click();
    await page.getByRole("button", { name: "Discard the draft" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await open(page, "/section/server");
    await expect(page.getByRole("textbox", { name: "Server host name" })).toHaveValue("");
    await open(page, "/section/certificates");
    await expect(field(page, "extra_ca_certs/")).toContainText("Not uploaded");
  });
});
