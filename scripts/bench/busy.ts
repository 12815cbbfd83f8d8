/** What waiting threads cost, alone and beside busy programs: csn with some spin counts, and PyTorch. */
import { spinCount } from "../../src/native/waiting_threads.ts";
import { median } from "./comparison.ts";
import { imagesOf, startEmbedPartner } from "./embed.ts";
import { Neighbours } from "./neighbours.ts";
import type { Partner } from "./partner.ts";
import type { BenchOptions } from "./setting.ts";
import { startStepPartner, stepsOf } from "./step.ts";
import { startWork, type WorkKind } from "./work_partner.ts";

/** Each computes on every processor. */
export const neighbours = 2;

/** GOMP_SPINCOUNTs: libgomp's own, csn's, and none, which is what OMP_WAIT_POLICY=passive means. */
const libgompCount = 300_000;
export const spinCounts: readonly number[] = [libgompCount, spinCount, 0];

/** One way of waiting at one piece of work. */
export interface Wait {
  /** The piece of work: "training, 32 px". */
  readonly work: string;
  /** Who did it, and how its threads wait: "csn, 20000". */
  readonly side: string;
  readonly unit: "triplets/s" | "images/s";
  /** Medians, in `unit`: alone, and beside the neighbours. */
  readonly idle: number;
  readonly busy: number;
  /** Idle speed over that of the same program with libgomp's own spin count; median of the rounds. */
  readonly kept: number;
  /**
   * Busy speed over the fair share of the same program's idle speed with libgomp's own spin count, which is
   * that of one among so many programs; median of the rounds.
   */
  readonly share: number;
  readonly rounds: number;
}

/** Speeds of one side, a round each. */
export interface Speeds {
  readonly idle: number[];
  readonly busy: number[];
}

/** A program that waits in one way. */
interface Side {
  readonly program: "csn" | "PyTorch";
  readonly spins: number;
  readonly threads: number;
  readonly partner: Partner;
  readonly speeds: Speeds;
}

/** Some work, and how a piece of it is asked for. */
interface Work {
  readonly kind: WorkKind;
  readonly name: string;
  readonly unit: Wait["unit"];
  readonly size: number;
  readonly request: Readonly<Record<string, number>>;
  /** Triplets or images of a piece. */
  readonly amount: number;
}

/** How long a side works in a round, alone and, since it gets less of the machine, beside the neighbours. */
const idleSeconds = 5;
const busySeconds = 15;

/** A piece is short, since it can take very long beside the neighbours. */
const piecesAlone = 10;

/** Measures training and embedding at the largest and the smallest size. */
export async function measureWaits(options: BenchOptions): Promise<Wait[]> {
  const found: Wait[] = [];
  for (const size of new Set([Math.min(...options.sizes), Math.max(...options.sizes)])) {
    for (const work of worksAt(size, options)) {
      options.notice(`${work.name}, alone and beside ${neighbours} busy programs`);
      found.push(...await measure(work, options));
    }
  }
  return found;
}

function worksAt(size: number, options: BenchOptions): Work[] {
  const piece = (amount: number) => Math.max(1, Math.round(amount / piecesAlone));
  const whole = { ...options, length: 1 };
  const [steps, images] = [piece(stepsOf(size, whole)), piece(imagesOf(size, whole))];
  return [{
    ...{ kind: "train", name: `training, ${size} px`, unit: "triplets/s", size },
    ...{ request: { steps }, amount: steps * options.batchSize },
  }, {
    ...{ kind: "embed", name: `embedding, ${size} px`, unit: "images/s", size },
    ...{ request: { images }, amount: images },
  }];
}

/** All sides stay loaded; in a round each works alone, then each beside the neighbours. */
async function measure(work: Work, options: BenchOptions): Promise<Wait[]> {
  await using started = new AsyncDisposableStack();
  const sides: Side[] = [];
  const start = async (spins: number, threads: number) => {
    const env = { GOMP_SPINCOUNT: String(spins) };
    const partner = await startWork(work.kind, work.size, { ...options, threads }, env);
    sides.push(sideOf("csn", spins, started.use(partner), threads));
  };
  for (const spins of options.spinCounts ?? spinCounts) await start(spins, options.threads);
  // A single thread waits for no other one.
  await start(spinCount, 1);
  const startPytorch = work.kind === "train" ? startStepPartner : startEmbedPartner;
  const pytorch = started.use(await startPytorch(work.size, "tuned", options));
  sides.push(sideOf("PyTorch", libgompCount, pytorch, options.threads));
  for (const { partner } of sides) await partner.seconds(work.request);
  for (let round = 0; round < options.repeats; round++) {
    // What runs first is faster by a few percent on many machines: the order takes turns.
    const order = round % 2 === 0 ? sides : sides.toReversed();
    for (const { partner, speeds } of order) {
      speeds.idle.push(await speedOf(work, partner, idleSeconds * options.length));
    }
    await using _busy = await Neighbours.start(neighbours);
    for (const { partner, speeds } of order) {
      speeds.busy.push(await speedOf(work, partner, busySeconds * options.length));
    }
  }
  return sides.map((side) => waitOf(work, side, sides));
}

/** Speed of pieces of work, one after the other until so many seconds are over. */
async function speedOf(work: Work, partner: Partner, atLeast: number): Promise<number> {
  let [amount, seconds] = [0, 0];
  while (seconds < atLeast) {
    seconds += await partner.seconds(work.request);
    amount += work.amount;
  }
  return amount / seconds;
}

function sideOf(
  program: Side["program"],
  spins: number,
  partner: Partner,
  threads: number,
): Side {
  return { program, spins, threads, partner, speeds: { idle: [], busy: [] } };
}

function waitOf({ name, unit }: Work, side: Side, sides: readonly Side[]): Wait {
  const usual = sides.find(({ program }) => program === side.program)!;
  return {
    ...{ work: name, unit },
    side: `${side.program}, ${side.spins}${side.threads === 1 ? ", 1 thread" : ""}`,
    ...waiting(side.speeds, usual.speeds),
  };
}

/** Sums rounds up; `usual` are those of the same program with libgomp's own spin count. */
export function waiting(
  { idle, busy }: Speeds,
  usual: Speeds,
): Pick<Wait, "idle" | "busy" | "kept" | "share" | "rounds"> {
  const fair = 1 / (neighbours + 1);
  return {
    idle: median(idle),
    busy: median(busy),
    kept: median(idle.map((speed, round) => speed / usual.idle[round])),
    share: median(busy.map((speed, round) => speed / (fair * usual.idle[round]))),
    rounds: idle.length,
  };
}
