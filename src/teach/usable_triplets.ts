import { CsnError } from "../base/errors.ts";
import type { Listener } from "../base/listener.ts";
import { isFile } from "../files/exists.ts";
import { headOf } from "../files/output_file.ts";
import type { Embeddings } from "../search/embeddings.ts";
import { answersHead, readTripletList } from "../sets/triplet_list.ts";
import { answerTriplets } from "./answer.ts";
import { parseAnswers, textOf } from "./answers_file.ts";

/** The most answers of a list that are taken, from all over it: more change little. */
const mostAnswers = 20_000;

/**
 * Reads a triplet list, [3 n] rows of the embeddings, to fit a notion to. Of a list of answers (see
 * `AnswersFile`) images are known by their names, so it may be about embeddings in another order.
 * Warnings count triplets that are left out: of images that are missing or could not be decoded
 * (rows that hold NaN), or are not among the embeddings; and, in a notice, of those beyond 20,000.
 */
export async function readUsableTriplets(
  file: string,
  embeddings: Embeddings,
  { listener }: { readonly listener?: Listener } = {},
): Promise<Uint32Array> {
  if (!await isFile(file)) {
    throw new CsnError(
      `Cannot read the answers in ${file}: there is no such file; name a triplet list, or one that answers were written to`,
    );
  }
  const isAnswers = (await headOf(file)).startsWith(answersHead);
  const listed = isAnswers
    ? await namedAnswers(file, embeddings)
    : await readTripletList(file, embeddings.names.length);
  const { vectors, dimension } = embeddings;
  const isUsable = (row: number) =>
    row < vectors.length / dimension &&
    !Number.isNaN(vectors[row * dimension]);
  const usable = listed.filter((_, at) => {
    const first = at - at % 3;
    return isUsable(listed[first]) && isUsable(listed[first + 1]) && isUsable(listed[first + 2]);
  });
  const count = listed.length / 3;
  const dropped = count - usable.length / 3;
  const why = isAnswers
    ? "is not among those that are embedded, or cannot be decoded"
    : "is missing or cannot be decoded";
  if (usable.length === 0) {
    throw new CsnError(
      `Cannot use the triplet list ${file}: ${
        count === 0
          ? "no question is answered in it"
          : `an image of each of its ${count} triplets ${why}`
      }; name the images that it is about with \`among\`, or another list`,
    );
  }
  if (dropped > 0) {
    listener?.warning?.(
      `${dropped} of the ${count} triplets of ${file} are left out: an image of theirs ${why}`,
    );
  }
  return thinned(usable, file, listener);
}

/** An image that is not among the embeddings. */
const nowhere = 2 ** 32 - 1;

/** [3 n]: rows of the images that the answers name. */
async function namedAnswers(
  file: string,
  { names }: Embeddings,
): Promise<Uint32Array<ArrayBuffer>> {
  const { answers } = parseAnswers(file, (await textOf(file))!);
  const rowOf = new Map(names.map((name, row) => [name, row]));
  return answerTriplets(answers.map((answer) => {
    const [anchor, left, right] = answer.names.map((name) => rowOf.get(name) ?? nowhere);
    return { ...answer, anchor, left, right };
  }));
}

function thinned(triplets: Uint32Array, file: string, listener?: Listener): Uint32Array {
  const count = triplets.length / 3;
  if (count <= mostAnswers) return triplets;
  listener?.notice?.(`of the ${count} triplets of ${file}, ${mostAnswers} are taken`);
  return Uint32Array.from({ length: 3 * mostAnswers }, (_, at) => {
    const from = Math.floor(Math.floor(at / 3) * count / mostAnswers);
    return triplets[3 * from + at % 3];
  });
}
