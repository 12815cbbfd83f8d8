/** The page as it is bundled: once, and what is said where that cannot be done. */
import assert from "node:assert/strict";
import { bundlePage } from "../../src/explore/bundle_page.ts";
import { TemporaryFolder } from "../helpers/temporary_folder.ts";

/** Does something with other variables in the environment. */
async function withEnvironment(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    await work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

Deno.test("bundlePage() bundles into the cache once, and leaves nothing half made", async () => {
  await using cache = await TemporaryFolder.make();
  await withEnvironment({ CSN_CACHE: cache.path }, async () => {
    const notices: string[] = [];
    const listener = { notice: (text: string) => notices.push(text) };
    const [first, second] = await Promise.all([bundlePage({ listener }), bundlePage()]);
    assert.deepEqual([...first.keys()], [...second.keys()]);
    const third = await bundlePage({ listener });
    assert.deepEqual(third.get("/main.js"), first.get("/main.js"));
    assert.deepEqual(
      notices.filter((text) => text.startsWith("Bundling the page")).length <= 1,
      true,
      notices.join(),
    );
    const names = await Array.fromAsync(Deno.readDir(cache.path), ({ name }) => name);
    assert.equal(names.length, 1, names.join());
    assert.match(names[0], /^explore-[0-9a-f]{16}$/);
  });
});

Deno.test("bundlePage() says what to do where its libraries cannot be fetched", async () => {
  await using cache = await TemporaryFolder.make();
  const nowhere = "http://127.0.0.1:1/";
  const variables = {
    CSN_CACHE: cache.path,
    DENO_DIR: `${cache.path}/deno`,
    NPM_CONFIG_REGISTRY: nowhere,
    npm_config_registry: nowhere,
  };
  await withEnvironment(variables, async () => {
    await assert.rejects(bundlePage(), {
      name: "CsnError",
      message:
        /^Cannot bundle the page: .*; connect to the npm registry .* and run `start\(\)` again, then no network is needed any more$/,
    });
    const names = await Array.fromAsync(Deno.readDir(cache.path), ({ name }) => name);
    assert.deepEqual(names.filter((name) => name !== "deno"), []);
  });
});
