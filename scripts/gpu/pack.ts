/**
 * `scripts/gpu_check.sh pack [FILE]`: makes the archive that a GPU machine without a network needs.
 */
import { Command } from "@commander-js/extra-typings";
import { runCommand } from "../../src/cli/run_command.ts";
import { projectFolder, userPath } from "../../src/cli/paths.ts";
import { CsnError } from "../../src/base/errors.ts";
import { exists } from "../../src/files/exists.ts";
import { examineOutput } from "../../src/files/output_file.ts";
import { join } from "../../src/files/paths.ts";
import { makeArchive } from "./archive.ts";
import { run } from "./run_program.ts";

const program = new Command("gpu_check.sh pack")
  .description(
    "make one archive of Deno, npm packages and sources, for a GPU machine without a network",
  )
  .argument("[file]", "the archive", "csn-gpu.tar.xz")
  .option("--overwrite", "replace that file")
  .option("--verbose", "show where an error came from")
  .action(async (file, { overwrite }) => {
    const { os, arch } = Deno.build;
    if (os !== "linux" || arch !== "x86_64") {
      throw new CsnError(
        `Cannot pack on ${os} ${arch}: the archive holds this machine's Deno, and GPU machines are Linux x86_64`,
      );
    }
    const target = userPath(file);
    await examineOutput(target, { failing: "Cannot pack to", option: "pack", overwrite });
    const stage = await Deno.makeTempDir({ prefix: "csn-gpu-" });
    try {
      console.error("Fetching the npm packages");
      const packages = join(stage, "packages");
      await run(Deno.execPath(), ["install", "--frozen"], {
        cwd: projectFolder,
        env: { DENO_DIR: packages },
      });
      console.error("Packing; xz takes some minutes");
      const size = await makeArchive(
        {
          project: projectFolder,
          files: await trackedFiles(),
          deno: Deno.execPath(),
          packages,
          madeFrom: await run("git", ["describe", "--always", "--dirty"], { cwd: projectFolder }),
        },
        stage,
        target,
      );
      console.log(
        `${target}: ${(size / 1e6).toFixed(1)} MB. On the GPU machine:\n\n    tar xf ${
          file.split("/").at(-1)
        } && csn/scripts/gpu_check.sh run`,
      );
    } finally {
      await Deno.remove(stage, { recursive: true });
    }
  });

await runCommand(program, Deno.args);

/** What git knows of, as it lies in the work tree. */
async function trackedFiles(): Promise<string[]> {
  const listed = await run("git", ["ls-files", "-z"], { cwd: projectFolder });
  const files = listed.split("\0").filter((file) => file !== "");
  const isThere = await Promise.all(files.map((file) => exists(join(projectFolder, file))));
  return files.filter((_, i) => isThere[i]);
}
