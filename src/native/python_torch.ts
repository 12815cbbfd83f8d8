import { withoutLinkerSettings } from "./child_environment.ts";
import { join } from "../files/paths.ts";
import { writeWhole } from "../files/write_whole.ts";
import { cacheFolder } from "../files/cache.ts";
import { findProgram } from "./platform.ts";

/** What python3 knows of torch. */
export interface PythonTorch {
  /** Folder of its torch package; null when it has none. */
  readonly folder: string | null;
  /** Why there is none. */
  readonly why: string;
}

/**
 * Prints where torch would be imported from, without importing it, and the folders that decide
 * that.
 */
const program = `
import importlib.util, json, sys
spec = importlib.util.find_spec("torch")
folders = list(spec.submodule_search_locations) if spec and spec.submodule_search_locations else [None]
print(json.dumps({"torch": folders[0], "paths": [p for p in sys.path if p]}))
`;

/** Variables that decide which Python starts and where it imports from. */
const settings = ["PYTHONPATH", "PYTHONHOME", "PYENV_VERSION"];

/** An answer of python3, good while nothing in `times` has changed. */
interface Remembered {
  /** The interpreter, with the settings that it was started under. */
  readonly python: string;
  readonly torch: string | null;
  /** Times of change, in ms, of the interpreter and of the folders it imports from. */
  readonly times: readonly (readonly [path: string, changedMs: number | null])[];
}

/**
 * The torch that the user's python3 imports. Starting Python is slow, so its answer is remembered.
 */
export async function pythonTorch(): Promise<PythonTorch> {
  const python = findProgram("python3");
  if (python === null) return { folder: null, why: "there is no python3" };
  const known = recall();
  const answer = known !== null && known.python === withSettings(python) && isCurrent(known)
    ? known
    : await ask(python);
  if (answer === null) return { folder: null, why: `${python} does not work` };
  return answer.torch === null
    ? { folder: null, why: `${python} has no torch` }
    : { folder: answer.torch, why: "" };
}

async function ask(python: string): Promise<Remembered | null> {
  const { success, stdout } = await new Deno.Command("python3", {
    args: ["-c", program],
    // Not a torch that lies in the folder where csn happens to be started.
    cwd: "/",
    env: withoutLinkerSettings(),
    stderr: "null",
  }).output().catch(() => ({ success: false, stdout: new Uint8Array() }));
  const said = success ? parse(new TextDecoder().decode(stdout)) : null;
  if (said === null) return null;
  const { torch, paths } = said;
  const answer: Remembered = {
    python: withSettings(python),
    torch,
    times: [python, ...paths].map((path) => [path, changedMs(path)] as const),
  };
  // Where the cache cannot be written, it is asked again.
  await remember(answer).catch(() => {});
  return answer;
}

function parse(printed: string): { torch: string | null; paths: string[] } | null {
  try {
    // What else a Python prints when it starts comes before.
    return JSON.parse(printed.trim().split("\n").at(-1)!);
  } catch {
    return null;
  }
}

function withSettings(python: string): string {
  return [python, ...settings.map((name) => Deno.env.get(name) ?? "")].join("\n");
}

function isCurrent({ times }: Remembered): boolean {
  return times.every(([path, before]) => changedMs(path) === before);
}

function changedMs(path: string): number | null {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? null;
  } catch {
    return null;
  }
}

function memory(): string {
  return join(cacheFolder(), "python3.json");
}

function recall(): Remembered | null {
  try {
    return JSON.parse(Deno.readTextFileSync(memory()));
  } catch {
    return null;
  }
}

async function remember(answer: Remembered): Promise<void> {
  await Deno.mkdir(cacheFolder(), { recursive: true });
  await writeWhole(memory(), JSON.stringify(answer));
}
