/** SIGHUP's number and SIG_IGN, the same on Linux and macOS. */
const [hangup, ignored] = [1, 1n];

/** More than any system's `struct sigaction` has, whose first field is the handler. */
const sigactionBytes = 512;

/**
 * Whether this process was started with SIGHUP ignored, as `nohup` does: it is then to outlive its
 * terminal, and listening for that signal would undo it.
 */
export function ignoresHangup(): boolean {
  const name = Deno.build.os === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
  try {
    const library = Deno.dlopen(
      name,
      { sigaction: { parameters: ["i32", "pointer", "buffer"], result: "i32" } } as const,
    );
    const found = new BigUint64Array(sigactionBytes / 8);
    const status = library.symbols.sigaction(hangup, null, new Uint8Array(found.buffer));
    library.close();
    return status === 0 && found[0] === ignored;
  } catch {
    // Without the system's library there is no telling, and nothing says that it is ignored.
    return false;
  }
}
