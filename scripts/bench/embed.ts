/** Images embedded by csn and by PyTorch in turn. */
import { embedImages } from "../../src/model/evaluate.ts";
import type { Network } from "../../src/network/network.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import { compared, type Comparison, inTurn, type Side } from "./comparison.ts";
import type { Partner } from "./partner.ts";
import {
  benchNetwork,
  benchNormalisation,
  type BenchOptions,
  packImages,
  randomPack,
  scaled,
  startPartner,
  type Variant,
  variantsFor,
} from "./setting.ts";

/** Images in one timed run at 112 pixels. */
const imagesAt112 = 512;

/** Images that PyTorch embeds at a time on the CPU: with more its activations leave the caches. */
const batchOnCpu = 64;

/** Measures the embedding of images at each size. */
export async function compareEmbedding(options: BenchOptions): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const size of options.sizes) {
    const images = imagesOf(size, options);
    options.notice(`embedding at ${size} pixels, ${images} images a run`);
    found.push(...await compareAt(size, images, options));
  }
  return found;
}

async function compareAt(
  size: number,
  images: number,
  options: BenchOptions,
): Promise<Comparison[]> {
  const variants = embeddingVariants(options);
  const speed = (seconds: number) => images / seconds;
  using network = benchNetwork(options);
  using pack = randomPack(packImages, size, options);
  await using partners = new AsyncDisposableStack();
  const others: Side[] = [];
  for (const variant of variants) {
    const partner = partners.use(await startEmbedPartner(size, variant, options));
    others.push(async () => speed(await partner.seconds({ images })));
  }
  await embedSeconds(network, pack, 2 * embeddedAtOnce(options));
  const csn = async () => speed(await embedSeconds(network, pack, images));
  const pairs = await inTurn(options.repeats, csn, others);
  return variants.map((against, i) =>
    compared({ item: "embed", work: `embedding, ${size} px`, against, unit: "images/s" }, pairs[i])
  );
}

/** Images in one timed run. */
export function imagesOf(size: number, options: BenchOptions): number {
  return scaled(imagesAt112, size, options);
}

/** Starts PyTorch's side. */
export async function startEmbedPartner(
  size: number,
  variant: Variant,
  options: BenchOptions,
): Promise<Partner> {
  const batch = { "batch-size": embeddedAtOnce(options) };
  return await startPartner("embed_speed.py", size, options, { variant, ...batch });
}

/** Embeds so many images of a pack of `packImages`; returns how long it took. */
export async function embedSeconds(
  network: Network,
  pack: Tensor,
  images: number,
): Promise<number> {
  const rows = Uint32Array.from({ length: images }, (_, i) => i % packImages);
  const began = performance.now();
  using embeddings = await embedImages(network, pack, rows, benchNormalisation);
  await embeddings.dataAsync();
  return (performance.now() - began) / 1000;
}

/** On the CPU also what PyTorch gives where its user folds batch norm by hand. */
function embeddingVariants(options: BenchOptions): Variant[] {
  const variants = variantsFor(options);
  return options.placement.device === "cpu" ? variants.toSpliced(2, 0, "folded") : variants;
}

function embeddedAtOnce({ placement, batchSize }: BenchOptions): number {
  return placement.device === "cpu" ? batchOnCpu : batchSize;
}
