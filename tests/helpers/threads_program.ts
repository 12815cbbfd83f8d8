/**
 * Starts csn, with a number of threads if one is given, and prints as JSON what became of it: threads, where
 * the number came from, and GOMP_SPINCOUNT as programs that are started later see it.
 */
import { threads, threadsFrom } from "../../src/native/library.ts";
import { start } from "../../src/native/start.ts";

const [given] = Deno.args;
await start({ threads: given === undefined ? undefined : Number(given) });
const spins = Deno.env.get("GOMP_SPINCOUNT") ?? null;
console.log(JSON.stringify({ threads: threads(), from: threadsFrom(), spins }));
