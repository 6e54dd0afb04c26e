// Keeps of a font what these pages are written in: the rest comes from the reader's own system.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const [, , source, target] = process.argv;
const tools = createRequire(new URL('../end2end/package.json', import.meta.url));
const subset = tools('subset-font');
const range = (first, last) =>
  Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)).join('');
// Basic Latin, dashes and quotes, bullet, ellipsis, euro, arrows, mathematical minus.
const text = range(0x20, 0x7e) + range(0x2010, 0x2027) + '\u00a0\u00a9\u00b7\u00d7\u20ac\u2122\u2190\u2191\u2192\u2193\u2212';
const font = await subset(await readFile(source), text, {
  targetFormat: 'woff2',
  variationAxes: { wght: { min: 400, max: 700, default: 400 } },
});
await writeFile(target, font);
