import { preparePack } from "../sets/pack/pack.ts";
import { CsnError } from "../base/errors.ts";
import { shuffled, streamFor } from "../base/random.ts";
import type { LinearProbe } from "./model_analysis.ts";
import type { ModelFile } from "../model/model_file.ts";
import { modelOnSet } from "../model/model_on_set.ts";
import { splitTriplets, type TestOptions } from "../model/evaluate_model.ts";
import { unusableImages } from "../sets/pack/map_pack.ts";
import { type EmbeddedSplit, embedPacked, usableImages } from "./embedded_split.ts";
import { type Embedded, linearProbe } from "./linear_probe.ts";
import {
  otherNotions,
  type ProbeColumn,
  type ProbeTable,
  readProbeColumns,
} from "./probe_column.ts";

/** Training images that a probe is fitted on; more change little and take time to embed. */
const mostTraining = 10_000;

/**
 * Probes the unmasked embedding for what the model was not trained on: the set's other notions, and
 * columns of a table of the user's. Fitted on the training split, 10,000 images drawn by `seed` at
 * most, and scored on the analysed one. A notion that cannot be probed is left out with a warning;
 * a column that the user named is a CsnError.
 */
export async function probes(
  file: ModelFile,
  split: EmbeddedSplit,
  options: TestOptions & { readonly probe?: ProbeTable; readonly seed: number },
): Promise<LinearProbe[]> {
  const { probe: table, listener, signal } = options;
  const notions = otherNotions(split.set, split.notions, split.values);
  const named = table === undefined ? [] : await readProbeColumns(split.set, table, options);
  const columns = [...notions, ...named];
  if (columns.length === 0) return [];
  const train = await embedTraining(file, split, columns, options);
  const groups = split.groups ?? undefined;
  const found: LinearProbe[] = [];
  for (const column of columns) {
    const result = await linearProbe(column, train, split, { groups, signal });
    if ("probe" in result) {
      found.push(result.probe);
      continue;
    }
    if (named.includes(column)) {
      throw new CsnError(
        `Cannot probe for column "${column.name}" of ${
          table!.file
        }: ${result.reason}; name another column, or fill this one`,
      );
    }
    listener?.warning?.(`${column.name} is not probed for: ${result.reason}`);
  }
  return found;
}

/** Embeds training images whose value of a column is known. */
async function embedTraining(
  file: ModelFile,
  { set, values, dimension }: EmbeddedSplit,
  columns: readonly ProbeColumn[],
  options: TestOptions & { readonly seed: number },
): Promise<Embedded> {
  const pack = await preparePack(set, file.info.imageSize, { ...options, fit: file.info.fit });
  const triplets = await splitTriplets(modelOnSet(file, set).file, set, "train", pack);
  const known = usableImages("train", values, triplets, unusableImages(pack))
    .filter((image) => columns.some((column) => column.values[image] !== ""));
  const drawn = shuffled(known.length, options.seed, streamFor("probe")).subarray(0, mostTraining);
  const images = Uint32Array.from(drawn, (place) => known[place]).sort();
  if (images.length === 0) return { images, vectors: new Float32Array(), dimension };
  const { vectors } = await embedPacked(file, pack, images, options);
  return { images, vectors, dimension };
}
