import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { examineProcesses } from "../distributed/examine_processes.ts";
import { examine, type MachinePart } from "../native/examine.ts";
import { commandWords } from "./command_words.ts";
import { table } from "./format.ts";

/** `doctor`: what csn found on this machine, and the command that mends what is wrong. */
export function doctorCommand(): CommandUnknownOpts {
  return new Command("doctor")
    .description("examine what csn needs on this machine; exit code 1 when something is wrong")
    .option("--json", "print one JSON object")
    .option("--verbose", "show where an error came from")
    .action(async (flags) => {
      const machine = await examine();
      const processes = examineProcesses((name) => Deno.env.get(name));
      const findings = [...machine, processes].map(inCommandWords);
      const ok = findings.every((finding) => finding.ok);
      console.log(flags.json ? JSON.stringify({ ok, findings }) : report(findings));
      if (!ok) Deno.exitCode = 1;
    });
}

/** Remedies name tasks, without backticks: a table sets them off, and a shell would run them. */
function inCommandWords(finding: MachinePart): MachinePart {
  const { found, remedy } = finding;
  return {
    ...finding,
    found: inTaskWords(found),
    ...(remedy === undefined ? {} : { remedy: inTaskWords(remedy) }),
  };
}

function inTaskWords(message: string): string {
  return commandWords(message).replaceAll(/`(deno task [^`]*)`/g, "$1");
}

function report(findings: readonly MachinePart[]): string {
  const rows = findings.map(({ what, ok, found }) => [ok ? "ok" : "WRONG", what, found]);
  const remedies = findings.flatMap(({ what, remedy }) =>
    remedy === undefined ? [] : [`${what}: ${remedy}`]
  );
  return [
    table(["", "", "found"], rows),
    ...(remedies.length > 0 ? ["", "To mend it:", ...remedies] : []),
  ].join("\n");
}
