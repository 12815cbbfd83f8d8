/** Images embedded by csn and by PyTorch in turn. */
import { embedImages } from "../../src/model/evaluate.ts";
import { compared, type Comparison, inTurn, type Side } from "./comparison.ts";
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
    const images = scaled(imagesAt112, size, options);
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
    const partner = partners.use(
      await startPartner("embed_speed.py", size, options, {
        variant,
        "batch-size": embeddedAtOnce(options),
      }),
    );
    others.push(async () => speed(await partner.seconds({ images })));
  }
  const rows = Uint32Array.from({ length: images }, (_, i) => i % packImages);
  const embed = async (some: Uint32Array) => {
    const began = performance.now();
    using embeddings = await embedImages(network, pack, some, benchNormalisation);
    await embeddings.dataAsync();
    return speed((performance.now() - began) / 1000);
  };
  await embed(rows.subarray(0, 2 * embeddedAtOnce(options)));
  const pairs = await inTurn(options.repeats, () => embed(rows), others);
  return variants.map((against, i) =>
    compared({ item: "embed", work: `embedding, ${size} px`, against, unit: "images/s" }, pairs[i])
  );
}

/** On the CPU also what PyTorch gives where its user folds batch norm by hand. */
function embeddingVariants(options: BenchOptions): Variant[] {
  const variants = variantsFor(options);
  return options.placement.device === "cpu" ? variants.toSpliced(2, 0, "folded") : variants;
}

function embeddedAtOnce({ placement, batchSize }: BenchOptions): number {
  return placement.device === "cpu" ? batchOnCpu : batchSize;
}
