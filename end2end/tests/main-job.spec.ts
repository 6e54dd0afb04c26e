// The manual's chapter 4, step by step: a new set-up session until the archive is on disk.
import type { Page } from "@playwright/test";
import { join } from "node:path";
import { bytes, download, Unpacked } from "./support/archive";
import { Authority } from "./support/certificates";
import {
  ACCESS_KEY, fillDatabase, fillRedis, fillServer, fillStorage, STORAGE_SECRET, upload, validate,
} from "./support/fill";
import { field, goTo, live, messages, saved, turn } from "./support/live";
import { expect, PASSWORD, test, USER } from "./support/server";

/** What Quay's own schema cannot do without. */
const REQUIRED = [
  "PREFERRED_URL_SCHEME", "SERVER_HOSTNAME", "DB_URI", "DISTRIBUTED_STORAGE_CONFIG",
  "DISTRIBUTED_STORAGE_PREFERENCE", "AUTHENTICATION_TYPE", "BUILDLOGS_REDIS", "USER_EVENTS_REDIS",
  "DEFAULT_TAG_EXPIRATION", "TAG_EXPIRATION_OPTIONS",
];

async function logInWithTheForm(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByLabel("Username").fill(USER);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await live(page);
}

async function turnMirroringOn(page: Page): Promise<void> {
  await goTo(page, "Repository mirroring");
  await turn(page, "Enable repository mirroring", "on");
  await turn(page, "Require HTTPS and verify certificates", "off");
  await expect(messages(page, "REPO_MIRROR_TLS_VERIFY")).toContainText("Mirrors take images from any server");
  await turn(page, "Require HTTPS and verify certificates", "on");
  await expect(messages(page, "REPO_MIRROR_TLS_VERIFY")).toBeEmpty();
}

async function nameAnAdministrator(page: Page): Promise<void> {
  await goTo(page, "Access");
  await page.getByRole("button", { name: "Add Administrators" }).click();
  await page.getByRole("textbox", { name: "Administrators, item 1" }).fill("quayadmin");
}

async function expectReadyToDownload(page: Page): Promise<void> {
  await validate(page);
  const dialogue = page.getByRole("dialog", { name: "Download Configuration" });
  await expect(dialogue).toBeVisible();
  await expect(dialogue).toContainText("Every rule passed. The archive is ready.");
  await expect(dialogue.getByRole("checkbox")).toHaveCount(0);
}

test("chapter 4 with TLS in the load balancer leads to an archive that Quay starts with", async ({ page, folder }) => {
  await logInWithTheForm(page);
  await expect(page.getByText("This is a new configuration.")).toBeVisible();
  await fillDatabase(page);
  await fillRedis(page);
  await fillServer(page, "The load balancer handles TLS");
  await fillStorage(page);
  await turnMirroringOn(page);
  await nameAnAdministrator(page);
  await expectReadyToDownload(page);

  const first = await download(page);
  expect(first.suggestedFilename()).toBe("quay-config.tar.gz");
  const archive = await Unpacked.from(await first.path(), join(folder, "unpacked"));
  expect(archive.names).toEqual(["config.yaml"]);
  expect(await archive.mode("config.yaml")).toBe("0600");

  const config = await archive.configuration();
  for (const key of REQUIRED) expect(config, key).toHaveProperty(key);
  expect(config).toMatchObject({
    SERVER_HOSTNAME: "quay.example.com",
    PREFERRED_URL_SCHEME: "https",
    EXTERNAL_TLS_TERMINATION: true,
    DB_URI: "postgresql://quayuser:quay%2Fpass%40w0rd%3A1@db01.example.com:5432/quaydb",
    DB_CONNECTION_ARGS: { threadlocals: true, autorollback: true },
    BUILDLOGS_REDIS: { host: "redis.example.com" },
    USER_EVENTS_REDIS: { host: "redis.example.com" },
    DISTRIBUTED_STORAGE_PREFERENCE: ["default"],
    FEATURE_REPO_MIRROR: true,
    REPO_MIRROR_TLS_VERIFY: true,
    SUPER_USERS: ["quayadmin"],
    SETUP_COMPLETE: true,
  });
  expect(config.DISTRIBUTED_STORAGE_CONFIG).toEqual({
    default: [
      "RadosGWStorage",
      {
        hostname: "ceph04.example.com",
        port: 7480,
        is_secure: false,
        access_key: ACCESS_KEY,
        secret_key: STORAGE_SECRET,
        bucket_name: "quay-images",
        storage_path: "/datastorage/registry",
      },
    ],
  });
  for (const key of ["SECRET_KEY", "DATABASE_SECRET_KEY"]) expect(config[key], key).toMatch(/^[0-9a-f-]{36,64}$/);

  const second = await download(page);
  expect((await bytes(second)).equals(await bytes(first))).toBe(true);
});

test("chapter 4 with TLS by Quay itself puts the certificate, its key and the authority into the archive", async ({ page, folder }) => {
  const authority = await Authority.create(folder);
  const { certificate, key } = await authority.sign("quay.example.com");
  await logInWithTheForm(page);
  await fillDatabase(page);
  await fillRedis(page);
  await fillServer(page, "Quay handles TLS itself");
  await upload(page, "ssl.cert", certificate);
  await expect(field(page, "ssl.cert")).toContainText("Names: quay.example.com");
  await upload(page, "ssl.key", key);
  await expect(field(page, "ssl.key")).toContainText("Belongs to the certificate.");
  await goTo(page, "Custom certificates");
  await upload(page, "extra_ca_certs/", authority.certificate);
  await expect(field(page, "extra_ca_certs/")).toContainText("Example CA");
  await fillStorage(page);
  await saved(page);
  await expectReadyToDownload(page);

  const file = await download(page);
  const archive = await Unpacked.from(await file.path(), join(folder, "unpacked"));
  expect(archive.names.filter((name) => !name.endsWith("/"))).toEqual([
    "config.yaml", "extra_ca_certs/ca.crt", "ssl.cert", "ssl.key",
  ]);
  const modes = await Promise.all(["config.yaml", "ssl.key", "ssl.cert", "extra_ca_certs/ca.crt"].map((name) => archive.mode(name)));
  expect(modes).toEqual(["0600", "0600", "0644", "0644"]);
  expect(await archive.text("ssl.cert")).toMatch(/^-----BEGIN CERTIFICATE-----/);
  expect(await archive.text("ssl.key")).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  expect(await archive.configuration()).toMatchObject({
    PREFERRED_URL_SCHEME: "https",
    EXTERNAL_TLS_TERMINATION: false,
  });
});
