// Takes pictures of pages: node screens.mjs OUT_DIR BASE PASSWORD PATH...
import { chromium } from "@playwright/test";
import { launch } from "./browser.mjs";

const [out, base, password, ...paths] = process.argv.slice(2);
const browser = await chromium.launch(launch);
for (const width of [1280, 390]) {
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && console.log(message.text()));
    page.on("pageerror", (error) => console.log("page error:", error.message));
    await page.goto(`${base}/login`);
    if (paths.includes("/login")) await page.screenshot({ path: `${out}/login-${width}-${colorScheme}.png`, fullPage: true });
    await page.getByLabel("Username").fill("quayconfig");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Log in" }).click();
    for (const path of paths.filter((path) => path !== "/login")) {
      await page.goto(base + path, { waitUntil: "networkidle" });
      const name = path.replaceAll("/", "-").replace(/^-/, "") || "overview";
      await page.screenshot({ path: `${out}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
    await context.close();
  }
}
await browser.close();
