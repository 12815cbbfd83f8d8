/** When `setUp()` builds the shim, and what it leaves when that fails. */
import assert from "node:assert/strict";
import { FileLock } from "../../src/files/file_lock.ts";
import { fromFileUrl, join } from "../../src/files/paths.ts";
import {
  fakeLibtorch,
  linesOf,
  namesIn,
  programs,
  quickCompiler,
  setUpFails,
  setUpParts,
  startSetUp,
} from "../helpers/set_up.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const checkout = fromFileUrl(new URL("../..", import.meta.url));

/** A call a unit, and one that links. */
const callsOfBuild = namesIn(join(checkout, "native", "src"))
  .filter((name) => name.endsWith(".cpp")).length + 1;

/** A cache, a libtorch and this `c++` in a folder. */
async function machine(folder: string, compiler: string): Promise<Record<string, string>> {
  return {
    CSN_CACHE: join(folder, "cache"),
    LIBTORCH: await fakeLibtorch(join(folder, "torch"), "2.13.0"),
    PATH: await programs(join(folder, "bin"), { "c++": compiler }),
  };
}

function shimFolders({ CSN_CACHE }: Record<string, string>): string[] {
  return namesIn(CSN_CACHE).filter((name) => name.startsWith("shim-") && !name.endsWith(".log"));
}

Deno.test("setUp() builds the shim once, whole, and alone in its folder", async () => {
  await using folder = await TemporaryFolder.make();
  const log = join(folder.path, "log");
  const env = await machine(folder.path, quickCompiler(log));
  const { shimPath, notices } = await setUpParts(env);
  assert.match(notices, /The shim was built for libtorch 2\.13\.0/);
  assert.equal((await linesOf(log)).length, callsOfBuild);
  assert.equal(namesIn(join(shimPath, "..")).length, 1);
  assert.deepEqual(shimFolders(env).length, 1);
  const again = await setUpParts(env);
  assert.deepEqual([again.shimPath, again.notices], [shimPath, ""]);
  assert.equal((await linesOf(log)).length, callsOfBuild);
});

Deno.test("setUp() with rebuild builds the shim again", async () => {
  await using folder = await TemporaryFolder.make();
  const log = join(folder.path, "log");
  const env = await machine(folder.path, quickCompiler(log));
  const { shimPath } = await setUpParts(env);
  assert.equal((await setUpParts(env, { args: ["--rebuild"] })).shimPath, shimPath);
  assert.equal((await linesOf(log)).length, 2 * callsOfBuild);
});

Deno.test("setUp() in two processes at once builds once", async () => {
  await using folder = await TemporaryFolder.make();
  const log = join(folder.path, "log");
  const env = await machine(folder.path, quickCompiler(log));
  await Deno.mkdir(env.CSN_CACHE);
  const lock = (await FileLock.tryTake(join(env.CSN_CACHE, "setup.lock")))!;
  const children = [startSetUp(env), startSetUp(env)];
  // Both have found no shim, and wait.
  for (const child of children) {
    const reader = child.stderr.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    assert.match(
      new TextDecoder().decode(value),
      new RegExp(`Process ${Deno.pid} is setting csn up; waiting for it`),
    );
  }
  lock[Symbol.dispose]();
  const results = await Promise.all(children.map((child) => child.output()));
  const paths = results.map(({ stdout }) => JSON.parse(new TextDecoder().decode(stdout)).shimPath);
  assert.equal(paths[0], paths[1]);
  assert.equal((await linesOf(log)).length, callsOfBuild);
});

Deno.test("setUp() builds another shim for another libtorch, its version or another compiler", async () => {
  await using folder = await TemporaryFolder.make();
  const env = await machine(folder.path, quickCompiler());
  const paths = [(await setUpParts(env)).shimPath];
  await fakeLibtorch(env.LIBTORCH, "2.14.0");
  paths.push((await setUpParts(env)).shimPath);
  const LIBTORCH = await fakeLibtorch(join(folder.path, "other torch"), "2.14.0");
  paths.push((await setUpParts({ ...env, LIBTORCH })).shimPath);
  const PATH = await programs(join(folder.path, "other bin"), { "c++": quickCompiler() });
  paths.push((await setUpParts({ ...env, PATH })).shimPath);
  await programs(PATH, { "c++": `# a newer one\n${quickCompiler()}` });
  paths.push((await setUpParts({ ...env, PATH })).shimPath);
  assert.equal(new Set(paths).size, 5);
  // All are kept, so that going back builds nothing.
  assert.equal((await setUpParts({ ...env, LIBTORCH })).notices, "");
});

Deno.test("setUp() builds another shim when its sources change, and one for equal checkouts", async () => {
  await using folder = await TemporaryFolder.make();
  const env = await machine(folder.path, quickCompiler());
  const { shimPath } = await setUpParts(env);
  const copy = join(folder.path, "checkout");
  await Deno.mkdir(join(copy, "tests"), { recursive: true });
  for (const part of ["deno.json", "deno.lock", "native", "src", "tests/helpers"]) {
    await copyAll(join(checkout, part), join(copy, part));
  }
  const ofCopy = await setUpParts(env, { checkout: copy });
  assert.deepEqual([ofCopy.shimPath, ofCopy.notices], [shimPath, ""]);

  const paths = new Set([shimPath]);
  for (const file of ["include/csn.h", "src/shim.h", "src/call.cpp"]) {
    const source = join(copy, "native", file);
    const text = await Deno.readTextFile(source);
    await Deno.writeTextFile(source, `${text}\n// changed\n`);
    paths.add((await setUpParts(env, { checkout: copy })).shimPath);
    await Deno.writeTextFile(source, text);
  }
  assert.equal(paths.size, 4);
  assert.equal((await setUpParts(env, { checkout: copy })).shimPath, shimPath);
});

Deno.test("setUp() builds another shim when an option of the compiler or the linker changes", async () => {
  await using folder = await TemporaryFolder.make();
  const env = await machine(folder.path, quickCompiler());
  const copy = join(folder.path, "checkout");
  await Deno.mkdir(join(copy, "tests"), { recursive: true });
  for (const part of ["deno.json", "deno.lock", "native", "src", "tests/helpers"]) {
    await copyAll(join(checkout, part), join(copy, part));
  }
  const program = join(copy, "src", "native", "build_shim.ts");
  const text = await Deno.readTextFile(program);
  const paths = [(await setUpParts(env, { checkout: copy })).shimPath];
  for (const option of [/"-O2"/, /"-fPIC"/, /"-lc10"/, /"-pthread"/, /"-isystem"/]) {
    assert.match(text, option);
    await Deno.writeTextFile(program, text.replace(option, '"-g"'));
    paths.push((await setUpParts(env, { checkout: copy })).shimPath);
  }
  await Deno.writeTextFile(program, text);
  const again = await setUpParts(env, { checkout: copy });
  assert.deepEqual([new Set(paths).size, again.shimPath, again.notices], [6, paths[0], ""]);
});

async function copyAll(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for (const name of namesIn(from)) await copyAll(join(from, name), join(to, name));
}

Deno.test("setUp() without a compiler says what to install, but uses a shim that is built", async () => {
  await using folder = await TemporaryFolder.make();
  const env = await machine(folder.path, quickCompiler());
  const without = { ...env, PATH: "/nowhere" };
  await setUpFails(
    without,
    /Cannot build the shim: no C\+\+ compiler was found.*apt-get install g\+\+.*`start\(\)`/,
  );
  assert.deepEqual(namesIn(env.CSN_CACHE), []);
  const { shimPath } = await setUpParts(env);
  assert.equal((await setUpParts(without)).shimPath, shimPath);
  // One for another version of libtorch is none.
  await fakeLibtorch(env.LIBTORCH, "2.14.0");
  await setUpFails(without, /no C\+\+ compiler was found/);
});

Deno.test("setUp() shows a failing compiler's first errors and where the rest is, and leaves no shim", async () => {
  await using folder = await TemporaryFolder.make();
  const said = [
    "In function x:",
    "call.cpp:1:2: error: one",
    "call.cpp:3:4: error: two",
    "call.cpp:5:6: error: three",
  ];
  const env = await machine(folder.path, `echo '${said.join("\n")}' >&2; exit 1`);
  await setUpFails(
    env,
    /Cannot build the shim: c\+\+ said: call\.cpp:1:2: error: one \| call\.cpp:3:4: error: two; all of it is in \/.*\.log; csn needs C\+\+20/,
  );
  assert.deepEqual(shimFolders(env), []);
  const [log] = namesIn(env.CSN_CACHE).filter((name) => name.endsWith(".log"));
  assert.deepEqual(await linesOf(join(env.CSN_CACHE, log)), said);
});

Deno.test("setUp() shows what a compiler says in another language, and how a silent one ended", async () => {
  await using folder = await TemporaryFolder.make();
  await setUpFails(
    await machine(join(folder.path, "a"), "echo 'call.cpp:1:2: Fehler: eins' >&2; exit 1"),
    /c\+\+ said: call\.cpp:1:2: Fehler: eins; all of it/,
  );
  await setUpFails(
    await machine(join(folder.path, "b"), "exit 3"),
    /c\+\+ said: nothing \(exit code 3\); all of it/,
  );
});

Deno.test("setUp() shows the linker's errors and leaves no shim", async () => {
  await using folder = await TemporaryFolder.make();
  const env = await machine(
    folder.path,
    `if [ "$1" = -shared ]; then echo 'ld: cannot find -lc10' >&2; exit 1; fi\n${quickCompiler()}`,
  );
  await setUpFails(env, /c\+\+ said: ld: cannot find -lc10; all of it/);
  assert.deepEqual(shimFolders(env), []);
});

Deno.test("setUp() keeps the shim when building it again fails", async () => {
  await using folder = await TemporaryFolder.make();
  const broken = join(folder.path, "broken");
  const env = await machine(folder.path, `[ -e ${broken} ] && exit 1\n${quickCompiler()}`);
  const { shimPath } = await setUpParts(env);
  await Deno.writeTextFile(broken, "");
  await setUpFails(env, /Cannot build the shim/, { args: ["--rebuild"] });
  assert.deepEqual(shimFolders(env).length, 1);
  assert.equal((await setUpParts(env)).shimPath, shimPath);
});

Deno.test("setUp() after a failure begins no other file and waits for those in work", async () => {
  await using folder = await TemporaryFolder.make();
  const log = join(folder.path, "log");
  const until = (name: string) =>
    `n=0; until [ -e ${join(folder.path, name)} ] || [ $n -gt 3000000 ]; do n=$((n+1)); done`;
  const mark = (name: string) => `: > ${join(folder.path, name)}`;
  const env = await machine(
    folder.path,
    `case "$*" in
  *call.cpp*) ${until("begun")}; ${mark("failed")}; exit 1 ;;
  *) echo begun >> ${log}; ${mark("begun")}; ${until("failed")}
    n=0; while [ $n -lt 30000 ]; do n=$((n+1)); done; echo ended >> ${log} ;;
esac`,
  );
  await setUpFails(env, /Cannot build the shim/);
  assert.deepEqual(await linesOf(log), ["begun", "ended"]);
  assert.deepEqual(shimFolders(env), []);
});

Deno.test("setUp() builds a shim of its own for a sanitizer, and refuses an unknown one", async () => {
  await using folder = await TemporaryFolder.make();
  const env = await machine(folder.path, quickCompiler());
  const { shimPath } = await setUpParts(env);
  const sanitized = await setUpParts({ ...env, CSN_SANITIZE: "address" });
  assert.notEqual(sanitized.shimPath, shimPath);
  assert.equal((await setUpParts(env)).shimPath, shimPath);
  await setUpFails({ ...env, CSN_SANITIZE: "luck" }, /CSN_SANITIZE is "luck".*address, thread/);
});
