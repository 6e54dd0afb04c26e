// The steps of the manual's chapter 4 that every configuration needs.
import { expect, type Page } from "@playwright/test";
import { enterSecret, field, goTo, live, saved, turn } from "./live";

export const DATABASE_PASSWORD = "quay/pass@w0rd:1";
export const ACCESS_KEY = "RGWACCESSKEY0123";
export const STORAGE_SECRET = "rgw+secret/key==";

export async function fillDatabase(page: Page): Promise<void> {
  await goTo(page, "Database");
  const kind = page.getByRole("group", { name: "Kind" });
  await kind.getByText("PostgreSQL").click();
  await expect(kind.getByRole("radio", { name: "PostgreSQL" })).toBeChecked();
  await page.getByRole("textbox", { name: "Database server" }).fill("db01.example.com:5432");
  await page.getByRole("textbox", { name: "Username" }).fill("quayuser");
  await field(page, "DB_URI-password").fill(DATABASE_PASSWORD);
  await page.getByRole("textbox", { name: "Database name" }).fill("quaydb");
}

export async function fillRedis(page: Page): Promise<void> {
  await goTo(page, "Redis");
  for (const server of ["Build logs", "User events"]) {
    await page.getByRole("group", { name: server }).getByRole("textbox", { name: "Host name" }).fill("redis.example.com");
  }
}

export async function fillStorage(page: Page): Promise<void> {
  await goTo(page, "Registry storage");
  await page.getByRole("combobox", { name: "Engine", exact: true }).selectOption("RadosGWStorage");
  await page.getByRole("button", { name: "Add a storage engine" }).click();
  await expect(page.getByRole("group", { name: /Ceph Object Gateway/ })).toBeVisible();
  await live(page);
  const at = (name: string) => `DISTRIBUTED_STORAGE_CONFIG.default[1].${name}`;
  await field(page, at("hostname")).fill("ceph04.example.com");
  await field(page, at("port")).fill("7480");
  await turn(page, "Use HTTPS", "off");
  await enterSecret(page, at("access_key"), ACCESS_KEY);
  await enterSecret(page, at("secret_key"), STORAGE_SECRET);
  await field(page, at("bucket_name")).fill("quay-images");
  await field(page, at("storage_path")).fill("/datastorage/registry");
}

export async function fillServer(page: Page, tls: string): Promise<void> {
  await goTo(page, "Server and TLS");
  await page.getByRole("textbox", { name: "Server host name" }).fill("quay.example.com");
  await page.getByRole("radio", { name: tls }).check();
  await saved(page);
}

/** Uploads a file on the page where it belongs. */
export async function upload(page: Page, name: string, path: string): Promise<void> {
  await page.getByLabel(`File for ${name}`).setInputFiles(path);
  const button = (word: string) => page.getByRole("button", { name: `${word} ${name}`, exact: true });
  await button("Upload").or(button("Replace")).click();
}

export async function validate(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Validate Configuration Changes" }).click();
}
