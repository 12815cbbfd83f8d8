/**
 * One of two ranks that do a single task apart, which rank 0 takes: its argument says whether it
 * throws or stops in it, once it has heard that rank 1 has ended.
 */
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { workApart } from "../../src/distributed/work_apart.ts";
import { exitNow } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";

const [deed] = Deno.args;

async function run(): Promise<void> {
  await start();
  await using group = await ProcessGroup.open(readPlace((name) => Deno.env.get(name))!, {
    device: "cpu",
    timeoutSeconds: 60,
  });
  const { rank } = group.place;
  if (rank === 1) { while (await group.told("taken") === null); }
  const hasOtherEnded = async () => (await group.told("apart/1/1"))?.includes("finished");
  const stop = new AbortController();
  const isDone = await workApart(group, {
    tasks: [0],
    work: async () => {
      await group.tell("taken", "by rank 0");
      while (!await hasOtherEnded());
      if (deed === "throws") throw new Error("task failed");
      stop.abort();
      return false;
    },
    stop: stop.signal,
    beatMs: 500,
  });
  console.log(`isDone ${isDone}`);
}

try {
  await run();
} catch (error) {
  console.error((error as Error).message);
  exitNow(1);
}
