/** Images that several real processes embed together. */
import assert from "node:assert/strict";
import { join } from "../../src/files/paths.ts";
import type { Found } from "../helpers/shared_embed_program.ts";
import { runRanks } from "../helpers/run_ranks.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";
import { writeTinyModel } from "../helpers/tiny_model.ts";
import { writeTinySet } from "../helpers/tiny_set.ts";

/** How far numbers may lie apart whose images were in batches of other sizes. */
const tolerance = 1e-6;

const program = "shared_embed_program.ts";

/** What one process finds, and three together. */
async function runBoth(folder: string): Promise<[Record<string, Found>, Record<string, Found>[]]> {
  await writeTinySet(join(folder, "set"));
  await writeTinySet(join(folder, "tiny"));
  await Deno.rename(join(folder, "tiny", "images"), join(folder, "good"));
  await Deno.writeTextFile(join(folder, "set", "images", "20.png"), "no image");
  await Deno.mkdir(join(folder, "other"));
  const models = [await writeTinyModel(folder), await writeTinyModel(join(folder, "other"), 2)];
  const args = [folder, ...models];
  const alone = { RANK: "", WORLD_SIZE: "", LOCAL_RANK: "", LOCAL_WORLD_SIZE: "", CSN_STORE: "" };
  const [[one], three] = [
    await runRanks({ program, args, world: 1, env: () => alone }),
    await runRanks({ program, args, world: 3 }),
  ];
  for (const { code, stderr } of [one, ...three]) assert.equal(code, 0, stderr);
  return [JSON.parse(one.stdout), three.map(({ stdout }) => JSON.parse(stdout))];
}

function assertClose(found: Found, alone: Found, way: string): void {
  assert.deepEqual(found.names, alone.names, way);
  assert.equal(found.vectors?.length, alone.vectors?.length, way);
  found.vectors?.forEach((text, i) => {
    const [value, other] = [Number(text), Number(alone.vectors![i])];
    const isClose = Number.isNaN(other) ? Number.isNaN(value) : Math.abs(value - other) < tolerance;
    assert.ok(isClose, `${way}: number ${i} is ${value}, not ${other}`);
  });
}

Deno.test("Model.embed() and embedSet() of three processes give all what one gives, and refuse alike", async (t) => {
  await using folder = await TemporaryFolder.make();
  const [alone, ranks] = await runBoth(folder.path);

  await t.step("embeddings and errors are those of one process, on every rank", () => {
    assert.equal(Object.keys(alone).length, 8);
    for (const [way, one] of Object.entries(alone)) {
      for (const each of ranks) {
        assertClose(each[way], one, way);
        assert.equal(each[way].error, one.error, way);
      }
    }
    assert.equal(alone["several rounds"].names!.length, 800);
    assert.deepEqual(alone["no image"].names, []);
    assert.match(alone.refused.error!, /^Cannot decode .*20\.png: /);
    assert.match(alone["refused by the callback"].error!, /^not without .*20\.png/);
    assert.match(
      alone["a set that lacks an image"].error!,
      /^Cannot embed the image set .*20\.png/,
    );
    assert.equal(alone["a set"].vectors!.filter((value) => value === "NaN").length, 8);
  });

  await t.step("batches of the same images give the same bits", () => {
    // The first three batches of one process are the first round of three.
    const ofRound = (found: Found) => found.vectors!.slice(0, 3 * 256 * 8);
    assert.deepEqual(ofRound(ranks[0]["several rounds"]), ofRound(alone["several rounds"]));
  });

  await t.step("every rank hears of all unreadable images, rank 0 alone warns", () => {
    assert.equal(alone["left out"].said.length, 2);
    for (const each of ranks) assert.deepEqual(each["left out"].said, alone["left out"].said);
    assert.match(alone["a set"].said.join(), /^1 of the 36 images of .* hold NaN$/);
    assert.deepEqual(ranks.map((each) => each["a set"].said), [alone["a set"].said, [], []]);
  });

  await t.step("a rank that differs is named to all", () => {
    const differs: [way: string, found: RegExp][] = [
      ["another model", /^Cannot embed together: rank 1 differs from rank 0 in the model \(/],
      ["another list", /^Cannot embed together: rank 2 differs from rank 0 in the images \(/],
      [
        "another option",
        /^Cannot embed the image set .* together: rank 1 differs .* in `allowMissing` \(false, not true\); rank 2 /,
      ],
    ];
    for (const [way, found] of differs) {
      for (const each of ranks) assert.match(each[way].error!, found);
    }
  });

  await t.step("a rank that is stopped stops all", () => {
    assert.deepEqual(
      ranks.map((each) => each["stopped at one rank"].error!.slice(0, 54)),
      [0, 1, 2].map((rank) =>
        rank === 1
          ? "it was I"
          : "Cannot go on together: another process was stopped; begin".slice(0, 54)
      ),
    );
  });
});
