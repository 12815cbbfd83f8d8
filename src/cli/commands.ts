import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";

/** A command as the list of commands shows it; its module is loaded when it is named. */
interface CommandEntry {
  /** What it is called. */
  readonly name: string;
  /** What it takes, as its help writes it. */
  readonly argument?: string;
  /** What it does. */
  readonly description: string;
  /** The command itself. */
  readonly load: () => Promise<CommandUnknownOpts>;
}

/** Every command, in the order of the list. A test compares them with the commands themselves. */
export const commands: readonly CommandEntry[] = [
  {
    name: "demo",
    description: "set csn up, make the fonts set, train on it and test: a few minutes on two cores",
    load: async () => (await import("./demo.ts")).demoCommand(),
  },
  {
    name: "setup",
    description:
      "find or fetch libtorch and build the shim; other commands do it when it is needed",
    load: async () => (await import("./setup.ts")).setupCommand(),
  },
  {
    name: "doctor",
    description: "examine what csn needs on this machine; exit code 1 when something is wrong",
    load: async () => (await import("./doctor.ts")).doctorCommand(),
  },
  {
    name: "get-data",
    description: "fetch Zappos50k with the paper's triplet lists, or make the fonts set",
    load: async () => (await import("./get_data.ts")).getDataCommand(),
  },
  {
    name: "make-triplets",
    description: "make an image set from a folder of images and a table of their attributes",
    load: async () => (await import("./make_triplets.ts")).makeTripletsCommand(),
  },
  {
    name: "audit",
    argument: "<set>",
    description: "examine a set's triplet lists and pictures for what would spoil a result",
    load: async () => (await import("./audit.ts")).auditCommand(),
  },
  {
    name: "train",
    description: "train a Conditional Similarity Network; writes runs/<name>/",
    load: async () => (await import("./train.ts")).trainCommand(),
  },
  {
    name: "test",
    description: "evaluate a model on the triplets of an image set",
    load: async () => (await import("./test.ts")).testCommand(),
  },
  {
    name: "compare",
    description:
      "train the paper's networks alike, test them on the same triplets, with intervals; goes on where it stood",
    load: async () => (await import("./compare.ts")).compareCommand(),
  },
  {
    name: "sweep",
    description:
      "error against the number of training triplets (the paper's Figure 9); goes on where it stood",
    load: async () => (await import("./sweep.ts")).sweepCommand(),
  },
  {
    name: "embed",
    argument: "[images...]",
    description: "embed image files, all images of a folder, or a set in its order, to a file",
    load: async () => (await import("./embed.ts")).embedCommand(),
  },
  {
    name: "query",
    argument: "<images...>",
    description:
      "print the images that are nearest to an image by a notion or a mixture of notions",
    load: async () => (await import("./query.ts")).queryCommand(),
  },
  {
    name: "index",
    description:
      "write embeddings to PostgreSQL with pgvector, where `query --from` and SQL search",
    load: async () => (await import("./index.ts")).indexCommand(),
  },
  {
    name: "serve",
    description: "answer searches by a model over HTTP, on this machine alone by default",
    load: async () => (await import("./serve.ts")).serveCommand(),
  },
  {
    name: "explore",
    description: "look at what a model learned, in a browser on this machine",
    load: async () => (await import("./explore.ts")).exploreCommand(),
  },
  {
    name: "calibrate",
    description: "measure what chances a model's distances stand for, and store that in its file",
    load: async () => (await import("./calibrate.ts")).calibrateCommand(),
  },
  {
    name: "add-notion",
    description:
      "teach a model a notion from answers or values, without training, in a copy of its file",
    load: async () => (await import("./add_notion.ts")).addNotionCommand(),
  },
  {
    name: "report",
    description: "write what a model learned as one HTML page, with its charts and pictures",
    load: async () => (await import("./report.ts")).reportCommand(),
  },
  {
    name: "parity",
    argument: "<fixture>",
    description: "compare csn with a PyTorch program: three Adam steps, number by number",
    load: async () => (await import("./parity.ts")).parityCommand(),
  },
];

/**
 * The commands for a command line: the one that it names, and of the others what the list shows.
 */
export async function commandsFor(args: readonly string[]): Promise<CommandUnknownOpts[]> {
  const named = args[0] === "help" ? args[1] : args[0];
  return await Promise.all(
    commands.map((entry) => entry.name === named ? entry.load() : shown(entry)),
  );
}

/** A command that does nothing and looks in the list as the real one does. */
export function shown({ name, argument, description }: CommandEntry): CommandUnknownOpts {
  const command = new Command(name).description(description);
  // Options are listed as "[options]"; get-data has them below its own commands.
  if (name !== "get-data") command.option("--verbose");
  if (argument !== undefined) command.argument(argument);
  return command;
}
