// Starts and stops the program under test, and gives every test one of its own.
import { test as base, expect, type Page } from "@playwright/test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { noteHydration } from "./live";

export const USER = "quayconfig";
export const PASSWORD = "correct horse";

/** Ports for each worker's consoles, apart from those people use by hand. */
const PORT_FIRST = 8101;
const PORTS_PER_WORKER = 10;
/** A debug build on a busy machine takes a moment to open its database. */
const START_MS_MAX = 10_000;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

async function freePort(worker: number): Promise<number> {
  const first = PORT_FIRST + (worker % 2) * PORTS_PER_WORKER;
  for (let port = first; port < first + PORTS_PER_WORKER; port += 1) {
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${first} on`);
}

/** What a test asks of its console. */
export interface Settings {
  /** Makes the folder for `--config-dir` before the start; the folder is `config` in the test's own. */
  prepare?: (configDir: string) => Promise<void>;
}

/** One console with its own data. */
export class Console {
  readonly dataDir: string;
  readonly configDir: string;
  private process: ChildProcess | undefined;
  private stderr = "";

  constructor(
    readonly port: number,
    readonly folder: string,
    private readonly withConfigDir: boolean,
  ) {
    this.dataDir = join(folder, "data");
    this.configDir = join(folder, "config");
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the program and waits until it says that it is ready. */
  async start(password = PASSWORD): Promise<void> {
    const program = process.env.QUAY_CONSOLE_BIN;
    if (program === undefined) throw new Error("QUAY_CONSOLE_BIN must name the program to test");
    const args = ["config", "--listen", `127.0.0.1:${this.port}`, "--data-dir", this.dataDir];
    if (this.withConfigDir) args.push("--config-dir", this.configDir);
    // Nothing of the tester's own settings may reach the program, and no password its list of processes.
    const environment = { PATH: process.env.PATH, QUAY_CONSOLE_PASSWORD: password };
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: environment });
    this.process = child;
    child.stderr.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    const lines = createInterface({ input: child.stdout });
    const ready = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not ready in time:\n${this.stderr}`)), START_MS_MAX);
      lines.on("line", (line) => {
        if (!line.startsWith("quay-console is ready at ")) return;
        clearTimeout(timer);
        resolve(line);
      });
      child.once("exit", (code) => {
        clearTimeout(timer);
        reject(new Error(`ended with ${code} before it was ready:\n${this.stderr}`));
      });
    });
    expect(await ready).toBe(`quay-console is ready at ${this.url}`);
  }

  /** Asks the program to end, and sees that it does so in order. */
  async stop(): Promise<void> {
    const child = this.process;
    if (child === undefined) return;
    this.process = undefined;
    const ended = child.exitCode === null ? once(child, "exit") : Promise.resolve([child.exitCode, null]);
    child.kill("SIGTERM");
    const [code, signal] = await ended;
    expect({ code, signal }, this.stderr).toEqual({ code: 0, signal: null });
  }

  async restart(password = PASSWORD): Promise<void> {
    await this.stop();
    await this.start(password);
  }
}

interface Fixtures {
  /** Complaints of the browser that a test provokes on purpose. */
  provoked: RegExp;
  settings: Settings;
  /** A folder of the test's own, removed afterwards. */
  folder: string;
  server: Console;
  /** A page with a running session. */
  editor: Page;
}

/** Notes every complaint of the browser about a page: errors, warnings, violations of the policy. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) {
      complaints.push(`${message.type()} at ${page.url()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`page error at ${page.url()}: ${error.message}`));
  return complaints;
}

export const test = base.extend<Fixtures>({
  provoked: [/^$/, { option: true }],
  settings: [{}, { option: true }],

  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "quay-console-test-"));
    await use(folder);
    await rm(folder, { recursive: true });
  },

  server: async ({ folder, settings }, use, info) => {
    const port = await freePort(info.parallelIndex);
    const server = new Console(port, folder, settings.prepare !== undefined);
    await settings.prepare?.(server.configDir);
    await server.start();
    await use(server);
    await server.stop();
  },

  baseURL: async ({ server }, use) => use(server.url),

  page: async ({ page, provoked }, use) => {
    const complaints = complaintsOf(page);
    await page.addInitScript(noteHydration);
    await use(page);
    expect(complaints.filter((complaint) => !provoked.test(complaint))).toEqual([]);
  },

  editor: async ({ page }, use) => {
    await logIn(page);
    await use(page);
  },
});

/** Begins a session without the form, which has tests of its own. */
export async function logIn(page: Page, password = PASSWORD): Promise<void> {
  const answer = await page.request.post("/login", { form: { user: USER, password }, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
}

export { expect };
