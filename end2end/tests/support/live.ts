// When a page is alive: the browser's program has loaded and its last island answers to clicks.
import { expect, type Page } from "@playwright/test";

declare global {
  interface Window {
    isLive?: boolean;
  }
}

/**
 * Runs before a page's own scripts. Islands come to life in the order of the page; the last one is
 * the draft's state at the foot, whose button is then given its listener.
 */
export function noteHydration(): void {
  const original = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (this: EventTarget, ...args) {
    if (args[0] === "click" && this instanceof HTMLButtonElement && this.closest(".foot") !== null) {
      window.isLive = true;
    }
    original.apply(this, args);
  };
}

/** Waits until fields can be edited. */
export async function live(page: Page): Promise<void> {
  await page.waitForFunction(() => window.isLive === true);
}

/** Opens a page of the editor and waits until fields can be edited. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await live(page);
}

/** Goes to a section through the navigation, as a person does. */
export async function goTo(page: Page, section: string): Promise<void> {
  await navigationLink(page, section).click();
  await expect(page.getByRole("heading", { level: 1, name: section, exact: true })).toBeVisible();
  await live(page);
}

export function navigationLink(page: Page, section: string) {
  return page.getByRole("navigation", { name: "Configuration" }).getByRole("link", { name: section });
}

/** A field by its path, which is its id. */
export function field(page: Page, path: string) {
  return page.locator(`[id="${path}"]`);
}

/** What the page says beside a field. */
export function messages(page: Page, path: string) {
  return page.locator(`[id="${path}-messages"]`);
}

export function draftState(page: Page) {
  return page.locator(".foot").getByRole("status");
}

/** Waits until everything typed has reached the server. */
export async function saved(page: Page): Promise<void> {
  await expect(draftState(page)).toHaveText(/^Draft saved /);
}

/** Enters a secret that is hidden behind a button. */
export async function enterSecret(page: Page, path: string, secret: string): Promise<void> {
  const frame = page.locator(`[id="${path}-frame"]`);
  await frame.getByRole("button", { name: /^(Set|Replace) / }).click();
  await expect(field(page, path)).toBeFocused();
  await field(page, path).fill(secret);
}

/** Turns a switch with the mouse: its drawn part lies over the control itself. */
export async function turn(page: Page, name: string, to: "on" | "off"): Promise<void> {
  const control = page.getByRole("switch", { name: new RegExp(`^${name}( \\(required\\))?$`) });
  await expect(control).toBeChecked({ checked: to === "off" });
  await page.locator("label").filter({ has: control }).click();
  await expect(control).toBeChecked({ checked: to === "on" });
}
