import { meanOf } from "./mean.ts";
import type { SharedImages } from "./shared_images.ts";

/** What other images give to a mean. */
export interface MeanVariance {
  /** All of it. */
  readonly variance: number;
  /** The part of it that independent triplets would have, known from as many as there are. */
  readonly ofTriplets: number;
}

/** What a graph of triplets says of the variance of a mean over them. */
export class ImageVariance {
  /** Which triplets share images. */
  readonly shared: SharedImages;
  /**
   * How many images there are, those that few triplets hold counted less: (sum m_i^2)^2 / sum m_i^4
   * of the triplets m_i that hold image i.
   */
  readonly effectiveImages: number;
  /** Share of the pairs of triplets, each with itself among them, that have an image in common. */
  readonly sharing: number;
  readonly #moments: Moments;

  /** Counts how the triplets share images, once for all that is measured of them. */
  constructor(shared: SharedImages) {
    this.shared = shared;
    const ones = new Float64Array(shared.triplets).fill(1);
    const counts = shared.imageSums(ones);
    const squares = sumOf(counts, (count) => count ** 2);
    this.effectiveImages = squares ** 2 / sumOf(counts, (count) => count ** 4);
    this.sharing = shared.sumOverPairs(ones) / shared.triplets ** 2;
    this.#moments = momentsOf(shared, ones, counts);
  }

  /**
   * Degrees of freedom of an estimate of what images add to the variance of independent triplets.
   * Three fewer than images: one for the mean, two because triplets of three images tie their
   * residuals together (chosen by simulated coverage, `deno task coverage`).
   */
  get imageDegrees(): number {
    return Math.max(1, this.effectiveImages - 3);
  }

  /**
   * Degrees of freedom of a variance, by those of its two parts (Satterthwaite, Biometrics
   * Bulletin 1946): more than of images alone where images add little.
   */
  degreesOf({ variance, ofTriplets }: MeanVariance): number {
    if (variance === 0) return this.imageDegrees;
    const ofImages = variance - ofTriplets;
    return variance ** 2 /
      (ofTriplets ** 2 / Math.max(1, this.shared.triplets - 1) + ofImages ** 2 / this.imageDegrees);
  }

  /**
   * The variance that the mean of `values` [n] has over other images: the largest of three
   * estimates, of which each is too small somewhere. All are of residuals e_t = x_t - mean.
   *
   * Of independent triplets: sum e_t^2 / (n - 1) / n.
   *
   * Cluster-robust: the sum of e_t e_u over pairs of triplets that share an image, / n^2 (see
   * `SharedImages.sumOverPairs`). Residuals add up to 0, so it is too small by the share of such
   * pairs, which it is divided by: with few images that is most of it.
   *
   * By moments: x_t = mean + the sum of u_i over its images + noise; the variances of u and of the
   * noise follow from sum e_t^2 and sum_i S_i^2 and their expectations.
   */
  of(values: ArrayLike<number>): MeanVariance {
    const { shared, sharing } = this;
    const n = shared.triplets;
    const residuals = residualsOf(values);
    const squares = sumOf(residuals, (each) => each ** 2);
    const ofTriplets = n > 1 ? squares / (n - 1) / n : 0;
    const clustered = shared.sumOverPairs(residuals) / n ** 2 / (1 - sharing);
    const variance = Math.max(
      ofTriplets,
      // Every triplet shares an image with every other: the sum is that of all residuals, 0.
      sharing < 1 ? clustered : 0,
      this.#byMoments(squares, sumOf(shared.imageSums(residuals), (sum) => sum ** 2)),
    );
    return { variance, ofTriplets };
  }

  /** The variance of the mean by sum e_t^2 and sum_i S_i^2. */
  #byMoments(squares: number, imageSquares: number): number {
    const n = this.shared.triplets;
    const { trace, frobenius, countSquares } = this.#moments;
    const determinant = trace ** 2 - (n - 1) * frobenius;
    // Where no two triplets share an image, images and noise cannot be told from each other.
    if (Math.abs(determinant) <= 1e-9 * trace ** 2) return 0;
    const ofImages = (squares * trace - (n - 1) * imageSquares) / determinant;
    const ofNoise = (trace * imageSquares - frobenius * squares) / determinant;
    if (ofImages <= 0) return 0;
    const noise = Math.max(0, ofNoise);
    const images = ofNoise < 0 ? imageSquares / frobenius : ofImages;
    return images * countSquares / n ** 2 + noise / n;
  }
}

/**
 * Of the matrix Z [n, images] that says which triplet holds which image, centred by the mean over
 * the triplets (M = 1 - J / n).
 */
interface Moments {
  /** tr(Z' M Z). */
  readonly trace: number;
  /** |Z' M Z|^2, over all pairs of images. */
  readonly frobenius: number;
  /** sum m_i^2. */
  readonly countSquares: number;
}

function momentsOf(shared: SharedImages, ones: Float64Array, counts: Float64Array): Moments {
  const n = shared.triplets;
  const countSquares = sumOf(counts, (count) => count ** 2);
  const trace = sumOf(counts, (count) => count - count ** 2 / n);
  // sum over i, j of (m_ij - m_i m_j / n)^2, where most m_ij are 0.
  let frobenius = countSquares ** 2 / n ** 2 +
    sumOf(counts, (count) => count ** 2 - 2 * count ** 3 / n);
  const { pairs, sums } = shared.pairSums(ones);
  pairs.forEach(([a, b], pair) => {
    const both = sums[pair];
    frobenius += 2 * (both ** 2 - 2 * both * counts[a] * counts[b] / n);
  });
  return { trace, frobenius, countSquares };
}

function residualsOf(values: ArrayLike<number>): Float64Array {
  const mean = meanOf(values);
  return Float64Array.from(values, (value) => value - mean);
}

function sumOf(values: Float64Array, of: (value: number) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0);
}
