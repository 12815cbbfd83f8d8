/** The real visdom server, installed from PyPI into the cache and started without a network. */
import { FileLock } from "../../src/files/file_lock.ts";
import { cacheFolder } from "../../src/files/cache.ts";
import { join } from "../../src/files/paths.ts";
import { freePort } from "./free_port.ts";

/** setuptools 81 and newer lack pkg_resources, which visdom's setup needs; tornado 6.6 breaks its page. */
const installations = [
  ["setuptools<81", "wheel"],
  ["--no-build-isolation", "visdom==0.2.4", "tornado<6.6"],
];

/** A running server, stopped by `await using`. */
export class VisdomServer implements AsyncDisposable {
  readonly port: number;
  /** Where it keeps environments. */
  readonly folder: string;
  readonly #child: Deno.ChildProcess;

  private constructor(port: number, folder: string, child: Deno.ChildProcess) {
    this.port = port;
    this.folder = folder;
    this.#child = child;
  }

  /** Starts a server that keeps environments in `folder`; on a free port unless one is given. */
  static async start(
    folder: string,
    options: {
      readonly port?: number;
      /** `cookie` is the secret that sessions are signed with. */
      readonly login?: { username: string; password: string; cookie?: string };
    } = {},
  ): Promise<VisdomServer> {
    const port = options.port ?? freePort();
    const { login } = options;
    // Its own start downloads scripts for the page; this one serves the interface alone.
    const program = "from visdom.server.run_server import main; main()";
    await Deno.mkdir(join(folder, ".visdom"), { recursive: true });
    const child = new Deno.Command(await visdomPython(), {
      args: [
        "-c",
        program,
        "-port",
        String(port),
        "-env_path",
        folder,
        "-bind_local",
        ...(login ? ["-enable_login"] : []),
      ],
      env: {
        HOME: folder,
        ...(login
          ? {
            VISDOM_USE_ENV_CREDENTIALS: "1",
            VISDOM_USERNAME: login.username,
            VISDOM_PASSWORD: login.password,
            VISDOM_COOKIE: login.cookie ?? "a cookie for tests",
          }
          : {}),
      },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const server = new VisdomServer(port, folder, child);
    await server.#answers();
    return server;
  }

  /** Stops it as a crash would: what was not saved is lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#child.status;
  }

  /** Waits until it takes connections; fails when it ends before. */
  async #answers(): Promise<void> {
    let ended = false;
    this.#child.status.then(() => (ended = true));
    for (let attempt = 0; attempt < 600 && !ended; attempt++) {
      try {
        using _connection = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    throw new Error(`visdom did not start on port ${this.port}`);
  }
}

/** Replays a log through visdom's own Python client. */
export async function replay(file: string, port: number): Promise<void> {
  const program =
    "import sys, visdom; visdom.Visdom(port=int(sys.argv[2]), server='http://127.0.0.1', use_incoming_socket=False, raise_exceptions=True).replay_log(sys.argv[1])";
  const { success, stderr } = await new Deno.Command(await visdomPython(), {
    args: ["-c", program, file, String(port)],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** The Python that has visdom; installed once, 300 MB. */
async function visdomPython(): Promise<string> {
  const folder = join(cacheFolder(), "visdom-0.2.4");
  const python = join(folder, "bin", "python");
  const marker = join(folder, "installed");
  await Deno.mkdir(cacheFolder(), { recursive: true });
  using _lock = await FileLock.wait(join(cacheFolder(), "visdom.lock"), () => {});
  // Written last: an installation that was cut short is made again.
  if ((await Deno.stat(marker).catch(() => null)) !== null) return python;
  await run("python3", ["-m", "venv", "--clear", folder]);
  for (const packages of installations) {
    await run(python, ["-m", "pip", "install", "-q", ...packages]);
  }
  await Deno.writeTextFile(marker, "");
  return python;
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) {
    throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
}
