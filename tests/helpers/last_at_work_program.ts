/**
 * One of several ranks that do a single task apart: last_at_work_program.ts DEED TAKER. The rank
 * TAKER has the task, and ends it by the deed once it has heard that all others have ended.
 */
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { workApart } from "../../src/distributed/work_apart.ts";
import { exitNow } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";

const [deed, taker] = Deno.args;

async function run(): Promise<void> {
  await start();
  await using group = await ProcessGroup.open(readPlace((name) => Deno.env.get(name))!, {
    device: "cpu",
    timeoutSeconds: 60,
  });
  const { rank, world } = group.place;
  const isTaker = rank === Number(taker);
  if (!isTaker) { while (await group.told("taken") === null); }
  const stop = new AbortController();
  let isTakerAlone = false;
  let times = 0;

  /** Says that this rank has told its end and heard of the others, each time that it has. */
  async function sayEnded(): Promise<void> {
    const told = await group.told(`apart/1/${rank}`);
    if (told?.includes("finished")) await group.tell(`ended/${rank}`, String(++times));
  }

  async function work(_task: number, signal: AbortSignal): Promise<boolean> {
    await group.tell("taken", "yes");
    const others = Array.from({ length: world }, (_, other) => `ended/${other}`)
      .filter((_, other) => other !== rank);
    for (const key of others) while (await group.told(key) === null);
    // The last of them has just heard of all, so it is the last to hear of this one's end.
    const before = await group.told(others.at(-1)!);
    while (await group.told(others.at(-1)!) === before);
    await group.tell("alone", "yes");
    if (deed === "throws") throw new Error("task failed");
    if (deed === "stops") stop.abort();
    else while (!signal.aborted) await group.told("nothing");
    return false;
  }

  const working = workApart(group, {
    tasks: [0],
    work,
    stop: stop.signal,
    // The last rank must not hear of all in the moment in which the others do.
    ...rank === world - 1 ? { beatMs: 2500 } : {},
    onDone: () => {
      if (isTakerAlone && deed === "hears that the other cannot report") {
        throw new Error("report failed");
      }
      if (!isTaker) sayEnded().catch(() => {});
    },
  });
  if (!isTaker) {
    while (await group.told("alone") === null);
    isTakerAlone = true;
    if (deed === "is stopped by the other") stop.abort();
  }
  console.log(`isDone ${await working}`);
}

try {
  await run();
} catch (error) {
  console.error((error as Error).message);
  exitNow(1);
}
