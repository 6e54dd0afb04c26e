// What an administrator gets: the archive, unpacked and read as Quay reads it.
import { expect, type Download, type Page } from "@playwright/test";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export type Configuration = Record<string, any>;

/** Presses Download Configuration and waits for the file. */
export async function download(page: Page): Promise<Download> {
  const started = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download Configuration" }).click();
  return started;
}

export async function bytes(file: Download): Promise<Buffer> {
  return readFile(await file.path());
}

/** The files of a packed configuration, in a folder. */
export class Unpacked {
  private constructor(
    readonly folder: string,
    /** Names as the archive lists them. */
    readonly names: string[],
  ) {}

  static async from(archive: string, folder: string): Promise<Unpacked> {
    await mkdir(folder);
    await run("tar", ["--extract", "--gzip", "--preserve-permissions", "--file", archive, "--directory", folder]);
    const { stdout } = await run("tar", ["--list", "--gzip", "--file", archive]);
    return new Unpacked(folder, stdout.trim().split("\n"));
  }

  /** Permissions as a person writes them: 0600. */
  async mode(name: string): Promise<string> {
    const { mode } = await stat(join(this.folder, name));
    return `0${(mode & 0o7777).toString(8)}`;
  }

  async text(name: string): Promise<string> {
    return readFile(join(this.folder, name), "utf8");
  }

  /** `config.yaml` as PyYAML, which Quay uses, loads it. */
  async configuration(): Promise<Configuration> {
    return readYaml(join(this.folder, "config.yaml"));
  }
}

/** A YAML file as PyYAML loads it. */
export async function readYaml(path: string): Promise<Configuration> {
  const python = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
  const program = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";
  const { stdout } = await run(python, ["-c", program, path]);
  return JSON.parse(stdout) as Configuration;
}

/** Goes through the dialogue and unpacks what comes out of it. */
export async function downloadAndUnpack(page: Page, folder: string): Promise<Unpacked> {
  const file = await download(page);
  expect(file.suggestedFilename()).toBe("quay-config.tar.gz");
  return Unpacked.from(await file.path(), folder);
}
