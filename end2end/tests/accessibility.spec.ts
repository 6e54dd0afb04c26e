// Everybody can use it: rules of axe, the keyboard alone, a narrow screen.
import type { Page } from "@playwright/test";
import { look, type Violations } from "./support/axe";
import { expect, PASSWORD, test, USER } from "./support/server";
import { field, live, open, saved } from "./support/live";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { navigation, unfold } from "./support/pages";
import { Authority } from "./support/certificates";

// Each test has a console of its own; the long ones share the two workers.
test.describe.configure({ mode: "parallel" });

/** Something in every section: engines, certificates, targets of logs, unknown keys, and errors. */
const FULL = `
SERVER_HOSTNAME: quay.example.com
PREFERRED_URL_SCHEME: https
DB_URI: postgresql://quayuser:secret@db01.example.com/quaydb
DB_CONNECTION_ARGS: {threadlocals: true, autorollback: true, sslmode: verify-full}
BUILDLOGS_REDIS: {host: redis.example.com, password: secret, ssl: true}
USER_EVENTS_REDIS: {host: localhost}
DISTRIBUTED_STORAGE_CONFIG:
  default: [RadosGWStorage, {hostname: ceph04.example.com, is_secure: false, access_key: a, secret_key: b, bucket_name: quay, storage_path: /datastorage/registry}]
  swift: [SwiftStorage, {auth_version: 3, auth_url: 'https://keystone.example.com', swift_container: quay, storage_path: /datastorage/registry}]
  odd: [OddStorage, {}]
DISTRIBUTED_STORAGE_PREFERENCE: [default, swift, odd, gone]
AUTHENTICATION_TYPE: LDAP
LDAP_URI: ldaps://ldap.example.com
DEFAULT_TAG_EXPIRATION: 2w
TAG_EXPIRATION_OPTIONS: [0s, 1d, 1w, 2w, one month]
SUPER_USERS: [quayadmin, auditor]
FEATURE_MAILING: true
MAIL_USE_AUTH: true
MAIL_PORT: 70000
FEATURE_REPO_MIRROR: true
FEATURE_SECURITY_SCANNER: true
FEATURE_BUILD_SUPPORT: true
FEATURE_GITHUB_LOGIN: true
FEATURE_GOOGLE_LOGIN: true
FEATURE_ACTION_LOG_ROTATION: true
LOGS_MODEL: splunk
SECRET_KEY: secret
SSO_LOGIN_CONFIG: {OIDC_SERVER: 'https://sso.example.com', CLIENT_ID: quay, CLIENT_SECRET: secret, LOGIN_SCOPES: [openid]}
BUILD_MANAGER: [ephemeral, {ORCHESTRATOR: {REDIS_HOST: redis.example.com}, EXECUTORS: [{EXECUTOR: kubernetes}, {EXECUTOR: ec2}]}]
DATA_MODEL_CACHE_CONFIG: {engine: rediscluster, redis_config: {startup_nodes: [{host: cache1.example.com}, {host: cache2.example.com, port: 70000}]}}
HEALTH_CHECKER: [RDSAwareHealthCheck, {access_key: a}]
STATUS_TAGS: {building: /static/building.svg}
ALLOWED_OCI_ARTIFACT_TYPES: {application/vnd.oci.image.config.v1+json: [text/spdx]}
API_VERSION: v1
FEATURE_OF_TOMORROW: true
`;

test.describe("axe finds nothing", () => {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(colorScheme, () => {
      test.use({ colorScheme });

      test.describe("a configuration with something in every section", () => {
        test.use({
          settings: {
            prepare: async (configDir) => {
              await mkdir(configDir);
              await writeFile(join(configDir, "config.yaml"), FULL);
              const authority = await Authority.create(configDir, "Example CA");
              const { certificate, key } = await authority.sign("other.example.com", "20200101000000Z", "20210101000000Z");
              await writeFile(join(configDir, "ssl.cert"), await readFile(certificate));
              await writeFile(join(configDir, "ssl.key"), await readFile(key));
              await mkdir(join(configDir, "extra_ca_certs"));
              await writeFile(join(configDir, "extra_ca_certs", "ca.crt"), await readFile(authority.certificate));
            },
          },
        });

        test(`on the overview and every section in ${colorScheme}`, async ({ editor: page }) => {
          test.setTimeout(400_000);
          const found: Violations = {};
          for (const path of await navigation(page)) {
            await open(page, path);
            await unfold(page);
            await look(page, found);
          }
          expect(found).toEqual({});
        });

        test(`on the dialogues in ${colorScheme}`, async ({ editor: page }) => {
          const found: Violations = {};
          for (const path of ["/review", "/discard"]) {
            await open(page, path);
            await expect(page.getByRole("dialog")).toBeVisible();
            await look(page, found);
          }
          expect(found).toEqual({});
        });

        test.describe("a narrow screen", () => {
          test.use({ viewport: { width: 390, height: 844 } });

          test(`on the overview, the database, storage and the dialogue in ${colorScheme} on a narrow screen`, async ({ editor: page }) => {
            const found: Violations = {};
            for (const path of ["/", "/section/database", "/section/storage", "/review"]) {
              await open(page, path);
              await unfold(page);
              await look(page, found);
            }
            expect(found).toEqual({});
          });
        });
      });

      test.describe("pages without a draft", () => {
        test.use({ provoked: /status of 401|status of 404/ });

        test(`on the log-in page, with a message too, and on a page that is not there in ${colorScheme}`, async ({ page }) => {
          const found: Violations = {};
          await page.goto("/login");
          await look(page, found);
          await page.getByLabel("Username").fill(USER);
          await page.getByLabel("Password").fill("wrong");
          await page.getByRole("button", { name: "Log in" }).click();
          await expect(page.getByRole("alert")).toBeVisible();
          await look(page, found);
          await page.goto("/no-such-page");
          await expect(page.getByRole("heading", { level: 1, name: "There is no such page" })).toBeVisible();
          await look(page, found);
          expect(found).toEqual({});
        });
      });
    });
  }
});

test.describe("a narrow screen", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("no page scrolls sideways", async ({ editor: page }) => {
    test.setTimeout(90_000);
    for (const path of [...(await navigation(page)), "/review", "/discard", "/login"]) {
      await page.goto(path);
      await unfold(page);
      // The page itself and whatever scrolls it: the parts that scroll sideways on purpose are inside.
      const wide = await page.evaluate(() =>
        [document.documentElement, document.body, ...document.querySelectorAll("main, main *")]
          .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
          .filter((element) => element.closest(".scroll, .pf-v6-screen-reader") === null)
          .map((element) => `${element.tagName} ${element.className} ${element.id}`),
      );
      expect.soft(wide, path).toEqual([]);
      const { content, frame } = await page.evaluate(() => ({
        content: Math.max(document.documentElement.scrollWidth, document.querySelector("main")?.scrollWidth ?? 0),
        frame: window.innerWidth,
      }));
      expect.soft(content, path).toBeLessThanOrEqual(frame);
    }
  });

  test("the navigation can be reached and left", async ({ editor: page }) => {
    await open(page, "/");
    await page.getByRole("link", { name: "Sections" }).click();
    const navigation = page.getByRole("navigation", { name: "Configuration" });
    await expect(navigation.getByRole("link", { name: "Server and TLS" })).toBeInViewport();
    await navigation.getByRole("link", { name: "Registry storage" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Registry storage" })).toBeInViewport();
  });
});

test.describe("with the keyboard alone", () => {
  const press = (page: Page, key: string) => page.keyboard.press(key);

  /** Presses Tab until the focus is there, as long as that takes a patient person. */
  async function tabTo(page: Page, id: string): Promise<void> {
    const steps: string[] = [];
    while (steps.at(-1) !== id) {
      expect(steps.length, `the way to ${id} went over ${steps.join(" ")}`).toBeLessThan(40);
      await press(page, "Tab");
      steps.push(await page.evaluate(() => document.activeElement?.id ?? ""));
    }
  }

  test("one logs in", async ({ page }) => {
    await page.goto("/login");
    await press(page, "Tab");
    await expect(page.getByLabel("Username")).toBeFocused();
    await page.keyboard.type(USER);
    await press(page, "Tab");
    await page.keyboard.type(PASSWORD);
    await press(page, "Enter");
    await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  });

  test("one skips the navigation, turns a switch and changes a field", async ({ editor: page }) => {
    await open(page, "/section/email");
    await press(page, "Tab");
    const skip = page.getByRole("link", { name: "Skip to the page's content" });
    await expect(skip).toBeFocused();
    await expect(skip).toBeInViewport();
    await press(page, "Enter");
    await expect(page.getByRole("main")).toBeFocused();
    await tabTo(page, "FEATURE_MAILING");
    await press(page, "Space");
    await expect(page.getByRole("switch", { name: "Send e-mail" })).toBeChecked();
    await tabTo(page, "MAIL_SERVER");
    await page.keyboard.type("mail.example.com");
    await saved(page);
    await page.reload();
    await expect(field(page, "MAIL_SERVER")).toHaveValue("mail.example.com");
  });

  test("one chooses the kind of database and where TLS ends with the arrows", async ({ editor: page }) => {
    await open(page, "/section/server");
    await press(page, "Tab");
    await press(page, "Enter");
    await tabTo(page, "SERVER_HOSTNAME");
    await tabTo(page, "PREFERRED_URL_SCHEME-0");
    await press(page, "ArrowDown");
    await expect(page.getByRole("radio", { name: "The load balancer handles TLS" })).toBeChecked();
    await saved(page);
    await open(page, "/section/database");
    await press(page, "Tab");
    await press(page, "Enter");
    await tabTo(page, "DB_URI-kind-0");
    await press(page, "ArrowRight");
    await expect(page.getByRole("radio", { name: "MySQL" })).toBeChecked();
  });

  test("one stays in the dialogue until it is answered", async ({ editor: page }) => {
    await open(page, "/discard");
    const seen = new Set<string>();
    for (let step = 0; step < 6; step += 1) {
      await press(page, "Tab");
      seen.add(await page.evaluate(() => document.activeElement?.textContent ?? ""));
    }
    const behind = ["Log out", "Validate Configuration Changes", "Overview"];
    expect([...seen].filter((text) => behind.includes(text.trim()))).toEqual([]);
    expect([...seen]).toContain("Keep it");
  });
});
