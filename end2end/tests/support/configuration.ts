// What a draft would be as a file, at any moment.
import type { Page } from "@playwright/test";
import { join } from "node:path";
import { downloadAndUnpack, type Configuration } from "./archive";
import { validate } from "./fill";

/** The configuration as it would be downloaded now, errors or not. */
export async function configuration(page: Page, folder: string, name = "unpacked"): Promise<Configuration> {
  await validate(page);
  await page.getByRole("dialog").getByRole("checkbox").check();
  return (await downloadAndUnpack(page, join(folder, name))).configuration();
}
