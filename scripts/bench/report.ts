import { table } from "../../src/cli/format.ts";
import { neighbours, type Wait } from "./busy.ts";
import type { Comparison } from "./comparison.ts";
import { type Figure, meetsAim } from "./figure.ts";

/** Where the benchmark ran: without it a number says nothing. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** Instruction set of the kernels that libtorch chose, such as "AVX512". */
  readonly capability: string;
  /** Features of the processor that decide how fast networks run. */
  readonly features: readonly string[];
  readonly threads: number;
  readonly device: string;
  /** Name of the GPU, when one was used. */
  readonly gpu: string | null;
  /** In what numbers csn computed. */
  readonly precision: string;
  /** csn's libtorch, and PyTorch; null where it is not compared with. */
  readonly libtorch: string;
  readonly pytorch: string | null;
}

/** What the benchmark found; printed as it stands with --json. */
export interface Findings {
  readonly machine: Machine;
  readonly comparisons: Comparison[];
  /** Of the item busy. */
  readonly waits: Wait[];
  /** Of the items explore and teach. */
  readonly figures: Figure[];
  /** Items that could not be compared. */
  readonly failures: { readonly item: string; readonly reason: string }[];
}

/** What is printed for people: the machine, a table, how to read it. */
export function report({ machine, comparisons, waits, figures, failures }: Findings): string {
  const searches = comparisons.filter(({ item }) => item === "search");
  const served = comparisons.filter(({ item }) => item === "serve");
  const processes = comparisons.filter(({ item }) => item === "processes");
  const others = comparisons.filter(({ item }) => !["search", "serve", "processes"].includes(item));
  return [
    machineLine(machine),
    ...(others.length > 0 ? comparisonLines(others, machine) : []),
    ...(searches.length > 0 ? searchLines(searches) : []),
    ...(served.length > 0 ? servedLines(served) : []),
    ...(processes.length > 0 ? processLines(processes) : []),
    ...(waits.length > 0 ? waitLines(waits) : []),
    ...(figures.length > 0 ? figureLines(figures) : []),
    ...failures.map(({ item, reason }) => `${item} could not be compared: ${reason}`),
  ].join("\n");
}

function comparisonLines(comparisons: readonly Comparison[], machine: Machine): string[] {
  return [
    "",
    comparisonTable("PyTorch", comparisons),
    "",
    ...legend(machine),
  ];
}

function searchLines(searches: readonly Comparison[]): string[] {
  return [
    "",
    comparisonTable("other", searches),
    "",
    "Exact search for the 10 nearest; of the first query in memory it is checked with a plain loop.",
    "usearch, faiss: for one weighting, which their vectors are multiplied by beforehand; csn takes it with the query.",
    "reading: as many bytes of memory read by as many threads, which nothing that looks at all rows can pass.",
  ];
}

function servedLines(served: readonly Comparison[]): string[] {
  return [
    "",
    comparisonTable("other", served),
    "",
    "Clients on this machine that ask again as soon as they are answered, for neighbours of a JPEG image.",
    "one at a time: the same service, with one image in each forward pass.",
  ];
}

function processLines(processes: readonly Comparison[]): string[] {
  return [
    "",
    comparisonTable("other", processes),
    "",
    "csn: two processes with half the threads and half of each batch, which sum their gradients.",
    "one sum at the end: two such processes that send no gradients before all are computed.",
    "apart: two such processes that sum none, beside each other.",
  ];
}

/** A row a comparison; `other` heads the columns of what csn is held against. */
function comparisonTable(other: string, comparisons: readonly Comparison[]): string {
  return table(
    ["work", "unit", other, "csn", other, "ratio", "least", "most", "runs"],
    comparisons.map(({ work, unit, against, csn, pytorch, ratio, repeats }) => [
      work,
      unit,
      against,
      number(csn),
      number(pytorch),
      ratio.median.toFixed(2),
      ratio.least.toFixed(2),
      ratio.most.toFixed(2),
      String(repeats),
    ]),
  );
}

function waitLines(waits: readonly Wait[]): string[] {
  return [
    "",
    table(
      ["work", "unit", "program, spin count", "idle", "kept", "busy", "of fair share", "rounds"],
      waits.map(({ work, unit, side, idle, kept, busy, share, rounds }) => [
        ...[work, unit, side, number(idle), kept.toFixed(2), number(busy), share.toFixed(2)],
        String(rounds),
      ]),
    ),
    "",
    `idle: alone; busy: beside ${neighbours} programs that compute on every processor. Numbers are medians.`,
    `kept: of the idle speed with libgomp's own spin count. Fair is 1/${
      neighbours + 1
    } of that speed.`,
  ];
}

function figureLines(figures: readonly Figure[]): string[] {
  return [
    "",
    table(
      ["work", "unit", "median", "9 of 10", "aim", "met", "measured"],
      figures.map((figure) => {
        const { work, unit, median, most, aim, repeats } = figure;
        const isMet = meetsAim(figure);
        return [
          ...[work, unit, number(median), number(most), aim === null ? "" : String(aim)],
          ...[isMet === null ? "" : isMet ? "yes" : "no", String(repeats)],
        ];
      }),
    ),
    "",
    "9 of 10: what 9 of 10 measurements are at least as good as, which is held against the aim.",
    ...figures.some(({ unit }) => unit === "frames/s")
      ? ["Frames are counted in half seconds; the page is real, in a browser on this machine."]
      : [],
  ];
}

function machineLine(machine: Machine): string {
  const { processor, cores, capability, features, threads, device, gpu } = machine;
  return [
    `${processor}, ${cores} cores, ${capability} (${features.join(", ")})`,
    `${threads} threads`,
    gpu === null ? device : `${device}: ${gpu}`,
    `csn in ${machine.precision} on libtorch ${machine.libtorch}`,
    ...(machine.pytorch === null ? [] : [`PyTorch ${machine.pytorch}`]),
  ].join("; ");
}

function legend({ device }: Machine): string[] {
  const tuned = device === "cpu"
    ? "tuned: channels_last, fused Adam; float32. folded: tuned, batch norm folded by hand. bf16: the same in bfloat16."
    : "tuned: channels_last, bfloat16, fused Adam, torch.compile, pixels on the GPU.";
  return [
    "Numbers are medians; a ratio is of two runs one after the other, and above 1 csn is the better side.",
    "eager: as the original computes it, in float32 (NCHW, Adam's loop).",
    tuned,
  ];
}

function number(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 1000 ? 1 : 0);
}
