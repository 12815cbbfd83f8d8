/** What a visdom server answers. */
import fc from "fast-check";
import { VisdomClient } from "../../../src/visdom/visdom_client.ts";
import { bytesOf, type Parser } from "./parser.ts";
import { spoilt, spoiltJsonFiles } from "./spoil.ts";

/** A server that answers with a file, whatever it is asked. */
function serve(file: string): number {
  const { addr } = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async () => {
    const bytes = await Deno.readFile(file);
    // The first byte decides the status now and then.
    const status = bytes[0] === 0 ? 500 : bytes[0] === 1 ? 400 : 200;
    return new Response(bytes, { status });
  });
  return addr.port;
}

/** The answers to every question that csn has. */
export function visdomAnswers(folder: string): Parser<unknown> {
  const port = serve(`${folder}/answer`);
  const client = new VisdomClient({ server: "http://127.0.0.1", port });
  const data = { acc: { type: "plot", content: { data: [{ x: [1, 2], y: [0.5, 0.6] }] } } };
  return {
    name: "visdom's answers",
    file: "answer",
    inputs: fc.oneof(
      spoiltJsonFiles([data]),
      spoilt(["acc", "true", "\x00error", "\x01<html>login</html>"].map(bytesOf)),
    ).map((bytes) => ({ bytes })),
    read: async () => {
      const answers = [
        () => client.windowExists("acc", "main"),
        () => client.windowNames("main"),
        () => client.post({ endpoint: "events", body: { win: "acc", eid: "main" } } as never),
      ];
      let failure: unknown;
      for (const ask of answers) await ask().catch((error) => failure = error);
      if (failure !== undefined) throw failure;
      return null;
    },
    namesNoFile: true,
  };
}
