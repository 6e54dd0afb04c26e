// Measures what a keystroke costs on the section with the most fields, every key set:
// node keystroke.mjs PROGRAM [KEYSTROKES]
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { launch } from "./browser.mjs";

const program = resolve(process.argv[2] ?? "target/release/quay-console");
const keystrokes = Number(process.argv[3] ?? 300);
const here = dirname(fileURLToPath(import.meta.url));
const schema = JSON.parse(readFileSync(join(here, "../docs/reference/config.schema.json"), "utf8"));

/** A value that the schema takes, with everything in it set. */
function sample(schema) {
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  if (schema.enum) return schema.enum.find((value) => value !== null);
  if (schema.const !== undefined) return schema.const;
  const one = schema.anyOf ?? schema.oneOf;
  if (one) return sample(one[0]);
  const types = [schema.type].flat().filter((type) => type && type !== "null");
  if (types.includes("object")) {
    const properties = Object.entries(schema.properties ?? {});
    return Object.fromEntries(properties.map(([name, inner]) => [name, sample(inner)]));
  }
  if (types.includes("array")) {
    if (schema.prefixItems) return schema.prefixItems.map(sample);
    return schema.items ? [sample(schema.items)] : [];
  }
  if (types.includes("boolean")) return true;
  if (types.includes("integer") || types.includes("number")) return 7;
  return "value";
}

const folder = mkdtempSync(join(tmpdir(), "quay-console-keystroke-"));
mkdirSync(join(folder, "config"));
const config = sample({ type: "object", properties: schema.properties });
// Of the targets for logs, one that has fields of its own.
config.LOGS_MODEL = "elasticsearch";
// JSON is YAML, save for numbers such as 1e21, of which there are none.
writeFileSync(join(folder, "config/config.yaml"), JSON.stringify(config, null, 1));
const child = spawn(
  program,
  ["config", "pw", "--data-dir", join(folder, "data"), "--config-dir", join(folder, "config"), "--listen", "127.0.0.1:0"],
  { stdio: ["ignore", "pipe", "inherit"] },
);
const [line] = await new Promise((done) => createInterface({ input: child.stdout }).once("line", (...all) => done(all)));
const base = line.split(" ").at(-1);
const browser = await chromium.launch(launch);
try {
  const page = await browser.newPage({ baseURL: base });
  await page.goto("/login");
  await page.getByLabel("Username").fill("quayconfig");
  await page.getByLabel("Password").fill("pw");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL("/");
  const sections = await page.locator("nav a[href^='/section/']").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  const counted = [];
  for (const section of sections) {
    await page.goto(section);
    counted.push([await page.locator(".field:not(form)").count(), section]);
  }
  counted.sort((a, b) => b[0] - a[0]);
  const [fields, section] = counted[0];
  await page.goto(section, { waitUntil: "networkidle" });
  const times = await page.evaluate(async (keystrokes) => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    const inputs = [...document.querySelectorAll(".field:not(form) input[type=text]")];
    const input = inputs.find((input) => input.checkVisibility()) ?? inputs[0];
    const times = [];
    for (let at = 0; at < keystrokes; at += 1) {
      input.value = `${input.value.slice(0, 20)}${at % 10}`;
      const from = performance.now();
      input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      // What follows from it runs in microtasks; a message comes after all of them.
      await new Promise((done) => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(null);
      });
      // Style and layout belong to it.
      document.body.offsetHeight;
      times.push(performance.now() - from);
    }
    return times.sort((a, b) => a - b);
  }, keystrokes);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
  console.log(`${Object.keys(config).length} top-level keys set; ${section} has the most fields, ${fields}`);
  console.log(`${times.length} keystrokes, ms: median ${at(0.5)}, 95th percentile ${at(0.95)}, longest ${at(1)}`);
} finally {
  await browser.close();
  child.kill("SIGTERM");
  rmSync(folder, { recursive: true });
}
