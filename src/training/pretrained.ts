/** Where a new run's weights come from. */
import { sha256 } from "../files/sha256.ts";
import { convertLine } from "../model/convert_line.ts";
import { preprocessingOf } from "../images/decode_image.ts";
import type { Fit } from "../images/fit.ts";
import { download } from "../files/download.ts";
import { CsnError, messageOf } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { isFile } from "../files/exists.ts";
import { cacheFolder, lockCache } from "../files/cache.ts";
import { backboneParts } from "../network/backbone.ts";
import { backbonesOf, initialTensors } from "../network/initialise.ts";
import { basename, join } from "../files/paths.ts";
import { readSafetensors, type StoredTensor } from "../tensor/safetensors.ts";
import { shapeOfConfig, type TrainConfig } from "../model/config.ts";
import type { LearnedImages } from "../model/learned_images.ts";
import { readModelFile } from "../model/model_file.ts";

/**
 * torchvision's ImageNet ResNet-18 as timm publishes it (timm/resnet18.tv_in1k on Hugging Face),
 * pinned to one revision; the size and the SHA-256 are those that several public repositories give
 * for it.
 */
export const imagenet = {
  url:
    "https://huggingface.co/timm/resnet18.tv_in1k/resolve/bbd144b3e5565108aad885f145491d11bc6ce807/model.safetensors",
  bytes: 46_807_446,
  sha256: "694f673df6520a3158624e8a89af086f59923ee4cd7436fe5bc3bc71d295ad81",
} as const;

/**
 * A new network's tensors: drawn from the seed, then the backbone replaced by pretrained weights.
 */
export async function startingTensors(
  config: TrainConfig,
  options: { readonly listener?: Listener; readonly signal?: AbortSignal; readonly url?: string },
): Promise<Map<string, StoredTensor>> {
  const shape = shapeOfConfig(config);
  const tensors = initialTensors(shape, config.seed);
  if (config.pretrained === "none") return tensors;
  const path = config.pretrained === "imagenet" ? await fetchImagenet(options) : config.pretrained;
  if (/\.(pth|pt|tar)$/.test(path)) {
    throw new CsnError(
      `Cannot read the pretrained weights "${path}": it is a PyTorch file, csn reads safetensors; convert it with: ${convertLine}`,
    );
  }
  const { tensors: found } = await readSafetensors(await withEnding(path));
  for (const backbone of backbonesOf(shape)) replaceBackbone(tensors, backbone, found, path);
  return tensors;
}

/**
 * The images that a run's starting weights were trained on, where these are a model of csn's;
 * undefined for weights of other programs, which do not say.
 */
export async function startingImages(
  { pretrained, imageSize }: TrainConfig,
  fit: Fit,
): Promise<LearnedImages | undefined> {
  if (pretrained === "none" || pretrained === "imagenet") return undefined;
  const found = await imagesOfModel(pretrained);
  if (typeof found !== "string") return found;
  const unknown = `${pretrained}, ${found}`;
  const preprocessing = preprocessingOf(fit);
  return { imageSize, preprocessing, training: "", validation: "", unknown };
}

/** The images of a model of csn's, or why they are not known. */
async function imagesOfModel(pretrained: string): Promise<LearnedImages | undefined | string> {
  const path = await withEnding(pretrained);
  // A run that goes on no longer needs the weights that it began from.
  if (!await isFile(path)) return "which is no longer there";
  const { metadata } = await readSafetensors(path);
  if (metadata.csn === undefined) return undefined;
  return (await readModelFile(path)).info.images ?? "whose images its file does not know";
}

/**
 * Downloads the ImageNet weights into the cache once; checks them on every use. Returns their path.
 */
export async function fetchImagenet(
  options: { readonly listener?: Listener; readonly signal?: AbortSignal; readonly url?: string } =
    {},
): Promise<string> {
  const path = join(cacheFolder(), `resnet18.tv_in1k-${imagenet.sha256.slice(0, 12)}.safetensors`);
  // Before the lock: it may lie in a cache that cannot be written.
  if (await hasImagenet(path)) return path;
  // Two runs that begin at once must not write to one file; the second finds it there.
  const announce = (holder: string) =>
    options.listener?.notice?.(
      `Process ${holder} is fetching the ImageNet weights; waiting for it`,
    );
  using _lock = await lockCache(`${basename(path)}.lock`, announce, options.signal);
  if (await hasImagenet(path)) return path;
  try {
    await download(options.url ?? imagenet.url, path, {
      ...imagenet,
      ...options,
      what: "Downloading ImageNet weights",
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new CsnError(
      `Cannot fetch the ImageNet weights: ${
        messageOf(error)
      }; download ${imagenet.url} on another machine and pass the file with \`pretrained\`, or start from random weights with \`pretrained: "none"\``,
      { cause: error },
    );
  }
  return path;
}

/** A model file may be named without its ending, as everywhere. */
async function withEnding(path: string): Promise<string> {
  const stat = await Deno.stat(path).catch(() => null);
  return stat === null && !path.endsWith(".safetensors") ? `${path}.safetensors` : path;
}

async function hasImagenet(path: string): Promise<boolean> {
  const bytes = await Deno.readFile(path).catch(() => null);
  if (bytes === null) return false;
  if (sha256(bytes) === imagenet.sha256) return true;
  await Deno.remove(path);
  return false;
}

/**
 * Takes the stages that csn has from a torchvision-named ResNet-18. `layer4`, `fc` and unknown
 * names are left, as the reference code does; `module.` and `backbone.` prefixes and a missing
 * `num_batches_tracked` are tolerated. The embedding is taken only from csn's own files.
 */
function replaceBackbone(
  tensors: Map<string, StoredTensor>,
  { prefix, dimension }: ReturnType<typeof backbonesOf>[number],
  found: ReadonlyMap<string, StoredTensor>,
  path: string,
): void {
  const byName = new Map(
    [...found].map(([name, tensor]) => [name.replace(/^(module\.|backbone\.)+/, ""), tensor]),
  );
  for (const { name, shape, kind } of backboneParts(dimension)) {
    const tensor = byName.get(name);
    if (tensor === undefined) {
      if (kind === "counter" || kind === "linear") continue;
      throw new CsnError(
        `Cannot use the pretrained weights "${path}": the tensor "${name}" is missing; they must be a ResNet-18 with torchvision's names, such as timm/resnet18.tv_in1k`,
      );
    }
    if (kind === "linear" && tensor.shape.join() !== shape.join()) continue;
    const dtype = kind === "counter" ? "int64" : "float32";
    if (tensor.shape.join() !== shape.join() || tensor.dtype !== dtype) {
      throw new CsnError(
        `Cannot use the pretrained weights "${path}": "${name}" is ${tensor.dtype}[${
          tensor.shape.join(", ")
        }], it should be ${dtype}[${shape.join(", ")}]`,
      );
    }
    tensors.set(prefix + name, tensor);
  }
}
