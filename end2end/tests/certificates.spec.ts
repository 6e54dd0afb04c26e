// Certificates that would stop the registry: each is named where it was uploaded.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { Authority } from "./support/certificates";
import { fillServer, upload, validate } from "./support/fill";
import { field, goTo, live, navigationLink, open } from "./support/live";
import { expect, test as base } from "./support/server";

const HOST = "quay.example.com";

/** A console for which a host name is set and Quay ends TLS, and an authority. */
const test = base.extend<{ authority: Authority; page_at_server: Page }>({
  authority: async ({ folder }, use) => use(await Authority.create(folder)),
  page_at_server: async ({ editor }, use) => {
    await open(editor, "/");
    await fillServer(editor, "Quay handles TLS itself");
    await use(editor);
  },
});

const place = field;

test("a certificate that fits is described in words and not complained about", async ({ page_at_server: page, authority }) => {
  const { certificate, key } = await authority.sign(HOST);
  await expect(place(page, "ssl.cert")).toContainText("Not uploaded");
  await upload(page, "ssl.cert", certificate);
  await expect(place(page, "ssl.cert")).toContainText(`Names: ${HOST}`);
  await expect(place(page, "ssl.cert")).toContainText("Issued by Example CA");
  await expect(place(page, "ssl.cert")).toContainText(/Expires .*2040/);
  await upload(page, "ssl.key", key);
  await expect(place(page, "ssl.key")).toContainText("Private key, EC 256 bit. Belongs to the certificate.");
  for (const name of ["ssl.cert", "ssl.key"]) await expect(place(page, name)).not.toContainText("Error:");
});

test("a key that belongs to another certificate is named", async ({ page_at_server: page, authority }) => {
  const { certificate } = await authority.sign(HOST);
  const { key } = await authority.sign("other.example.com");
  await upload(page, "ssl.cert", certificate);
  await upload(page, "ssl.key", key);
  await expect(place(page, "ssl.key")).toContainText("Does not belong to the certificate.");
  await expect(place(page, "ssl.key")).toContainText("The key in ssl.key does not belong to the first certificate in ssl.cert.");
});

test("an expired certificate is named", async ({ page_at_server: page, authority }) => {
  const { certificate } = await authority.sign(HOST, "20200101000000Z", "20210101000000Z");
  await upload(page, "ssl.cert", certificate);
  await expect(place(page, "ssl.cert")).toContainText(/Expired .*2021/);
  await expect(place(page, "ssl.cert")).toContainText(/The certificate of quay\.example\.com in ssl\.cert expired \d+ days ago\./);
});

test("a certificate that is not valid yet is named", async ({ page_at_server: page, authority }) => {
  const { certificate } = await authority.sign(HOST, "20390101000000Z");
  await upload(page, "ssl.cert", certificate);
  await expect(place(page, "ssl.cert")).toContainText("The certificate of quay.example.com in ssl.cert is not valid yet");
});

test("a certificate for another name is named, and the host name can be mended", async ({ page_at_server: page, authority }) => {
  const { certificate } = await authority.sign("other.example.com");
  await upload(page, "ssl.cert", certificate);
  await expect(place(page, "ssl.cert")).toContainText("ssl.cert does not cover quay.example.com; it covers other.example.com.");
  await live(page);
  await page.getByRole("textbox", { name: "Server host name" }).fill("other.example.com");
  await expect(page.getByRole("region", { name: /needs? attention/ })).not.toContainText("does not cover");
});

test("an incomplete chain is named until its authority is uploaded", async ({ page_at_server: page, authority }) => {
  const { certificate } = await authority.sign(HOST);
  await upload(page, "ssl.cert", certificate);
  await expect(place(page, "ssl.cert")).toContainText("Chain incomplete: the certificate of Example CA is missing");
  await expect(place(page, "ssl.cert")).toContainText("The certificate of Example CA is missing from the chain in ssl.cert.");
  await goTo(page, "Custom certificates");
  await upload(page, "extra_ca_certs/", authority.certificate);
  await expect(place(page, "extra_ca_certs/")).toContainText("Example CA");
  await goTo(page, "Server and TLS");
  await expect(place(page, "ssl.cert")).toContainText("Chain complete");
  await expect(place(page, "ssl.cert")).not.toContainText("missing");
});

test("something that is no certificate is named", async ({ page_at_server: page, folder }) => {
  const path = join(folder, "notes.pem");
  await writeFile(path, "This is a shopping list.\n");
  await upload(page, "ssl.cert", path);
  await expect(place(page, "ssl.cert")).toContainText("ssl.cert cannot be used: there is no certificate and no key in it");
});

test("a key where a certificate should be is named", async ({ page_at_server: page, authority }) => {
  const { key } = await authority.sign(HOST);
  await upload(page, "ssl.cert", key);
  await expect(place(page, "ssl.cert")).toContainText("ssl.cert holds a private key, not a certificate.");
});

test("a wrong certificate is counted in the navigation and listed before the download", async ({ page_at_server: page, authority }) => {
  const { certificate } = await authority.sign("other.example.com");
  await upload(page, "ssl.cert", certificate);
  await live(page);
  // The key is still missing, and the name is wrong.
  await expect(navigationLink(page, "Server and TLS")).toHaveAccessibleName("Server and TLS 2 errors");
  await validate(page);
  await expect(page.getByRole("dialog")).toContainText("ssl.cert does not cover quay.example.com");
});

test("a file is removed again", async ({ page_at_server: page, authority }) => {
  const { certificate } = await authority.sign(HOST);
  await upload(page, "ssl.cert", certificate);
  await page.getByRole("button", { name: "Remove ssl.cert" }).click();
  await expect(place(page, "ssl.cert")).toContainText("Not uploaded");
});

test.describe("files that are refused", () => {
  test.use({ provoked: /status of 400/ });

  test("an empty file is refused with the way back", async ({ page_at_server: page, folder }) => {
    const path = join(folder, "empty.pem");
    await writeFile(path, "");
    await upload(page, "ssl.cert", path);
    await expect(page.getByText("The file for ssl.cert is empty.")).toBeVisible();
    await page.getByRole("link", { name: "Go to the overview" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  });

  test("a file that Quay would not read is refused among the others", async ({ editor: page, folder }) => {
    const path = join(folder, "readme.txt");
    await writeFile(path, "text");
    await open(page, "/section/certificates");
    await upload(page, "Other certificates and keys", path);
    await expect(page.getByRole("heading", { level: 1, name: "This was not accepted" })).toBeVisible();
    await expect(page.getByText(/readme\.txt cannot stand here/)).toBeVisible();
  });
});
