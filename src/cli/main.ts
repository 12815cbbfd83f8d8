/** The command line of csn: `deno run src/cli/main.ts <command>`; `deno task <command>` is its short form. */
import { Command } from "@commander-js/extra-typings";
import { version } from "../version.ts";
import { auditCommand } from "./audit.ts";
import { compareCommand } from "./compare.ts";
import { demoCommand } from "./demo.ts";
import { doctorCommand } from "./doctor.ts";
import { embedCommand } from "./embed.ts";
import { getDataCommand } from "./get_data.ts";
import { makeTripletsCommand } from "./make_triplets.ts";
import { parityCommand } from "./parity.ts";
import { queryCommand } from "./query.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run_command.ts";
import { setupCommand } from "./setup.ts";
import { sweepCommand } from "./sweep.ts";
import { testCommand } from "./test.ts";
import { trainCommand } from "./train.ts";

const program = new Command("csn")
  .description("Conditional Similarity Networks: embed an image once, compare it by notion.")
  .version(version)
  .addCommand(demoCommand())
  .addCommand(setupCommand())
  .addCommand(doctorCommand())
  .addCommand(getDataCommand())
  .addCommand(makeTripletsCommand())
  .addCommand(auditCommand())
  .addCommand(trainCommand())
  .addCommand(testCommand())
  .addCommand(compareCommand())
  .addCommand(sweepCommand())
  .addCommand(embedCommand())
  .addCommand(queryCommand())
  .addCommand(reportCommand())
  .addCommand(parityCommand());

await runCommand(program, Deno.args);
