import assert from "node:assert/strict";
import { landFolder, type LandOptions } from "../../src/sets/land_folder.ts";
import { join } from "../../src/files/paths.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

const failing = "Cannot make the image set";

/** Writes a set that csn made, with an image in it. */
async function writeSet(folder: string, name: string): Promise<void> {
  await Deno.mkdir(join(folder, "tripletlists"), { recursive: true });
  await Deno.mkdir(join(folder, "images"));
  await Deno.writeTextFile(join(folder, "images", "a b.png"), name);
  await Deno.writeTextFile(join(folder, "filenames.json"), "a b.png\n");
  await Deno.writeTextFile(join(folder, "attributes.csv"), "file,colour,split\n");
  await Deno.writeTextFile(join(folder, "tripletlists", "colour_tripletlist_train.txt"), "0 1 2\n");
  await Deno.writeTextFile(
    join(folder, "set.json"),
    JSON.stringify({
      format: 1,
      name,
      images: "images",
      notions: ["colour"],
      made: { by: "make-triplets" },
    }),
  );
}

async function nameOf(folder: string): Promise<string> {
  return JSON.parse(await Deno.readTextFile(join(folder, "set.json"))).name;
}

function land(target: string, name: string, options: Partial<LandOptions> = {}): Promise<void> {
  return landFolder(
    target,
    { failing, overwrite: true, ...options },
    (work) => writeSet(work, name),
  );
}

async function refuses(
  target: string,
  message: RegExp,
  options: Partial<LandOptions> = {},
): Promise<void> {
  const fill = () => assert.fail("work begins");
  await assert.rejects(landFolder(target, { failing, overwrite: true, ...options }, fill), {
    name: "CsnError",
    message,
  });
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** Puts `rename` in the place of Deno's until it is disposed of. */
function renaming(rename: typeof Deno.rename): Disposable {
  const own = Deno.rename;
  Deno.rename = rename;
  return { [Symbol.dispose]: () => Deno.rename = own };
}

Deno.test("landFolder() replaces a set with all that csn keeps in it, and leaves nothing beside it", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "set");
  await land(target, "old");
  for (
    const file of [
      "32.pack",
      "32.pack.json",
      "32-pad-0a141e.pack",
      "32-pad-0a141e.pack.json",
      "fonts.csv",
      ".set.json.4711-0123abcd.part",
      "images/.csn-0123456789abcdef.safetensors",
      ".DS_Store",
    ]
  ) {
    await Deno.writeTextFile(join(target, file), "");
  }
  await land(target, "new");
  assert.equal(await nameOf(target), "new");
  assert.deepEqual(names(folder.path), ["set"]);
});

Deno.test("landFolder() refuses to replace a folder that is no image set, and names what lies there", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "work");
  await Deno.mkdir(join(target, "thesis"), { recursive: true });
  for (const file of ["1", "2", "3", "4", "5"]) {
    await Deno.writeTextFile(join(target, "thesis", `ch${file}.txt`), "text");
  }
  const named =
    /^Cannot make the image set in .*work: there is something else, no image set \(thesis\/ch1\.txt, thesis\/ch2\.txt, thesis\/ch3\.txt and 2 more\); choose another folder with `folder`$/;
  await refuses(target, named);
  await refuses(target, named, { overwrite: false });
  assert.equal(names(join(target, "thesis")).length, 5);
});

for (
  const file of [
    "notes.txt",
    "images/another.png",
    "tripletlists/mine_tripletlist_train.txt",
    "rules.json",
    "photos.zip",
  ]
) {
  Deno.test(`landFolder() refuses to replace a set with the foreign ${file}, and names it`, async () => {
    await using folder = await TemporaryFolder.make();
    const target = join(folder.path, "set");
    await land(target, "old");
    await Deno.writeTextFile(join(target, file), "the user's");
    await refuses(
      target,
      new RegExp(`did not put there \\(${file}\\), .*; move them away, or .*\`folder\``),
    );
    assert.equal(await Deno.readTextFile(join(target, file)), "the user's");
  });
}

Deno.test("landFolder() replaces lists in the reference code's layout, but no images beside them", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "set");
  await land(target, "old");
  await Deno.remove(join(target, "set.json"));
  await refuses(target, /did not put there \(images\/a b\.png\)/);
  await Deno.remove(join(target, "images"), { recursive: true });
  await land(target, "new");
  assert.equal(await nameOf(target), "new");
});

Deno.test("landFolder() refuses a file, a link and a link that leads nowhere", async () => {
  await using folder = await TemporaryFolder.make();
  const at = (name: string) => join(folder.path, name);
  await Deno.writeTextFile(at("file"), "text");
  await land(at("set"), "old");
  await Deno.symlink(at("set"), at("link"));
  await Deno.symlink(at("nothing"), at("dangling"));
  await Deno.symlink(at("file"), at("to_file"));
  for (const overwrite of [true, false]) {
    await refuses(at("file"), /file: it is a file; choose another folder/, { overwrite });
    await refuses(at("link"), /it is a link to .*set; remove it, or choose/, { overwrite });
    await refuses(at("dangling"), /it is a link to .*nothing; remove it, or/, { overwrite });
    await refuses(at("to_file"), /it is a link to .*file; remove it, or/, { overwrite });
  }
  assert.deepEqual(names(folder.path), ["dangling", "file", "link", "set", "to_file"]);
  assert.equal(await nameOf(at("set")), "old");
});

Deno.test("landFolder() refuses the folder that the user stands in, and those above it", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "set");
  await land(target, "old");
  const before = Deno.env.get("INIT_CWD");
  try {
    for (const here of [target, join(target, "images")]) {
      Deno.env.set("INIT_CWD", here);
      await refuses(target, /it is the folder that you stand in, or one above it; choose/);
    }
  } finally {
    if (before === undefined) Deno.env.delete("INIT_CWD");
    else Deno.env.set("INIT_CWD", before);
  }
  await refuses(Deno.cwd(), /it is the folder that you stand in, or one above it/);
  await refuses("/", /it is the folder that you stand in, or one above it/);
  assert.equal(await nameOf(target), "old");
});

Deno.test("landFolder() refuses a folder that holds what it is made from, also behind a link", async () => {
  await using folder = await TemporaryFolder.make();
  const at = (name: string) => join(folder.path, name);
  await land(at("set"), "old");
  await Deno.symlink(join(at("set"), "images"), at("pictures"));
  for (const path of [join(at("set"), "attributes.csv"), at("set"), at("pictures")]) {
    await refuses(at("set"), new RegExp(`${path}, from which it is to be made, lies there`), {
      madeFrom: [at("nothing"), path],
    });
  }
  assert.equal(await nameOf(at("set")), "old");
});

Deno.test("landFolder() does not replace what was put there while it worked", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "set");
  await land(target, "old");
  await assert.rejects(
    landFolder(target, { failing, overwrite: true }, async (work) => {
      await writeSet(work, "new");
      await Deno.writeTextFile(join(target, "notes.txt"), "text");
    }),
    /did not put there \(notes\.txt\)/,
  );
  assert.equal(await Deno.readTextFile(join(target, "notes.txt")), "text");
  assert.deepEqual(names(folder.path), ["set"]);
});

Deno.test("landFolder() puts the old set back when the new one cannot take its place", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "set");
  await land(target, "old");
  const rename = Deno.rename;
  {
    using _ = renaming((from, to) =>
      String(from).endsWith(".part")
        ? Promise.reject(new Error("Input/output error (os error 5)"))
        : rename(from, to)
    );
    await assert.rejects(land(target, "new"), {
      name: "CsnError",
      message: /^Cannot make the image set in .*: Input\/output error/,
    });
  }
  assert.equal(await nameOf(target), "old");
  assert.deepEqual(names(folder.path), ["set"]);
});

Deno.test("landFolder() says where the old set lies when it cannot be put back, and the next run restores it", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "set");
  await land(target, "old");
  const rename = Deno.rename;
  {
    using _ = renaming((from, to) =>
      to === target
        ? Promise.reject(new Error("Input/output error (os error 5)"))
        : rename(from, to)
    );
    await assert.rejects(land(target, "new"), {
      name: "CsnError",
      message: /Input\/output error .*; the one before lies in .*\.set\.old$/,
    });
  }
  assert.deepEqual(names(folder.path), [".set.old"]);
  const notices: string[] = [];
  const listener = { notice: (text: string) => notices.push(text) };
  await assert.rejects(
    land(target, "new", { listener, overwrite: false }),
    /something already; .*`folder`, or replace it with `overwrite: true`/,
  );
  assert.equal(await nameOf(target), "old");
  assert.match(notices.join(), /set is back: a run that was to replace it was stopped/);
});

Deno.test("landFolder() keeps a set that a killed run left under another name beside a new one", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "set");
  await writeSet(join(folder.path, ".set.old"), "the only copy");
  await land(target, "restored first");
  assert.equal(await nameOf(target), "restored first");
  assert.deepEqual(names(folder.path), ["set"]);
  await writeSet(join(folder.path, ".set.old"), "the only copy");
  const warnings: string[] = [];
  await land(target, "new", { listener: { warning: (text) => warnings.push(text) } });
  assert.equal(await nameOf(target), "new");
  assert.equal(await nameOf(join(folder.path, ".set.old")), "the only copy");
  assert.match(
    warnings.join(),
    /\.set\.old holds the set that a stopped run was to replace; it is kept/,
  );
  assert.deepEqual(names(folder.path), [".set.old", "set"]);
});

Deno.test("landFolder() explains a place that cannot be written", async () => {
  for (const target of ["/proc/new", "/dev/null/set", "/sys/set"]) {
    await refuses(
      target,
      new RegExp(`^Cannot make the image set in ${target}: .*; choose a folder .*\`folder\`$`),
    );
  }
});

Deno.test("landFolder() names the file that stands where a folder should be, and speaks of space where there is none", async () => {
  await using folder = await TemporaryFolder.make();
  const file = join(folder.path, "file");
  await Deno.writeTextFile(file, "");
  for (const target of [join(file, "set"), join(file, "a", "set")]) {
    await refuses(
      target,
      new RegExp(`: ${file} is a file, not a folder; choose a folder that can be written with`),
    );
  }
  using _ = renaming(() => Promise.reject(new Error("No space left on device (os error 28)")));
  await assert.rejects(land(join(folder.path, "x"), "new"), {
    message: /os error 28\); free some disk space, or choose a folder/,
  });
});

Deno.test("landFolder() puts nothing in place when it is stopped as the work ends", async () => {
  await using folder = await TemporaryFolder.make();
  const target = join(folder.path, "set");
  await land(target, "old");
  const controller = new AbortController();
  const options = { failing, overwrite: true, signal: controller.signal };
  await assert.rejects(
    landFolder(target, options, async (work) => {
      await writeSet(work, "new");
      controller.abort(new Error("enough"));
    }),
    /enough/,
  );
  assert.equal(await nameOf(target), "old");
  assert.deepEqual(names(folder.path), ["set"]);
});
