import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import { readModelFile } from "../../src/model/model_file.ts";
import { trainEvents, WaitingEvents } from "../../src/training/train_events.ts";
import type { TrainEvent } from "../../src/training/train_event.ts";
import type { NewRun } from "../../src/training/train_options.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

async function withRun(test: (options: NewRun) => Promise<void>): Promise<void> {
  await using folder = await TemporaryFolder.make();
  const data = join(folder.path, "set");
  await writeTinySet(data, { triplets: 16 });
  const sizes = { imageSize: 16, batchSize: 8, trainTriplets: 16, epochs: 2, dimension: 8 };
  await test({ ...sizes, data, out: join(folder.path, "run") });
}

const steps = ["step", "step"] as const;

Deno.test("trainEvents() gives what onEvent is given, in its order, to the end", () =>
  withRun(async (options) => {
    const heard: TrainEvent[] = [];
    const given: TrainEvent[] = [];
    for await (const event of trainEvents({ ...options, onEvent: (event) => heard.push(event) })) {
      given.push(event);
    }
    assert.deepEqual(given, heard);
    const epoch = [...steps, "saved", "epoch"];
    assert.deepEqual(given.map(({ type }) => type), ["start", ...epoch, ...epoch, "end"]);
  }));

Deno.test("trainEvents() that is left has saved the run and freed its folder by then", () =>
  withRun(async (options) => {
    for await (const { type } of trainEvents(options)) {
      if (type === "step") break;
    }
    const { info } = await readModelFile(join(options.out, "checkpoint"));
    assert.ok(info.state!.steps >= 1 && info.state!.epoch === 1);
    const types: string[] = [];
    for await (const event of trainEvents({ resume: join(options.out, "checkpoint") })) {
      types.push(event.type);
    }
    assert.equal(types.at(-1), "end");
  }));

Deno.test("trainEvents() ends with an event that says so when the signal stops it", () =>
  withRun(async (options) => {
    const controller = new AbortController();
    const ends: boolean[] = [];
    for await (const event of trainEvents({ ...options, signal: controller.signal })) {
      if (event.type === "step") controller.abort();
      if (event.type === "end") ends.push(event.finished);
    }
    assert.deepEqual(ends, [false]);
  }));

Deno.test("trainEvents() throws what train() throws", () =>
  withRun(async (options) => {
    await assert.rejects(
      Array.fromAsync(trainEvents({ ...options, batchSize: 0 })),
      /`batchSize` is 0/,
    );
    const signal = AbortSignal.abort(new Error("not now"));
    await assert.rejects(Array.fromAsync(trainEvents({ ...options, signal })), /not now/);
  }));

Deno.test("WaitingEvents leaves out the oldest steps that nobody took, and nothing else", async () => {
  const waiting = new WaitingEvents(3);
  const event = (type: TrainEvent["type"], batch = 0) => ({ type, batch }) as unknown as TrainEvent;
  waiting.add(event("start"));
  for (let batch = 1; batch <= 5; batch++) waiting.add(event("step", batch));
  waiting.add(event("saved"));
  waiting.end();
  const taken: unknown[] = [];
  for (let next = await waiting.next(); next !== null; next = await waiting.next()) {
    taken.push(next);
  }
  assert.deepEqual(taken, [
    event("start"),
    ...[3, 4, 5].map((batch) => event("step", batch)),
    event("saved"),
  ]);
});

Deno.test("WaitingEvents.next() waits for an event and for the end", async () => {
  const waiting = new WaitingEvents(3);
  const first = waiting.next();
  waiting.add({ type: "saved", path: "a" });
  assert.deepEqual(await first, { type: "saved", path: "a" });
  const last = waiting.next();
  waiting.end();
  assert.equal(await last, null);
});
