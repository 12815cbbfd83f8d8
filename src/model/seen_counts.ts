/** How many of some images a model has met before. */
export interface SeenCounts {
  /** Distinct images. */
  readonly images: number;
  /** Those that the model was trained on. */
  readonly training: number;
  /** Others on which the model's best epoch was chosen. */
  readonly validation: number;
}

/** How many images of a split a model has met before, in all and of each notion's triplets. */
export interface SeenImages extends SeenCounts {
  /** In the order of the model's notions. */
  readonly notions: readonly (SeenCounts & { readonly name: string })[];
}

/**
 * "18 of the 30 images of the test triplets were training images of this model (shape 18 of 30,
 * ...): ...", with what follows from that.
 */
export function seenText(
  seen: SeenImages,
  split: string,
  consequence = "this is no accuracy on unseen images",
): string {
  const { images, training, validation, notions } = seen;
  const where = `of the ${images} images of the ${split} split`;
  const byNotion = notions.map((each) =>
    `${each.name} ${each.training + each.validation} of ${each.images}`
  ).join(", ");
  const chosen = "validation images, on which its best epoch was chosen";
  const what = training === 0
    ? `${validation} ${where} were ${chosen}`
    : `${training} ${where} were training images of this model` +
      (validation === 0 ? "" : `, ${validation} more its ${chosen}`);
  return `${what} (${byNotion}): ${consequence}`;
}
