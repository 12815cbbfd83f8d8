/**
 * In what numbers a backbone computes; "bf16": convolutions and the linear layer in bfloat16, all
 * else in float32.
 */
export type Precision = "float32" | "bf16";

/** Where a network computes, and in what numbers. */
export interface Placement {
  /** "cpu", "cuda:0", ... */
  readonly device: string;
  /** Of its backbone; masks, distances and the loss are float32 in either. */
  readonly precision: Precision;
}

/** The processor, in numbers that do not depend on which one it is. */
export const onCpu: Placement = { device: "cpu", precision: "float32" };
