/** Commands that are the work of one process, under a launcher of several. */
import assert from "node:assert/strict";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { commands } from "../../../src/cli/commands.ts";
import { refuseSeveral } from "../../../src/cli/processes/refuse_several.ts";
import { exists } from "../../../src/files/exists.ts";
import { join } from "../../../src/files/paths.ts";
import { runCli } from "../../helpers/run_cli.ts";
import { TemporaryFolder } from "../../helpers/temporary_folder.ts";

/** Commands that each process may carry out for itself. */
const asking = ["setup", "doctor", "query", "serve"];

/** What commands say by the variables of a launcher, by name; null where they are let pass. */
async function saidOf(rank: string, world: string): Promise<Map<string, string | null>> {
  const program = new Command("csn");
  for (const { load } of commands) program.addCommand(await load());
  // get-data has its work in two commands of its own.
  const all: CommandUnknownOpts[] = program.commands.flatMap((command) =>
    command.commands.length > 0 ? command.commands : [command]
  );
  const env = (name: string) => ({ RANK: rank, WORLD_SIZE: world })[name];
  return new Map(all.map((command) => [command.name(), refusalOf(command, env)]));
}

function refusalOf(
  command: CommandUnknownOpts,
  env: (name: string) => string | undefined,
): string | null {
  try {
    refuseSeveral(command, env);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

Deno.test("refuseSeveral() refuses whatever neither shares its work by --processes nor only asks", async () => {
  const said = await saidOf("1", "2");
  for (const name of ["train", "test", "embed", ...asking]) assert.equal(said.get(name), null);
  const program = new Command("csn");
  for (const { load } of commands) program.addCommand(await load());
  const shares = (name: string) =>
    program.commands.some((command) =>
      command.name() === name && command.helpInformation().includes("--processes")
    );
  for (const [name, text] of said) {
    if (asking.includes(name) || shares(name)) continue;
    assert.match(
      text!,
      new RegExp(
        `^Cannot do the work of (get-data )?${name} in several processes \\(by RANK and ` +
          "WORLD_SIZE this is rank 1 of 2\\): .* start it without the launcher",
      ),
    );
  }
  for (const name of ["report", "index", "calibrate", "add-notion", "zappos", "demo", "audit"]) {
    assert.ok(said.get(name), `${name} is let pass`);
  }
});

Deno.test("refuseSeveral() lets every command pass where there is one process", async () => {
  for (const [rank, world] of [["0", "1"], ["", "2"], ["0", ""]]) {
    for (const [name, text] of await saidOf(rank, world)) assert.equal(text, null, name);
  }
});

Deno.test("get-data fonts is refused under a launcher of two processes before it writes", async () => {
  await using folder = await TemporaryFolder.make();
  const out = join(folder.path, "fonts");
  const { code, stdout, stderr } = await runCli(["get-data", "fonts", "--out", out], {
    env: { RANK: "0", WORLD_SIZE: "2", MASTER_ADDR: "127.0.0.1", MASTER_PORT: "29500" },
  });
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /^error: Cannot do the work of get-data fonts in several processes \(/);
  assert.equal(await exists(out), false);
});
