/**
 * One rank of a process group: does what its argument names, or one thing after the other where it
 * names several ("sum,gather"), prints what it found as JSON, or a list of that, and ends with 1 and
 * the error's message when that fails. A second argument is the time limit in seconds, a third the
 * device.
 */
import { allOrNone } from "../../src/distributed/all_or_none.ts";
import { ProcessGroup } from "../../src/distributed/process_group.ts";
import { readPlace } from "../../src/distributed/read_place.ts";
import { exitNow } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";
import { multiply, sum, toDevice } from "../../src/tensor/operators.ts";
import { scope } from "../../src/tensor/scope.ts";
import { Tensor } from "../../src/tensor/tensor.ts";

const [what, seconds = "60", device = "cpu"] = Deno.args;

const deeds: Record<string, (group: ProcessGroup) => Promise<unknown>> = {
  async broadcast(group) {
    const { place } = group;
    // Channels last: what lies in memory is sent, not what comes in C order.
    using one = here(Tensor.from(counted(12, place.rank), { shape: [1, 2, 2, 3] }));
    using count = here(Tensor.from([BigInt(place.rank + 7)]));
    await group.broadcast([one, count]);
    return [one.toArray(), count.toArray().map(Number)];
  },
  async gather(group) {
    const { place } = group;
    // No row of rank 0, one of rank 1, two of rank 2.
    const shape = [place.rank, 2];
    using rows = here(Tensor.from(counted(2 * place.rank, place.rank), { shape }));
    using all = await group.gatherRows(rows);
    return {
      shape: all.shape,
      rows: all.toArray(),
      texts: await group.gatherTexts(`é${place.rank}`),
    };
  },
  async sum(group) {
    return [...await group.sum([group.place.rank, 0.1, 2 ** 40])];
  },
  // Tells, hears the others after all have told, and takes three numbers.
  async tell(group) {
    const { rank, world } = group.place;
    const before = await group.told("nothing");
    await group.tell(`from/${rank}`, "first");
    await group.tell(`from/${rank}`, `é${rank}`);
    await group.barrier();
    const ranks = Array.from({ length: world }, (_, i) => i);
    const heard = await Promise.all(ranks.map((each) => group.told(`from/${each}`)));
    const counts: number[] = [];
    for (let i = 0; i < 3; i++) counts.push(await group.count("counter"));
    return { before, heard, counts };
  },
  async backward(group) {
    return await gradients(group);
  },
  // Rank 1 fails while rank 0 makes ready for longer than the others wait.
  async failAlone(group) {
    return await allOrNone(group, async () => {
      if (group.place.rank === 1) throw new Error("there is no such set");
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    });
  },
  // Sums until another rank is gone; rank 1 says when it does so, and stops there if it is to hang.
  async sumForEver(group) {
    for (let i = 0;; i++) {
      if (i === 20) console.log("summing");
      await group.sum([1]);
      if (group.place.rank === 1 && i === 100 && Deno.env.get("CSN_TEST_WORDS")) {
        await group.sayLastWords("the disk is full");
        exitNow(1);
      }
      if (group.place.rank === 1 && i === 100 && Deno.env.get("CSN_TEST_HANG")) {
        console.log("hanging");
        await new Promise((resolve) => setTimeout(resolve, 600_000));
      }
    }
  },
};

/** Gradients of a sum of squares of unlike size on each rank, of three parameters of which two count. */
async function gradients(group: ProcessGroup): Promise<unknown> {
  const { rank, world } = group.place;
  const size = 1_500_000;
  using large = leaf(Float64Array.from({ length: size }, (_, i) => i % 7));
  using small = leaf(Float64Array.of(1, 2));
  using unused = leaf(Float64Array.of(3));
  using loss = scope(() => {
    const scaled = multiply(multiply(large, large), rank + 1);
    return sum(multiply(scaled, sum(multiply(small, small))));
  });
  const share = (rank + 1) / (world * (world + 1) / 2);
  const numbers = await group.backward(loss, [large, small, unused], {
    share,
    numbers: [rank, 0.25],
  });
  using ofLarge = large.grad()!;
  using ofSmall = small.grad()!;
  return {
    large: (await ofLarge.dataAsync()).slice(0, 14),
    last: Number((await ofLarge.dataAsync()).at(-1)),
    small: ofSmall.toArray(),
    unused: unused.grad() === null,
    numbers: [...numbers],
  };
}

/** The tensor on the device of this rank. */
function here(tensor: Tensor): Tensor {
  return toDevice(tensor, device);
}

function leaf(data: Float64Array<ArrayBuffer>): Tensor {
  const tensor = here(Tensor.from(data));
  tensor.requiresGrad = true;
  return tensor;
}

function counted(length: number, first: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, (_, i) => 100 * first + i);
}

async function run(): Promise<void> {
  await start();
  await using group = await ProcessGroup.open(readPlace((name) => Deno.env.get(name))!, {
    device,
    timeoutSeconds: Number(seconds),
    evenAlone: true,
  });
  const each: unknown[] = [];
  for (const name of what.split(",")) each.push(await deeds[name](group));
  const found = each.length === 1 ? each[0] : each;
  const plain = (_: string, each: unknown) =>
    ArrayBuffer.isView(each) ? [...each as Float64Array] : each;
  console.log(JSON.stringify(found, plain));
}

try {
  await run();
} catch (error) {
  console.error((error as Error).message);
  exitNow(1);
}
