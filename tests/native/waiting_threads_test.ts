import assert from "node:assert/strict";
import { spinCount, withSpinCount } from "../../src/native/waiting_threads.ts";
import { runThreads } from "../helpers/run_threads.ts";

/** On macOS libtorch has another library for its threads. */
const onLinux = { ignore: Deno.build.os !== "linux" };

/** What libgomp says that it read when it was loaded, and GOMP_SPINCOUNT thereafter. */
async function readByLibgomp(env: Record<string, string> = {}): Promise<(string | null)[]> {
  const { stderr, spins } = await runThreads({ env: { OMP_DISPLAY_ENV: "verbose", ...env } });
  return [/GOMP_SPINCOUNT = '(\d+)'/.exec(stderr)![1], spins];
}

Deno.test(
  "withSpinCount() is read by libgomp, and leaves no variable to later programs",
  onLinux,
  async () => {
    assert.deepEqual(await readByLibgomp(), [String(spinCount), null]);
  },
);

Deno.test(
  "withSpinCount() leaves GOMP_SPINCOUNT and OMP_WAIT_POLICY as the user set them",
  onLinux,
  async () => {
    assert.deepEqual(await readByLibgomp({ GOMP_SPINCOUNT: "77" }), ["77", "77"]);
    assert.deepEqual(await readByLibgomp({ OMP_WAIT_POLICY: "passive" }), ["0", null]);
    const [active] = await readByLibgomp({ OMP_WAIT_POLICY: "active" });
    assert.ok(Number(active) > 1e9, String(active));
  },
);

Deno.test("withSpinCount() leaves no variable when loading fails", () => {
  const before = Deno.env.get("GOMP_SPINCOUNT");
  assert.throws(() =>
    withSpinCount(() => {
      throw new Error("no library");
    }), /no library/);
  assert.equal(Deno.env.get("GOMP_SPINCOUNT"), before);
});
