/** Supervises a program of a test: supervise_program.ts COUNT GRACE_MS PROGRAM ARGUMENTS... */
import { supervise } from "../../src/cli/processes/supervise.ts";
import { CsnError } from "../../src/base/errors.ts";

const [count, graceMs, program, ...args] = Deno.args;
try {
  Deno.exitCode = await supervise({
    count: Number(count),
    graceMs: Number(graceMs),
    args: ["run", "-A", "--quiet", program, ...args],
    show: (line) => console.error(line),
  });
} catch (error) {
  if (!(error instanceof CsnError)) throw error;
  console.error(`error: ${error.message}`);
  Deno.exitCode = error.exitCode;
}
