/**
 * Fills libtorch's blocks kept for reuse, limits this process's memory (RLIMIT_AS) so that they and one more
 * do not fit, and asks for that one: `deno run -A <this>`. Prints its size, or the error.
 */
import { liveBytes, openLibrary } from "../../src/native/library.ts";
import { setUp } from "../../src/native/setup.ts";
import { call } from "../../src/tensor/call.ts";

openLibrary(await setUp());

const mega = 2 ** 20;
const empty = (bytes: number) => call("aten::empty.memory_format", [bytes], "uint8");
const libc = Deno.dlopen("libc.so.6", {
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
});
/** Number of RLIMIT_AS on Linux. */
const addressSpace = 9;

function limit(more: number): void {
  const pages = Number(Deno.readTextFileSync("/proc/self/statm").split(" ")[0]);
  const bytes = BigInt(pages) * 4096n + BigInt(more);
  if (libc.symbols.setrlimit(addressSpace, BigUint64Array.of(bytes, bytes)) !== 0) {
    throw new Error("setrlimit failed");
  }
}

/** 16 blocks of 64 MB, all in use at once, then none. */
{
  using used = new DisposableStack();
  for (let i = 0; i < 16; i++) used.use(empty(64 * mega));
}
if (liveBytes() > mega) throw new Error("blocks are still in use");
limit(256 * mega);
using large = empty(1000 * mega);
console.log(large.size);
// One that does not fit by any means is an error, not the end.
try {
  empty(8000 * mega);
} catch (error) {
  console.log((error as Error).message.split("\n")[0]);
}
