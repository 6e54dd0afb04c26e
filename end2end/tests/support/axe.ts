// What axe complains about.
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import axe from "axe-core";

/**
 * Every rule of axe, those that are off by default too; only what WCAG asks for at level AAA is
 * left out, which this program does not claim.
 */
const RULES = Object.fromEntries(
  axe.getRules().filter((rule) => !rule.tags.includes("wcag2aaa")).map((rule) => [rule.ruleId, { enabled: true }]),
);

/** What axe complains about, and on which pages. */
export type Violations = Record<string, string[]>;

/** Adds what axe complains about on the page that is open, one line for each element. */
export async function look(page: Page, found: Violations): Promise<void> {
  const place = new URL(page.url()).pathname;
  const { violations } = await new AxeBuilder({ page }).options({ rules: RULES, resultTypes: ["violations"] }).analyze();
  for (const violation of violations) {
    for (const node of violation.nodes) {
      const check = [...node.any, ...node.all, ...node.none][0];
      const line = `${violation.id}: ${node.target.join(" ")}: ${check?.message ?? violation.help}`;
      (found[line] ??= []).push(place);
    }
  }
}
