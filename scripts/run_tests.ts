/**
 * Runs every test of csn, `deno run scripts/run_tests.ts [files...]`, and ends with the plain line
 * `N passed, N failed`, as the tests themselves counted.
 */
const permissions = [
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-ffi",
  "--allow-net",
  "--allow-sys",
  "--allow-run",
];

const child = new Deno.Command("deno", {
  args: ["test", ...permissions, "--preload", "tests/preload.ts", ...Deno.args],
  cwd: new URL("..", import.meta.url),
  stdin: "null",
  stdout: "piped",
  stderr: "inherit",
}).spawn();

/** The last text that came, in which Deno's summary stands. */
let tail = "";
const decoder = new TextDecoder();
for await (const chunk of child.stdout) {
  await Deno.stdout.write(chunk);
  tail = (tail + decoder.decode(chunk, { stream: true })).slice(-4000);
}
const { code } = await child.status;

// deno-lint-ignore no-control-regex
const plain = tail.replace(/\x1b\[[0-9;]*m/g, "");
const summary = /\| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?:[^\n]*?\| (\d+) ignored)?/
  .exec(plain);
const [passed, failed, skipped] = summary === null
  ? [0, 1, 0]
  : summary.slice(1).map((n) => Number(n ?? 0));
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
Deno.exit(code !== 0 ? code : summary === null ? 1 : 0);
