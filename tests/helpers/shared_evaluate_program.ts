/**
 * One rank of several that evaluate together triplets of the first of two notions; prints whether the
 * second one's accuracy and loss are NaN, as those of nothing are.
 */
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { evaluate } from "../../src/model/evaluate.ts";
import { exitNow } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";
import type { Triplets } from "../../src/sets/triplets.ts";
import { tinySetting, tinyShape } from "./tiny_setting.ts";

async function run(): Promise<void> {
  await start({ threads: 1 });
  await using group = await ProcessGroup.open(readPlace((name) => Deno.env.get(name))!, {
    device: "cpu",
    timeoutSeconds: 60,
  });
  const { setting, made } = tinySetting();
  using _made = made;
  const triplets = {
    images: Uint32Array.of(0, 1, 2, 3, 4, 5),
    notion: Uint8Array.of(0, 0),
    notions: tinyShape.notions,
  } as unknown as Triplets;
  const { normalisation } = setting;
  const options = { split: "val", normalisation, margin: 0.2, group } as const;
  const { notions } = await evaluate(setting.network, setting.pack, triplets, options);
  console.log(
    JSON.stringify(notions.map(({ accuracy, loss }) => [accuracy, loss].map(Number.isNaN))),
  );
}

try {
  await run();
} catch (error) {
  console.error((error as Error).stack);
  exitNow(1);
}
