import assert from "node:assert/strict";
import { Partner } from "../../../scripts/bench/partner.ts";
import { CsnError } from "../../../src/base/errors.ts";

const doubler = `
import json, sys
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    number = json.loads(line)["number"]
    if number == 0: sys.exit(3)
    answer = {"error": "too small"} if number < 0 else {"seconds": 2 * number}
    print(json.dumps(answer), flush=True)
`;

async function start(): Promise<Partner> {
  return await Partner.start({ command: "python3", args: ["-c", doubler] });
}

Deno.test("Partner asks and is answered, line by line, and is ended", async () => {
  await using partner = await start();
  assert.equal(await partner.seconds({ number: 1.5 }), 3);
  assert.equal(await partner.seconds({ number: 4 }), 8);
});

Deno.test("Partner.ask() passes on what went wrong there", async () => {
  await using partner = await start();
  await assert.rejects(partner.ask({ number: -1 }), (error) => {
    assert.ok(error instanceof CsnError);
    assert.match(error.message, /too small/);
    return true;
  });
  assert.equal(await partner.seconds({ number: 1 }), 2);
});

Deno.test("Partner.ask() fails when the program has ended", async () => {
  await using partner = await start();
  await assert.rejects(partner.ask({ number: 0 }), /it ended/);
});
