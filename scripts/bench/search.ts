/** Exact search by csn, usearch and faiss in turn, and beside the reading of as many bytes. */
import { CsnError } from "../../src/base/errors.ts";
import { join } from "../../src/files/paths.ts";
import { writeWhole } from "../../src/files/write_whole.ts";
import { EmbeddingMatrix } from "../../src/search/embedding_matrix.ts";
import { plainScan } from "../../src/search/plain_scan.ts";
import { scan } from "../../src/search/scan.ts";
import { compared, type Comparison, inTurn, type Side, type Unit } from "./comparison.ts";
import { residentMegabytes } from "./memory.ts";
import { Partner } from "./partner.ts";
import { packagesFolder, pythonProgram } from "./pytorch.ts";
import { ReadSpeed } from "./read_speed.ts";
import type { BenchOptions } from "./setting.ts";
import { startSearch } from "./search_partner.ts";
import {
  dimension,
  k,
  randomRows,
  scaledRows,
  searchWeights,
  writeRandomMatrix,
} from "./search_data.ts";

/** Queries at once, by the number of rows: larger batches of more rows take minutes elsewhere. */
const batches: Readonly<Record<number, readonly number[]>> = {
  50_000: [1, 32, 1000],
  1_000_000: [1, 32],
};

/** Searches in one timed run that would be too short to time, up to so many numbers compared. */
const callsIn = (rows: number, count: number) => Math.max(1, Math.round(2e6 / (rows * count)));

/** Rows of the file that is mapped and not loaded: 2.6 GB. */
const mappedRows = 10_000_000;

/** Measures search in memory beside usearch and faiss, and in a file beside reading. */
export async function compareSearch(options: BenchOptions): Promise<Comparison[]> {
  const packages = await packagesFolder({
    name: "usearch and faiss (0.1 GB)",
    folder: "search-packages",
    requirements: "search_requirements.txt",
  }, options.notice).catch((error) => {
    options.notice(`search beside usearch and faiss is skipped: ${error.message}`);
    return null;
  });
  const folder = await Deno.makeTempDir({ prefix: "csn-bench-" });
  try {
    const found: Comparison[] = [];
    for (const rows of Object.keys(batches).map(Number)) {
      found.push(...await compareRows(rows, folder, packages, options));
    }
    return [...found, ...await compareMapped(folder, options)];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Rows in memory. The others are given them multiplied by the roots of one query's weights, so that
 * they compute the plain distance; csn is given the weights with each query.
 */
async function compareRows(
  rows: number,
  folder: string,
  packages: string | null,
  options: BenchOptions,
): Promise<Comparison[]> {
  const vectors = randomRows(rows, 1);
  using matrix = EmbeddingMatrix.of(vectors, dimension);
  await using partners = new AsyncDisposableStack();
  const partner = packages === null
    ? null
    : partners.use(await startLibraries(scaledRows(vectors), folder, packages, options));
  const reading = new ReadSpeed(vectors.byteLength, options.threads);
  const found: Comparison[] = [];
  for (const count of batches[rows]) {
    options.notice(`search in ${rows} rows, ${count} queries`);
    const queries = randomRows(count, 2);
    await checkRecall(matrix, queries);
    const calls = callsIn(rows, count);
    const file = join(folder, "queries.f32");
    await writeWhole(file, new Uint8Array(scaledRows(queries).buffer));
    const others: [string, Side][] = partner === null ? [] : ["usearch", "faiss"].map((library) => {
      const request = { library, queries: file, k, calls };
      return [library, async () => 1000 * await partner.seconds(request)];
    });
    if (count === 1) others.push(["reading", async () => 1000 * await reading.seconds(calls)]);
    found.push(
      ...await besides(
        `${rows.toLocaleString("en")} x ${dimension}, ${count} ${
          count === 1 ? "query" : "queries"
        }`,
        () => milliseconds(calls, () => scan(matrix, queries, { weights: searchWeights }, { k })),
        others,
        options,
      ),
    );
  }
  return found;
}

async function startLibraries(
  vectors: Float32Array<ArrayBuffer>,
  folder: string,
  packages: string,
  { threads }: BenchOptions,
): Promise<Partner> {
  const file = join(folder, "vectors.f32");
  await writeWhole(file, new Uint8Array(vectors.buffer));
  const python = {
    command: "python3",
    env: { PYTHONPATH: packages, OMP_NUM_THREADS: `${threads}` },
  };
  return await Partner.start(
    pythonProgram(python, "search_speed.py", { vectors: file, dimension, threads }),
  );
}

/** A file that a process maps; its own memory is measured too. */
async function compareMapped(folder: string, options: BenchOptions): Promise<Comparison[]> {
  options.notice(`search in ${mappedRows} rows of a file`);
  const path = join(folder, "mapped.safetensors");
  const bytes = await writeRandomMatrix(path, mappedRows);
  await using partner = await startSearch(path, options);
  const part = 8;
  const reading = new ReadSpeed(bytes / part, options.threads);
  const work = `${mappedRows.toLocaleString("en")} x ${dimension} in a file`;
  const repeats = Math.min(5, options.repeats);
  const found: Comparison[] = [];
  // The first search waits for the disk, where the file is not in the system's cache.
  await partner.ask({ queries: 1, k });
  for (const count of [1, 32]) {
    found.push(
      ...await besides(
        `${work}, ${count} ${count === 1 ? "query" : "queries"}`,
        async () => 1000 * await partner.seconds({ queries: count, k }),
        [["reading", async () => part * 1000 * await reading.seconds(part)]],
        { ...options, repeats },
      ),
    );
  }
  const own = await residentMegabytes(partner.pid, { command: "python3", env: {} });
  options.notice(
    `memory of the process that searches: ${own.own.toFixed(0)} MB of its own; ${
      own.mapped.toFixed(0)
    } MB of files it has mapped are in memory, which the system takes back when it needs them`,
  );
  const memory = { csn: own.own, pytorch: bytes / 1e6 };
  return [...found, compared({ item: "search", work, against: "its size", unit: "MB" }, [memory])];
}

async function besides(
  work: string,
  csn: Side,
  others: readonly (readonly [string, Side])[],
  { repeats }: BenchOptions,
): Promise<Comparison[]> {
  const unit: Unit = "ms";
  for (const side of [csn, ...others.map(([, side]) => side)]) await side();
  const pairs = await inTurn(repeats, csn, others.map(([, side]) => side));
  return others.map(([against], i) => compared({ item: "search", work, against, unit }, pairs[i]));
}

/** What is found must be what a plain loop in float64 finds. */
async function checkRecall(matrix: EmbeddingMatrix, queries: Float32Array): Promise<void> {
  const weights = searchWeights;
  const [found] = await scan(matrix, queries, { weights }, { k });
  const ones = new Float64Array(dimension).fill(1);
  const terms = { factors: Float64Array.of(1), weights, masks: ones, epsilon: 0 };
  const [expected] = plainScan(matrix, queries.subarray(0, dimension), terms, { k });
  if (`${found.rows}` === `${expected.rows}`) return;
  throw new CsnError(`Search found rows ${found.rows}, a plain loop ${expected.rows}`);
}

/** Of one of so many calls in a row. */
async function milliseconds(calls: number, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (let call = 0; call < calls; call++) await work();
  return (performance.now() - began) / calls;
}
