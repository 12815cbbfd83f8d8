/** `report` of a model that was trained, and its page in a browser. */
import assert from "node:assert/strict";
import { runPath } from "../../src/cli/paths.ts";
import { join } from "../../src/files/paths.ts";
import { Chromium, chromium } from "../helpers/chromium.ts";
import { runCli } from "../helpers/run_cli.ts";
import { writeExperiments } from "../helpers/experiment_files.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { valuedImages, writeValuedSet } from "../helpers/valued_set.ts";

const name = "test-report";
const run = runPath(name);
const model = join(run, "model_best");
const page = join(run, "report.html");
const parts = join(run, "report");

/** A file of the set whose name would run a script, if it came to the page as it is. */
const nasty = `<img src=x onerror=alert(1)>&"'.png`;

let folder: TemporaryFolder;
let flags: string[];

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.make();
  const set = join(folder.path, "set");
  await writeValuedSet(set);
  await renameAll(set);
  await writeExperiments(folder.path);
  const trained = await runCli([
    ...["train", "--data", set, "--name", name, "--overwrite", "--variant", "learned"],
    ...["--conditions", "shape", "colour", "--image-size", "16", "--batch-size", "16"],
    ...["--num-traintriplets", "128", "--epochs", "2", "--lr", "1e-3"],
  ]);
  assert.equal(trained.code, 0, trained.stderr);
  const table = join(folder.path, "values.csv");
  const rows = Array.from(
    { length: valuedImages },
    (_, image) =>
      `${image < 9 || image > 17 ? `"${renamed(image)}"` : `${image}.png`},${image % 3}\n`,
  );
  await Deno.writeTextFile(table, "image,kind\n" + rows.join(""));
  flags = [
    ...["report", "--resume", model, "--compare", folder.path, "--sweep", folder.path],
    ...["--values", table, "--probe", "kind", "--seed", "3"],
  ];
  const reported = await runCli(flags);
  assert.equal(reported.code, 0, reported.stderr);
  assert.match(reported.stdout, /written: .*report\.html \(/);
});

Deno.test.afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await Deno.remove(run, { recursive: true });
});

/** The name that most images have, as a CSV's quoted cell spells it or as it is. */
function renamed(image: number, quoted = true): string {
  return image + (quoted ? nasty.replaceAll('"', '""') : nasty);
}

/** Gives images outside of 9 to 17 names that would run a script. */
async function renameAll(set: string): Promise<void> {
  const isRenamed = (image: number) => image < 9 || image > 17;
  for (let image = 0; image < valuedImages; image++) {
    if (!isRenamed(image)) continue;
    await Deno.rename(
      join(set, "images", `${image}.png`),
      join(set, "images", renamed(image, false)),
    );
  }
  for (const [file, quoted] of [["filenames.json", false], ["attributes.csv", true]] as const) {
    const text = await Deno.readTextFile(join(set, file));
    await Deno.writeTextFile(
      join(set, file),
      text.replace(/^(\d+)\.png/gm, (old, image) => {
        if (!isRenamed(Number(image))) return old;
        return quoted ? `"${renamed(Number(image))}"` : renamed(Number(image), false);
      }),
    );
  }
}

const sections = [
  "accuracy",
  "training",
  "masks",
  "maps",
  "neighbours",
  "leakage",
  "removal",
  "values",
  "comparison",
  "sweep",
  "hardest",
];

Deno.test({
  name: "report.html draws every part in a browser, asks for nothing and runs nothing",
  ignore: noBrowser(),
  // The browser's own processes and sockets end after the test's promise does.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using browser = await Chromium.start(chromium!);
    for (const width of [1280, 390]) {
      const { page: opened, requests, messages } = await browser.open(page, width);
      const drawn = await opened.evaluate(examine);
      assert.deepEqual(drawn.sections, sections);
      assert.deepEqual(drawn.emptySections, []);
      // Two maps, four queries and some wrong triplets by two notions.
      assert.ok(drawn.images.length >= 2 + 8 + 2, String(drawn.images.length));
      for (const { alt, width, shown } of drawn.images) {
        assert.ok(width > 0 && shown > 0, alt);
        assert.notEqual(alt, "");
      }
      assert.equal(drawn.charts.length, 11);
      for (const { label, title, role, width, height, marks, texts } of drawn.charts) {
        assert.ok(width > 200 && height > 50, label);
        assert.ok(marks >= 2 && texts >= 2, `${label}: ${marks} marks, ${texts} texts`);
        assert.deepEqual([role, title], ["img", label]);
      }
      assert.deepEqual(drawn.outside, [], "texts that are cut off");
      assert.ok(drawn.scrollWidth <= width, `the page is ${drawn.scrollWidth} wide, of ${width}`);
      assert.ok(drawn.text.includes(nasty), "names from the data are there, as text");
      assert.equal(drawn.scripts, 0);
      assert.deepEqual([requests, messages], [[`file://${page}`], []]);
    }
  },
});

/** What the page shows; runs in the browser. */
function examine() {
  // deno-lint-ignore no-explicit-any
  const document = (globalThis as any).document;
  // deno-lint-ignore no-explicit-any
  const all = (selector: string, of = document): any[] => [...of.querySelectorAll(selector)];
  const charts = all("svg");
  const box = (element: { getBoundingClientRect(): DOMRectReadOnly }) =>
    element.getBoundingClientRect();
  return {
    sections: all("main > section").map((section) => section.id),
    emptySections: all("main > section")
      .filter((section) => all("svg, img, table", section).length === 0)
      .map((section) => section.id),
    images: all("img").map((image) => ({
      alt: image.alt,
      width: image.naturalWidth,
      shown: box(image).width,
    })),
    charts: charts.map((chart) => ({
      label: chart.getAttribute("aria-label"),
      title: chart.querySelector("title")?.textContent,
      role: chart.getAttribute("role"),
      width: box(chart).width,
      height: box(chart).height,
      marks: all("path, polygon, polyline, circle, rect", chart)
        .filter((mark) => box(mark).width > 0 || box(mark).height > 0).length,
      texts: all("text", chart).length,
    })),
    outside: charts.flatMap((chart) =>
      all("text", chart).filter((text) => {
        const [outer, inner] = [box(chart), box(text)];
        return inner.left < outer.left - 1 || inner.right > outer.right + 1 ||
          inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
      }).map((text) => text.textContent)
    ),
    scrollWidth: document.documentElement.scrollWidth,
    text: document.body.textContent,
    scripts: document.scripts.length,
  };
}

function noBrowser(): boolean {
  if (chromium !== null) return false;
  console.error(
    "skipped: the report is not looked at in a browser, for there is no chromium on PATH",
  );
  return true;
}

Deno.test("report writes each chart as SVG and PNG, each picture as PNG, and analysis.json", async () => {
  const files = [...Deno.readDirSync(parts)].filter(({ isFile }) => isFile).map(({ name }) => name);
  const charts = files.filter((file) => file.endsWith(".svg")).map((file) => file.slice(0, -4));
  assert.equal(charts.length, 11);
  for (const chart of charts) {
    assert.ok(files.includes(`${chart}.png`), chart);
    assert.match(
      await Deno.readTextFile(join(parts, `${chart}.svg`)),
      /^<svg xmlns=[^]*<\/svg>\n$/,
    );
  }
  assert.deepEqual(files.filter((file) => file.startsWith("map-")).sort(), [
    "map-0-shape.png",
    "map-1-colour.png",
  ]);
  const analysis = JSON.parse(await Deno.readTextFile(join(parts, "analysis.json")));
  assert.deepEqual([analysis.format, analysis.model.notions], [1, ["shape", "colour"]]);
  assert.ok(analysis.probe.some(({ column }: { column: string }) => column === "kind"));
});

Deno.test("report says the same, byte by byte, when it is made again, and uses the layouts that are there", async () => {
  const read = async () => ({ page: await Deno.readTextFile(page), layouts: layoutTimes() });
  const first = await read();
  assert.equal(first.layouts.length, 2);
  const { code, stderr } = await runCli(flags);
  assert.equal(code, 0, stderr);
  assert.deepEqual(await read(), first);
});

function layoutTimes(): (string | number)[][] {
  const layouts = join(parts, "layouts");
  return [...Deno.readDirSync(layouts)]
    .map(({ name }) => [name, Deno.statSync(join(layouts, name)).mtime!.getTime()])
    .sort();
}

Deno.test("report writes where --out says, and explains what it cannot use", async () => {
  const out = join(folder.path, "deep.html");
  const written = await runCli([
    ...["report", "--resume", model, "--split", "train", "--out", "deep.html", "--json"],
  ], { cwd: folder.path });
  assert.equal(written.code, 0, written.stderr);
  const { page, parts, bytes, names } = JSON.parse(written.stdout);
  assert.deepEqual([page, parts], [out, join(folder.path, "deep")]);
  assert.equal((await Deno.stat(out)).size, bytes);
  assert.ok(names.includes("leakage") && !names.includes("comparison"));

  // A model of an experiment, of whose run nothing else is there.
  await Deno.mkdir(join(folder.path, "cell"));
  const cell = join(folder.path, "cell", "model.safetensors");
  await Deno.copyFile(`${model}.safetensors`, cell);
  const ofCell = await runCli(["report", "--resume", cell, "--json"]);
  assert.equal(ofCell.code, 0, ofCell.stderr);
  const found = JSON.parse(ofCell.stdout).names;
  assert.deepEqual(
    ["comparison", "sweep", "training-loss"].map((name) => found.includes(name)),
    [true, true, false],
  );

  const fails = async (...args: string[]) => {
    const { code, stderr } = await runCli(["report", "--resume", model, ...args]);
    return `${code} ${stderr.trim().split("\n").at(-1)}`;
  };
  assert.match(await fails("--out", "x.pdf"), /^2 .*pass a file that ends in \.html/);
  assert.match(await fails("--probe", "kind"), /^2 .*--values and --probe belong together/);
  assert.match(await fails("--compare", run), /^1 .*holds no compare\.json/);
  assert.match(await fails("--sweep", run), /^1 .*holds no sweep\.json/);
});

Deno.test("report replaces its own page and parts, and the user's files only with --overwrite", async () => {
  const at = (name: string) => join(folder.path, name);
  const report = (name: string, ...more: string[]) =>
    runCli(["report", "--resume", model, "--out", at(name), ...more]);
  await Deno.mkdir(at("thesis"));
  await Deno.writeTextFile(at("thesis/ch1.txt"), "text");
  await Deno.writeTextFile(at("page.html"), "<p>the user's</p>");
  await Deno.writeTextFile(at("file"), "the user's");
  const cases: [name: string, message: RegExp][] = [
    ["page.html", /page\.html: a file lies there that does not say csn wrote it; .*--overwrite/],
    ["thesis.html", /folder .*thesis, where other files lie \(ch1\.txt\); .*--out.*--overwrite/],
    ["file.html", /folder .*file, which is a file; choose another file with --out/],
  ];
  for (const [name, message] of cases) {
    const { code, stderr } = await report(name);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /Embedding/);
    assert.equal(code, 1);
  }
  assert.equal(await Deno.readTextFile(at("page.html")), "<p>the user's</p>");
  const replaced = await report("page.html", "--overwrite");
  assert.equal(replaced.code, 0, replaced.stderr);
  const again = await report("page.html");
  assert.equal(again.code, 0, again.stderr);
});

Deno.test("report writes no charts among images", async () => {
  const at = (name: string) => join(folder.path, name);
  await Deno.mkdir(at("photos"));
  await Deno.writeTextFile(at("photos/a.png"), "");
  const cases: [name: string, message: RegExp][] = [
    ["set/images/page.html", /charts would lie among the images of the set, beside .*--out/],
    [
      "photos.html",
      /folder .*photos, where images lie \(a\.png\); choose another file with --out$/m,
    ],
  ];
  for (const [name, message] of cases) {
    const { code, stderr } = await runCli([
      ...["report", "--resume", model, "--out", at(name), "--overwrite"],
    ]);
    assert.match(stderr, message);
    assert.equal(code, 1);
  }
  assert.deepEqual(Array.from(Deno.readDirSync(at("photos")), ({ name }) => name), ["a.png"]);
});
