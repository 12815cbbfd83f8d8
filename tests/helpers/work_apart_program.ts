/**
 * One rank of processes that do tasks apart. It prints "did N" for each task that it did, and what
 * came of all. The variable CSN_TEST_DEED says what the rank does that takes the last task: it
 * throws, stops, hangs, or ends while it hears that the other has ended.
 */
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { workApart } from "../../src/distributed/work_apart.ts";
import { exitNow } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";

const [seconds = "60"] = Deno.args;

async function run(): Promise<void> {
  await start();
  await using group = await ProcessGroup.open(readPlace((name) => Deno.env.get(name))!, {
    device: "cpu",
    timeoutSeconds: Number(seconds),
  });
  const { rank } = group.place;
  const stop = new AbortController();
  const asked = Deno.env.get("CSN_TEST_DEED");
  let done = 0;
  const last = 11;
  const heard = new Set<number>();
  const otherEnds = asked === "ends" ? hearingOfEnd(group) : undefined;
  const isDone = await workApart(group, {
    tasks: Array.from({ length: last + 1 }, (_, i) => i),
    work: async (task, signal) => {
      const taker = () => group.told(`took/${task}`);
      if (await taker() !== null) throw new Error(`task ${task} came twice`);
      await group.tell(`took/${task}`, String(rank));
      const deed = task === last ? asked : undefined;
      if (deed === "ends") await otherEnds;
      if (deed === "throws") throw new Error("task failed");
      if (deed === "stops") stop.abort();
      if (deed === "hangs") console.log("hanging");
      // An even task takes until the other rank has taken the next one, so each has some of them;
      // what one does at the last one, the other hears of in the one before.
      const isOver = async () =>
        asked !== undefined && task >= last - 1
          ? asked === "ends"
          : task % 2 === 1 || await group.told(`took/${task + 1}`) !== null;
      while (!signal.aborted && !await isOver()) {
        if (await taker() !== String(rank)) throw new Error(`task ${task} came twice`);
      }
      if (signal.aborted) return false;
      console.log(`did ${task}`);
      done++;
      return true;
    },
    stop: stop.signal,
    done: () => done,
    onDone: (each) => heard.add(each.reduce((sum, count) => sum + count, 0)),
    beatMs: 20,
  });
  console.log(JSON.stringify({ isDone, done, most: Math.max(...heard) }));
}

/** Resolves when the group hears of another rank's end, which it hands on only some turns later. */
function hearingOfEnd(group: ProcessGroup): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const told = group.told.bind(group);
  group.told = async (key) => {
    const text = await told(key);
    if (text?.includes("finished")) {
      resolve();
      await new Promise((later) => setTimeout(later, 0));
    }
    return text;
  };
  return promise;
}

try {
  await run();
} catch (error) {
  console.error((error as Error).message);
  exitNow(1);
}
