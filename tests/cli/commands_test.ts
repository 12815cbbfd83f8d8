import assert from "node:assert/strict";
import denoJson from "../../deno.json" with { type: "json" };
import { Help } from "@commander-js/extra-typings";
import { commands, commandsFor, shown } from "../../src/cli/commands.ts";

Deno.test("commands lists each command as it describes itself", async () => {
  const help = new Help();
  for (const entry of commands) {
    const [listed, own] = [shown(entry), await entry.load()];
    assert.equal(help.subcommandTerm(listed), help.subcommandTerm(own));
    assert.equal(listed.description(), own.description());
  }
});

Deno.test("commandsFor() loads the command that is named, by help too, and no other", async () => {
  const optionsOf = async (...args: string[]) =>
    Object.fromEntries(
      (await commandsFor(args)).map((command) => [command.name(), command.options.length]),
    );
  const none = await optionsOf("--version");
  assert.equal(Object.keys(none).length, commands.length);
  assert.ok(Object.values(none).every((options) => options <= 1));
  for (const args of [["test", "--json"], ["help", "test"]]) {
    const { test, ...others } = await optionsOf(...args);
    assert.ok(test > 5, `${test} options`);
    assert.ok(Object.values(others).every((options) => options <= 1));
  }
});

Deno.test("commands that have --processes have tasks that may start them", async () => {
  const tasks: Readonly<Record<string, unknown>> = denoJson.tasks;
  let shared = 0;
  for (const { name, load } of commands) {
    if (!(await load()).options.some(({ long }) => long === "--processes")) continue;
    shared += 1;
    assert.match(JSON.stringify(tasks[name]), /--allow-run=\S*\bdeno\b/, name);
  }
  assert.ok(shared >= 3);
});
