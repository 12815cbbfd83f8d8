/** A worker that fits weights. */
import { fitValidated, type PartedRows, type ValidatedFit } from "../statistics/validated_fit.ts";

// What a worker sees of itself; the types of the DOM's window are another.
const self = globalThis as unknown as {
  onmessage: (event: MessageEvent<PartedRows>) => void;
  postMessage(message: ValidatedFit): void;
  close(): void;
};

self.onmessage = ({ data }) => {
  self.postMessage(fitValidated(data));
  self.close();
};
