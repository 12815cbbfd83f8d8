/** Many training steps hold as much at their end as after the first hundred. */
import { fromFileUrl } from "../../src/files/paths.ts";
import { run } from "../gpu/run_program.ts";
import { quiet } from "./trials.ts";
import type { Row, Soak } from "./part.ts";
import type { Held } from "./steps_process.ts";

/** Share by which the memory of the process may differ. */
const tolerated = 0.05;

/** The part. */
export async function stepsPart({ amounts: { steps }, until, stop, notice }: Soak): Promise<Row[]> {
  if (steps <= 100) return [];
  const began = performance.now();
  const program = fromFileUrl(new URL("steps_process.ts", import.meta.url));
  const permissions = ["read", "write", "env", "ffi", "sys", "run=python3,c++"].map((each) =>
    `--allow-${each}`
  );
  // V8 lets its young generation grow as it likes, which would hide or feign what csn holds.
  const v8 = "--v8-flags=--expose-gc,--max-semi-space-size=1";
  const most = String((until - began) / 1000);
  const printed = await run(
    Deno.execPath(),
    ["run", "--quiet", v8, ...permissions, program, String(steps), most],
    { env: quiet, signal: stop },
  );
  const [first, last] = printed.trim().split("\n").map((line): Held => JSON.parse(line));
  const wrong = wrongWith(first, last);
  const seconds = (performance.now() - began) / 1000;
  notice(`steps: ${last.step} in ${seconds.toFixed(0)} s: ${textOf(first)}, then ${textOf(last)}`);
  const again = `deno task soak --parts steps --steps ${steps}`;
  const findings = wrong === null ? [] : [{ what: wrong, again }];
  return [{
    part: "steps",
    tried: "training steps",
    count: last.step,
    asked: steps,
    findings,
    seconds,
  }];
}

/** What grew or shrank, in words; null when nothing did. */
export function wrongWith(first: Held, last: Held): string | null {
  const isSame = first.tensors === last.tensors && first.bytes === last.bytes;
  const change = last.memory / first.memory - 1;
  if (isSame && Math.abs(change) <= tolerated) return null;
  return `${textOf(first)}, but ${textOf(last)}`;
}

function textOf({ step, tensors, bytes, memory }: Held): string {
  return `after step ${step} ${tensors} tensors of ${bytes} bytes, ${
    (memory / 1e6).toFixed(1)
  } MB in memory`;
}
