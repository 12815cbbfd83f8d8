/** The files of a run: `checkpoint` continues it, `model_best` is all that is needed to use it. */
import { isColour, isObject, isText } from "../base/json_values.ts";
import { convertLine } from "./convert_line.ts";
import { type Fit, fitForms, parseFit } from "../images/fit.ts";
import { CsnError, messageOf, shown } from "../base/errors.ts";
import type { Normalisation } from "../network/normalisation.ts";
import type { NetworkShape } from "../network/initialise.ts";
import { isVariant } from "../network/variant.ts";
import { tensorFault } from "../network/tensor_fault.ts";
import { exists } from "../files/exists.ts";
import { identityOf } from "../files/file_identities.ts";
import { basename, dirname, join } from "../files/paths.ts";
import { shellWord } from "../base/shell_word.ts";
import { type Calibration, isCalibration } from "../search/calibration.ts";
import { readSafetensors, type StoredTensor, writeSafetensors } from "../tensor/safetensors.ts";
import { version } from "../base/version.ts";
import type { RunSettings, TrainConfig } from "./config.ts";
import type { LearnedImages } from "./learned_images.ts";
import { withVariant } from "./stored_variant.ts";
import { areTaughtNotions, type TaughtNotion } from "./taught_notion.ts";
import type { TrainerState } from "./trainer_state.ts";

/** What a model file says of itself, besides its tensors. */
export interface ModelInfo {
  /** Version of this description. */
  readonly format: 2;
  /** Whether training can go on from it. */
  readonly kind: "checkpoint" | "model";
  /** Version of csn that wrote it. */
  readonly csn: string;
  /** Version of libtorch that computed it. */
  readonly libtorch: string;
  /** Names of the notions, in the order of the masks' rows. */
  readonly notions: readonly string[];
  /** Dimensions of an embedding. */
  readonly dimension: number;
  /** Which of the paper's networks it is. */
  readonly variant: NetworkShape["variant"];
  /** Side of the square images in pixels. */
  readonly imageSize: number;
  /** How images become squares. */
  readonly fit: Fit;
  /** How pixels become input. */
  readonly normalisation: Normalisation;
  /** The settings of the run. */
  readonly config: TrainConfig;
  /** Epoch whose weights these are; of a checkpoint, the one that is being trained. */
  readonly epoch: number;
  /** Validation accuracy of these weights (model) or the best so far (checkpoint). */
  readonly accuracy: number;
  /** The images that the weights come from; files of an older csn do not know them. */
  readonly images?: LearnedImages;
  /** Notions that were taught on its embedding after training; they are the last ones. */
  readonly taught?: readonly TaughtNotion[];
  /** How its distances become chances; only of a model that was calibrated. */
  readonly calibration?: Calibration;
  /** Of a checkpoint: where training stands. */
  readonly state?: TrainerState;
  /** Of a checkpoint: the number of threads it ran with. */
  readonly threads?: number;
  /** Of a checkpoint: the number of processes it ran with; left out for one. */
  readonly world?: number;
  /** Of a checkpoint: how the run is carried on. */
  readonly settings?: RunSettings;
}

/** What the writer of a model file states. */
export type ModelDescription = Omit<ModelInfo, "format" | "csn" | "fit"> & {
  /** How images become squares. @default {"crop"} */
  readonly fit?: Fit;
};

/** A model file that was read. */
export interface ModelFile {
  /** Where it was found. */
  readonly path: string;
  /** What it says of itself. */
  readonly info: ModelInfo;
  /** Network tensors by name; of a checkpoint also `optimiser.*`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** What the file was when it was read, see `identityOf`. */
  readonly identity?: string;
}

const ending = ".safetensors";

/** Where a run's file lies. */
export function modelPath(folder: string, file: "checkpoint" | "model_best"): string {
  return join(folder, file + ending);
}

/**
 * Reads `path`, given with or without its ending. Throws a CsnError when it is none of csn's model
 * files.
 *
 * @example Ask a model file what it holds
 * ```ts
 * import { readModelFile } from "@csn/csn";
 *
 * const { info } = await readModelFile("runs/mine/model_best");
 * console.log(info.notions, info.dimension, info.imageSize, info.epoch, info.accuracy);
 * ```
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const found = await findFile(path);
  // Before it is read: a file that is replaced meanwhile is then known to be another.
  const before = await Deno.stat(found).catch(() => null);
  const { tensors, metadata } = await readSafetensors(found);
  const info = parseInfo(found, metadata.csn);
  const identity = before === null ? undefined : identityOf(before);
  const file = { path: found, info, tensors, identity };
  const fault = tensorFault(info, networkTensors(file));
  if (fault !== null) throw damaged(found, fault);
  return file;
}

/**
 * Writes a model file whole or not at all. Throws a CsnError when `readModelFile` would refuse it;
 * what was there before is then untouched.
 */
export async function writeModelFile(
  path: string,
  { info, tensors }: {
    readonly info: ModelDescription;
    readonly tensors: ReadonlyMap<string, StoredTensor>;
  },
): Promise<void> {
  const whole: ModelInfo = { format: 2, csn: version, fit: "crop", ...info };
  const text = JSON.stringify(whole);
  const fault = wrongMember(JSON.parse(text)) ?? tensorFault(whole, networkTensors({ tensors }));
  if (fault !== null) {
    throw new CsnError(
      `Cannot write the model "${path}": ${fault}; what was there before is untouched`,
    );
  }
  await writeSafetensors(path, tensors, { metadata: { csn: text } });
}

/** The network's own tensors of a file. */
export function networkTensors(file: Pick<ModelFile, "tensors">): Map<string, StoredTensor> {
  return new Map([...file.tensors].filter(([name]) => !name.startsWith("optimiser.")));
}

/** The shape of the network in a file. */
export function networkShape({ info }: ModelFile): NetworkShape {
  return { notions: info.notions, dimension: info.dimension, variant: info.variant };
}

/** The name of the tensor that holds a mask for each notion. */
const masksName = "masks.weight";

/** A model with masks [notions, D] that are given, all else as it is. */
export function withMasks(
  file: ModelFile,
  notions: readonly string[],
  rows: readonly Uint8Array[],
): ModelFile {
  const masks = file.tensors.get(masksName)!;
  const bytes = new Uint8Array(rows.reduce((sum, row) => sum + row.length, 0));
  let at = 0;
  for (const row of rows) {
    bytes.set(row, at);
    at += row.length;
  }
  const shape = [notions.length, file.info.dimension];
  return {
    ...file,
    info: { ...file.info, notions },
    tensors: new Map([...file.tensors].map(([name, tensor]) => [
      name,
      name === masksName ? { ...masks, shape, bytes } : tensor,
    ])),
  };
}

/** The bytes of each notion's mask as it is stored. */
export function maskRows({ info, tensors }: ModelFile): Uint8Array<ArrayBuffer>[] {
  const { bytes } = tensors.get(masksName)!;
  const length = bytes.length / info.notions.length;
  return info.notions.map((_, row) => bytes.slice(row * length, (row + 1) * length));
}

/** A model without some of its taught notions. */
export function withoutNotions(file: ModelFile, leftOut: readonly string[]): ModelFile {
  if (leftOut.length === 0) return file;
  const rows = maskRows(file);
  const kept = file.info.notions.filter((notion) => !leftOut.includes(notion));
  const fewer = withMasks(file, kept, kept.map((each) => rows[file.info.notions.indexOf(each)]));
  const taught = file.info.taught?.filter(({ notion }) => !leftOut.includes(notion));
  return { ...fewer, info: { ...fewer.info, taught } };
}

async function findFile(path: string): Promise<string> {
  if (/\.(pth|pt|tar)$/.test(path)) {
    throw new CsnError(
      `Cannot read "${path}": it is a PyTorch file, csn reads safetensors; convert backbone weights with: ${convertLine}`,
    );
  }
  for (const candidate of [path, path + ending]) {
    const stat = await Deno.stat(candidate).catch(() => null);
    if (stat?.isFile) return candidate;
    if (stat?.isDirectory) {
      const best = join(path, "model_best");
      const remedy = await exists(best + ending) ? `; pass ${best}` : await whatIsThere(best);
      throw new CsnError(`Cannot read the model "${path}": it is a folder${remedy}`);
    }
  }
  throw new CsnError(
    `Cannot read the model "${path}": there is no such file${await whatIsThere(path)}`,
  );
}

async function whatIsThere(path: string): Promise<string> {
  const files: string[] = [];
  try {
    for await (const entry of Deno.readDir(dirname(path))) {
      if (entry.name.endsWith(ending)) files.push(basename(entry.name, ending));
    }
  } catch {
    const runs = dirname(dirname(path));
    const show = await exists(runs) ? `\`ls ${shellWord(runs)}\` shows the runs, ` : "";
    return `; nor is its folder; ${show}\`train({ out: ${
      JSON.stringify(dirname(path))
    } })\` makes one`;
  }
  return files.length === 0
    ? "; its folder holds no model yet; `train()` writes one at the end of each epoch"
    : `; its folder holds ${files.sort().join(", ")}`;
}

function parseInfo(path: string, text: string | undefined): ModelInfo {
  if (text === undefined) {
    throw new CsnError(
      `Cannot use "${path}" as a model: it is a safetensors file, but csn did not write it; weights of a plain ResNet-18 go to \`train({ pretrained: ${
        JSON.stringify(path)
      } })\``,
    );
  }
  let info: ModelInfo;
  try {
    info = JSON.parse(text);
  } catch (error) {
    throw damaged(path, `what it says of itself is no JSON (${messageOf(error)})`, error);
  }
  if (info?.format !== 2 && info?.format !== 1) {
    throw new CsnError(
      `Cannot use "${path}" as a model: its format is ${
        shown(info?.format)
      }, csn ${version} reads formats 1 and 2; use ${
        isVersion(info?.csn) ? `csn ${info.csn}` : "a file that csn wrote"
      }`,
    );
  }
  info = { ...withVariant({ ...info }), format: 2 } as unknown as ModelInfo;
  // A file may be older than these settings.
  const older = { precision: "float32", sampler: "triplets" };
  if (isObject(info.config)) {
    info = { ...info, config: { ...older, ...withVariant({ ...info.config }) } as TrainConfig };
  }
  const fit = parseFit(info.fit ?? "crop");
  if (fit === null) throw damaged(path, `"fit" is ${shown(info.fit)}, not ${fitForms}`);
  info = { ...info, fit };
  const fault = wrongMember(info);
  if (fault !== null) throw damaged(path, fault);
  return info;
}

/** What each member of a description must be. */
const members: Readonly<Partial<Record<keyof ModelInfo, (value: unknown) => boolean>>> = {
  kind: (value) => value === "checkpoint" || value === "model",
  notions: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
  dimension: isSize,
  variant: isVariant,
  imageSize: isSize,
  normalisation: (value) => isObject(value) && isColour(value.mean) && isColour(value.std),
  config: isObject,
};

/** The same of a checkpoint, besides. */
const checkpointMembers: typeof members = {
  state: (value) => isObject(value) && isObject(value.sums),
  threads: isSize,
  settings: isObject,
};

/** What is wrong with a description; null when nothing is. */
function wrongMember(info: ModelInfo): string | null {
  const needed = info.kind === "checkpoint" ? { ...members, ...checkpointMembers } : members;
  for (const [name, isRight] of Object.entries(needed)) {
    const value = info[name as keyof ModelInfo];
    if (value === undefined) return `"${name}" is missing in what it says of itself`;
    if (!isRight(value)) return `"${name}" is ${shown(value)} in what it says of itself`;
  }
  if (info.world !== undefined && !isSize(info.world)) {
    return `"world" is ${shown(info.world)} in what it says of itself`;
  }
  if (info.calibration !== undefined && !isCalibration(info.calibration)) {
    return `"calibration" is ${shown(info.calibration)} in what it says of itself`;
  }
  if (info.taught !== undefined && !areTaughtNotions(info.taught, info.notions)) {
    return `"taught" is ${shown(info.taught)} in what it says of itself`;
  }
  return null;
}

function isVersion(value: unknown): boolean {
  return typeof value === "string" && /^[\w.+-]{1,40}$/.test(value);
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function damaged(path: string, what: string, cause?: unknown): CsnError {
  return new CsnError(
    `Cannot use "${path}" as a model: ${what}; the file is damaged, pass another checkpoint or model_best`,
    { cause },
  );
}
