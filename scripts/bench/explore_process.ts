/** The command `explore`, in a process of its own, as its task starts it. */
import denoJson from "../../deno.json" with { type: "json" };
import { CsnError } from "../../src/base/errors.ts";
import { projectFolder } from "../../src/cli/paths.ts";

/** What is explored. */
interface Explored {
  readonly model: string;
  readonly set: string;
  readonly threads: number;
}

/** The command, which serves until it is disposed of. */
export class ExploreProcess implements AsyncDisposable {
  /** The page's address, with its token. */
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #printed: Promise<void>;

  private constructor(child: Deno.ChildProcess, url: string, printed: Promise<void>) {
    this.#child = child;
    this.url = url;
    this.#printed = printed;
  }

  /** Starts it, and waits until it prints the page's address. */
  static async start({ model, set, threads }: Explored): Promise<ExploreProcess> {
    const [, ...words] = denoJson.tasks.explore.command.split(" ");
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...words.flatMap((word) => word === "run" ? ["run", "--quiet"] : [word]),
        ...["--resume", model, "--among", set, "--port", "0", "--threads", String(threads)],
      ],
      cwd: projectFolder,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const url = /http:\/\/\S+(?=\n)/.exec(text)?.[0];
      if (url !== undefined) return new ExploreProcess(child, url, readAll(reader));
      const { value, done } = await reader.read();
      if (done) throw new CsnError("Cannot measure `explore`: it ended; its message is above");
      text += value;
    }
  }

  /** Number of its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Waits until all maps are laid out. */
  async mapsMade(): Promise<void> {
    const { origin } = new URL(this.url);
    for (;;) {
      // It answers 503 while images are embedded.
      const { maps } = await (await fetch(`${origin}/api/maps`)).json();
      const isMade = ({ stage }: { stage: string }) => stage !== "waiting" && stage !== "plane";
      if (maps?.every(isMade)) return;
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGINT");
    await this.#printed;
    await this.#child.status;
  }
}

/** Milliseconds between two questions how far maps are. */
const askAgainMs = 500;

async function readAll(reader: ReadableStreamDefaultReader<string>): Promise<void> {
  while (!(await reader.read()).done);
}
