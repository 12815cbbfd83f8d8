import assert from "node:assert/strict";
import { evaluationLine, trainLine } from "../../src/cli/log_line.ts";

Deno.test("trainLine() is the reference code's", () => {
  const line = trainLine({
    epoch: 3,
    batch: 20,
    batchSize: 256,
    triplets: 100_000,
    loss: 0.01231,
    lossMean: 0.015,
    accuracy: 0.984375,
    accuracyMean: 0.979,
    embeddingNorm: 0.412,
    embeddingNormMean: 0.419,
  });
  assert.equal(
    line,
    "Train Epoch: 3 [5120/100000]\tLoss: 0.0123 (0.0150) \tAcc: 98.44% (97.90%) \tEmb_Norm: 0.41 (0.42)",
  );
});

Deno.test("trainLine() counts the last, smaller batch with its own size", () => {
  const line = trainLine({
    epoch: 1,
    batch: 2,
    batchSize: 7,
    triplets: 27,
    loss: 1,
    lossMean: 1,
    accuracy: 1,
    accuracyMean: 0,
    embeddingNorm: 0,
    embeddingNormMean: 0,
  });
  assert.match(line, /^Train Epoch: 1 \[14\/27\]\t.*Acc: 100\.00% \(0\.00%\)/);
});

Deno.test("evaluationLine() is the reference code's, between blank lines", () => {
  assert.equal(
    evaluationLine({ loss: 0.07541, accuracy: 0.88612 }),
    "\nTest set: Average loss: 0.0754, Accuracy: 88.61%\n",
  );
});
