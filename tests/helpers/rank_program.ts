/**
 * One of the processes that supervise_program.ts starts: rank_program.ts FOLDER JOB... It writes
 * FOLDER/<rank>.json, which says who it is, then does the job of its rank; the last one is that of
 * all further ranks.
 */
import { CsnError } from "../../src/base/errors.ts";
import { failureLine } from "../../src/cli/failure_line.ts";
import { Interruption } from "../../src/cli/interruption.ts";
import { partOf } from "../../src/cli/processes/process_options.ts";
import { exists } from "../../src/files/exists.ts";
import { join } from "../../src/files/paths.ts";
import { writeWhole } from "../../src/files/write_whole.ts";

const [folder, ...jobs] = Deno.args;
const part = partOf({});
const { rank } = (part as { place: { rank: number } }).place;
const job = jobs[Math.min(rank, jobs.length - 1)];
const interruption = new Interruption(() => {});
if (job === "stay in spite of signals") {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(name, () => {});
  }
}
await writeWhole(
  join(folder, `${rank}.json`),
  JSON.stringify({ pid: Deno.pid, part, job, env: Deno.env.toObject(), args: Deno.args }),
);
// Who ends at once must not do so before the others can be asked to end.
const others = Number(Deno.env.get("WORLD_SIZE"));
for (let other = 0; other < others; other++) {
  while (!await exists(join(folder, `${other}.json`))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const forever = () => new Promise<never>(() => setInterval(() => {}, 1000));

switch (job) {
  case "speak":
    console.log(`rank ${rank} on standard output`);
    console.error("on standard error");
    Deno.stderr.writeSync(new TextEncoder().encode("without an end"));
    break;
  case "fail":
    console.error(failureLine(new CsnError("what the user asked for is not there"), false));
    Deno.exit(2);
    break;
  case "wait": {
    // As training does: it ends in order when it is asked to.
    const { signal } = interruption;
    const held = setInterval(() => {}, 1000);
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    }
    clearInterval(held);
    console.error(`ended with ${interruption.exitCode}`);
    Deno.exit(interruption.exitCode!);
    break;
  }
  case "die":
    Deno.kill(Deno.pid, "SIGKILL");
    await forever();
    break;
  case "stay in spite of signals":
    await forever();
}
interruption[Symbol.dispose]();
