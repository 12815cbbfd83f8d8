/** The command line as users run it: in a process of its own, with the permissions of the tasks. */
import { join } from "../../src/files/paths.ts";
import { projectFolder } from "../../src/cli/paths.ts";

const permissions = ["read", "write", "env", "ffi", "net", "sys", "run=python3,c++,deno"].map((
  each,
) => `--allow-${each}`);

/** What a command printed, and how it ended. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is started. */
export interface CliOptions {
  readonly env?: Record<string, string>;
  /** The folder that the user stands in. */
  readonly cwd?: string;
  /**
   * Files cannot grow larger, in blocks of `ulimit -f`: to a program that is what a full disk looks like.
   * The signal that goes with it is ignored, or it would end the process before any error is seen.
   */
  readonly mostFileBlocks?: number;
  /** What is written before the command, such as `readOnlyPrefix`. */
  readonly prefix?: readonly string[];
}

/** Runs a command to its end. */
export async function runCli(
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  return await new CliProcess(args, options).ended();
}

/** A command that runs. */
export class CliProcess {
  readonly #child: Deno.ChildProcess;
  readonly #texts: Promise<[string, string]>;
  #seen = "";
  readonly #watchers = new Set<() => void>();

  constructor(args: readonly string[], options: CliOptions = {}) {
    const program = [
      Deno.execPath(),
      "run",
      "--quiet",
      ...permissions,
      join(projectFolder, "src", "cli", "main.ts"),
      ...args,
    ];
    const { mostFileBlocks, prefix = [] } = options;
    const limited = mostFileBlocks === undefined ? program : [
      ...["sh", "-c", `trap "" XFSZ; ulimit -f ${mostFileBlocks}; exec "$@"`, "sh"],
      ...program,
    ];
    const [command, ...rest] = [...prefix, ...limited];
    this.#child = new Deno.Command(command, {
      args: rest,
      // On the CPU, whose results the tests know: `--device auto` must not find a GPU.
      env: {
        NO_COLOR: "1",
        CUDA_VISIBLE_DEVICES: "",
        ...options.env,
        ...(options.cwd ? { INIT_CWD: options.cwd } : {}),
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#texts = Promise.all([this.#read(this.#child.stdout), this.#read(this.#child.stderr)]);
  }

  /** The process, for signals. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Waits until `pattern` has appeared `times` times in what was printed, and gives its first match; fails when the process ends before. */
  async printed(pattern: RegExp, times = 1): Promise<RegExpMatchArray> {
    const global = new RegExp(pattern, "g");
    let hasEnded = false;
    this.#texts.then(() => {
      hasEnded = true;
      this.#watchers.forEach((watcher) => watcher());
    });
    while ((this.#seen.match(global) ?? []).length < times) {
      if (hasEnded) {
        throw new Error(`the command ended before it printed ${pattern}:\n${this.#seen}`);
      }
      await new Promise<void>((resolve) => {
        const watcher = () => {
          this.#watchers.delete(watcher);
          resolve();
        };
        this.#watchers.add(watcher);
      });
    }
    return this.#seen.match(new RegExp(pattern, pattern.flags.replace("g", "")))!;
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for the end. */
  async ended(): Promise<CliResult> {
    const [stdout, stderr] = await this.#texts;
    const { code } = await this.#child.status;
    return { code, stdout, stderr };
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<string> {
    let whole = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      whole += text;
      this.#seen += text;
      this.#watchers.forEach((watcher) => watcher());
    }
    return whole;
  }
}
