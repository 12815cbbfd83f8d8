import { type Scan, termsAsked } from "./asked_scan.ts";
import { plainScan } from "./plain_scan.ts";

/** What `scan()` gives, to the bit, without libtorch: for browsers. */
export const scanByLoop: Scan = (matrix, queries, measure, options = {}) => {
  const { k = 10, keep } = options;
  try {
    options.signal?.throwIfAborted();
    const terms = termsAsked(matrix, queries, measure, options);
    return Promise.resolve(
      plainScan(matrix, queries, terms, { k: Math.min(k, matrix.count), keep }),
    );
  } catch (error) {
    return Promise.reject(error);
  }
};
