import assert from "node:assert/strict";
import type { Comparison } from "../../../scripts/bench/comparison.ts";
import { figureOf } from "../../../scripts/bench/figure.ts";
import { type Machine, report } from "../../../scripts/bench/report.ts";

const machine: Machine = {
  processor: "Some CPU",
  cores: 2,
  capability: "AVX512",
  features: ["avx2", "avx512f"],
  threads: 2,
  device: "cpu",
  gpu: null,
  precision: "float32",
  libtorch: "2.13.0+cu130",
  pytorch: "2.13.0+cu130",
};

const step: Comparison = {
  item: "step",
  work: "training, 32 px, batch 32",
  against: "eager",
  unit: "triplets/s",
  csn: 314.26,
  pytorch: 250,
  ratio: { median: 1.257, least: 1.2, most: 1.31 },
  repeats: 7,
};

Deno.test("report() names the machine and prints a row a comparison", () => {
  const start: Comparison = {
    ...step,
    item: "start",
    work: "start",
    unit: "s",
    csn: 1.5,
    pytorch: 3,
  };
  assert.equal(
    report({ machine, comparisons: [step, start], waits: [], figures: [], failures: [] }),
    `Some CPU, 2 cores, AVX512 (avx2, avx512f); 2 threads; cpu; csn in float32 on libtorch 2.13.0+cu130; PyTorch 2.13.0+cu130

work                       unit        PyTorch    csn  PyTorch  ratio  least  most  runs
-------------------------  ----------  -------  -----  -------  -----  -----  ----  ----
training, 32 px, batch 32  triplets/s  eager    314.3    250.0   1.26   1.20  1.31     7
start                      s           eager     1.50     3.00   1.26   1.20  1.31     7

Numbers are medians; a ratio is of two runs one after the other, and above 1 csn is the better side.
eager: as the original computes it, in float32 (NCHW, Adam's loop).
tuned: channels_last, fused Adam; float32. folded: tuned, batch norm folded by hand. bf16: the same in bfloat16.`,
  );
});

Deno.test("report() names the GPU and what is tuned there", () => {
  const gpu: Machine = { ...machine, device: "cuda:0", gpu: "Some GPU", precision: "bf16" };
  const text = report({ machine: gpu, comparisons: [step], waits: [], figures: [], failures: [] });
  assert.match(text, /2 threads; cuda:0: Some GPU; csn in bf16 on /);
  assert.match(text, /tuned: .*torch\.compile/);
});

Deno.test("report() prints the service's load in a table of its own", () => {
  const served: Comparison = {
    ...step,
    item: "serve",
    work: "requests, 32 px",
    against: "one at a time",
    unit: "requests/s",
  };
  const text = report({ machine, comparisons: [served], waits: [], figures: [], failures: [] });
  assert.match(text, /^requests, 32 px +requests\/s +one at a time +314\.3 +250\.0 /m);
  assert.match(text, /^one at a time: the same service, with one image in each forward pass\.$/m);
  assert.doesNotMatch(text, /eager/);
});

Deno.test("report() prints figures of csn alone with what is aimed at, and whether it is met", () => {
  const figures = [
    figureOf({ work: "mixer", unit: "ms", aim: 50 }, [20, 30, 60]),
    figureOf({ work: "maps", unit: "frames/s", aim: 30 }, [58, 31, 44]),
    figureOf({ work: "memory", unit: "MB", aim: null }, [512]),
  ];
  const text = report({ machine, comparisons: [], waits: [], figures, failures: [] });
  assert.match(text, /^mixer +ms +30\.0 +60\.0 +50 +no +3 *$/m);
  assert.match(text, /^maps +frames\/s +44\.0 +31\.0 +30 +yes +3 *$/m);
  assert.match(text, /^memory +MB +512\.0 +512\.0 +1 *$/m);
});

Deno.test("report() says which items could not be compared", () => {
  const failures = [{ item: "memory", reason: "there is no /proc here" }];
  assert.match(
    report({ machine, comparisons: [step], waits: [], figures: [], failures }),
    /\nmemory could not be compared: there is no \/proc here$/,
  );
});
