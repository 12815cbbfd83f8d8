/** Builds the shim against the machine's libtorch, and asks csn what it finds. */
import { type Check, look, type Setting } from "./check.ts";
import { run } from "./run_program.ts";
import { join } from "../../src/files/paths.ts";

/** The part, in its order. */
export async function setupPart({ project, out, isCuda }: Setting): Promise<Check[]> {
  const log = join(out, "setup.log");
  return [
    await look("setup", "build the shim", "built for this libtorch", async () => {
      const said = await run("deno", ["task", "-q", "setup"], { cwd: project, log });
      return { passed: true, found: said.trim().split("\n")[0] };
    }),
    await look("setup", "doctor", isCuda ? "a CUDA device" : "nothing wrong", async () => {
      const said = await run("deno", ["task", "-q", "doctor", "--json"], { cwd: project, log });
      const { ok, findings } = JSON.parse(said) as {
        ok: boolean;
        findings: { what: string; found: string }[];
      };
      const cuda = findings.find(({ what }) => what === "CUDA")!.found;
      return { passed: ok && (!isCuda || /^\d+ device/.test(cuda)), found: `CUDA: ${cuda}` };
    }),
  ];
}
