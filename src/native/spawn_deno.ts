import { CsnError } from "../base/errors.ts";
import { dirname } from "../files/paths.ts";
import { withoutLinkerSettings } from "./child_environment.ts";

/**
 * Starts Deno: by its name, which is how permissions name it, and where that is not found this very
 * program. Colours and the linker's settings are turned off unless `env` sets them. Throws a CsnError, "Cannot <attempt>: ...", where neither can be started.
 */
export function spawnDeno(attempt: string, options: Deno.CommandOptions): Deno.ChildProcess {
  const env = { NO_COLOR: "1", ...withoutLinkerSettings(), ...options.env };
  try {
    return new Deno.Command("deno", { ...options, env }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    return new Deno.Command(Deno.execPath(), { ...options, env }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new CsnError(
      `Cannot ${attempt}: there is no program "deno" on PATH; put ${
        dirname(Deno.execPath())
      } there and run the command again`,
      { cause: error },
    );
  }
}
