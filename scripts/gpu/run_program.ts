import { CsnError } from "../../src/base/errors.ts";

/** How a program is run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** All it prints goes there too. */
  readonly log?: string;
  /** Whether its output is shown while it runs. */
  readonly show?: boolean;
  /** Ends the program when it is aborted. */
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  /** The last lines of what it wrote to standard error, else to standard output. */
  readonly said: string;
}

/** Runs a program to its end, whatever that is. */
export async function tryProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const { cwd, env = {}, log, show = false, signal } = options;
  const child = new Deno.Command(program, {
    args: [...args],
    cwd,
    // csn takes relative paths from there.
    env: { NO_COLOR: "1", ...(cwd === undefined ? {} : { INIT_CWD: cwd }), ...env },
    signal,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  using file = log === undefined
    ? null
    : await Deno.open(log, { write: true, create: true, append: true });
  await file?.write(new TextEncoder().encode(`$ ${program} ${args.join(" ")}\n`));
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<string> => {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      for (let at = 0; file !== null && at < chunk.length;) {
        at += await file.write(chunk.subarray(at));
      }
      if (show) await Deno.stderr.write(chunk);
    }
    return text;
  };
  const [stdout, stderr, { code }] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    child.status,
  ]);
  return { code, stdout, said: lastLines(stderr.trim() === "" ? stdout : stderr) };
}

/**
 * Runs a program and returns what it printed. Throws a CsnError with its last words when it fails.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, said } = await tryProgram(program, args, options);
  if (code === 0) return stdout;
  throw new CsnError(
    `${[program, ...args].join(" ")} ended with ${code}: ${said}${
      options.log === undefined ? "" : `; all of it is in ${options.log}`
    }`,
  );
}

function lastLines(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim()).filter((line) => line !== "");
  const errors = lines.filter((line) => /error|failed/i.test(line));
  return (errors.length > 0 ? errors : lines).slice(-2).join(" | ");
}
