// Measures a release program as a whole: node measure.mjs PROGRAM [RUNS]
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = resolve(process.argv[2] ?? "target/release/quay-console");
const runs = Number(process.argv[3] ?? 15);
const good = join(dirname(fileURLToPath(import.meta.url)), "../server/tests/fixtures/good.yaml");

function spread(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const round = (number) => number.toFixed(1);
  return `${round(sorted[0])} / ${round(sorted[Math.floor(sorted.length / 2)])} / ${round(sorted.at(-1))}`;
}

const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

/** Starts the program, waits for its address and for /ready. */
async function start(folder) {
  const from = performance.now();
  const child = spawn(program, ["config", "pw", "--data-dir", folder, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await new Promise((done) => createInterface({ input: child.stdout }).once("line", (...all) => done(all)));
  const base = line.split(" ").at(-1);
  await fetch(`${base}/ready`);
  return { child, base, milliseconds: performance.now() - from };
}

async function stop(child) {
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  await ended;
}

const first = [];
const again = [];
const idle = [];
const used = [];
for (let run = 0; run < runs; run += 1) {
  const folder = mkdtempSync(join(tmpdir(), "quay-console-measure-"));
  const one = await start(folder);
  first.push(one.milliseconds);
  idle.push(memory(one.child.pid));
  const form = new URLSearchParams({ user: "quayconfig", password: "pw" });
  const answer = await fetch(`${one.base}/login`, { method: "POST", body: form, redirect: "manual" });
  const cookie = answer.headers.get("set-cookie").split(";")[0];
  for (let page = 0; page < 20; page += 1) {
    await (await fetch(`${one.base}/section/database`, { headers: { cookie } })).text();
  }
  used.push(memory(one.child.pid));
  await stop(one.child);
  const two = await start(folder);
  again.push(two.milliseconds);
  await stop(two.child);
  rmSync(folder, { recursive: true });
}
const validate = [];
for (let run = 0; run < runs + 1; run += 1) {
  const from = performance.now();
  const done = spawnSync(program, ["validate", "--offline", good]);
  if (done.status !== 0) throw new Error(`validate ended with ${done.status}`);
  // The first run warms the file cache.
  if (run > 0) validate.push(performance.now() - from);
}
console.log(`program: ${(statSync(program).size / 1e6).toFixed(1)} MB; ${runs} runs, min / median / max`);
console.log(`first start to ready, ms:  ${spread(first)}`);
console.log(`start again to ready, ms:  ${spread(again)}`);
console.log(`idle memory, MiB:          ${spread(idle)}`);
console.log(`after log-in, 20 pages:    ${spread(used)}`);
console.log(`validate as a process, ms: ${spread(validate)}`);
