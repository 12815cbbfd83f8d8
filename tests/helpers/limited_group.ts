/** A control group that limits how long its processes may compute. */
import { messageOf } from "../../src/base/errors.ts";
import { join } from "../../src/files/paths.ts";

/** A real one, of this system; it must be empty when it is disposed of. */
export class LimitedGroup implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes one with a quota in per cent of a processor; null where this system does not let us, which it says. */
  static async make(percent: number): Promise<LimitedGroup | null> {
    const refusals: string[] = [];
    try {
      for (const { folder, file, period } of await mounts()) {
        const group = join(folder, `csn-test-${Deno.pid}`);
        const script = `mkdir "$1" && { echo "$3" > "$1/$2" || { rmdir "$1"; exit 1; }; }`;
        const quota = `${1000 * percent}${period}`;
        const fault = await run("sh", ["-c", script, "sh", group, file, quota])
          .then(() => null, messageOf);
        if (fault === null) return new LimitedGroup(group);
        refusals.push(fault);
      }
    } catch (error) {
      refusals.push(messageOf(error));
    }
    console.log(`no limited control group: ${refusals.join("; ") || "none is mounted"}`);
    return null;
  }

  /** What to write before a command so that it runs in the group. */
  get prefix(): string[] {
    return ["sh", "-c", `echo $$ > "$0/cgroup.procs" && exec "$@"`, this.#folder];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("rmdir", [this.#folder]);
  }
}

/** Where groups with quotas are mounted, and how those are written: v1 has a tenth of a second in another file. */
async function mounts(): Promise<{ folder: string; file: string; period: string }[]> {
  const table = await run("cat", ["/proc/self/mountinfo"]);
  return table.split("\n").filter((line) => line.includes(" - ")).flatMap((line) => {
    const [place, type] = line.split(" - ").map((half) => half.split(" "));
    const folder = place[4];
    if (type[0] === "cgroup2") return [{ folder, file: "cpu.max", period: " 100000" }];
    const isV1 = type[0] === "cgroup" && type[2].split(",").includes("cpu");
    return isV1 ? [{ folder, file: "cpu.cfs_quota_us", period: "" }] : [];
  });
}

async function run(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
  return new TextDecoder().decode(stdout);
}
