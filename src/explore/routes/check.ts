import { CsnError } from "../../base/errors.ts";
import { isText } from "../../base/json_values.ts";
import { join } from "../../files/paths.ts";
import { RequestError } from "../../service/request_error.ts";
import {
  addCheckedTriplet,
  type CheckedTriplet,
  readCheckedTriplets,
  tripletKey,
} from "../../sets/checked_triplets.ts";
import { splits } from "../../sets/image_set.ts";
import { askedJson, askedWhole, askedWholeText, wrongValue } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import { type MeasuredLists, mostWorst } from "../hard_triplets.ts";
import { imageInfo } from "../image_values.ts";
import type { MarksInfo, SuspectInfo, SuspectsAnswer } from "../protocol.ts";
import type { Route, RouteRequest } from "../route.ts";

/** The list of marks in the folder of answers. */
const marksFile = "checked_triplets.jsonl";

/** `GET /api/suspects` and `POST /api/check` */
export function checkRoutes(explored: Explored, lists: MeasuredLists): Route[] {
  return [
    {
      method: "GET",
      path: "/api/suspects",
      answer: (asked) => suspects(explored, asked, lists),
    },
    {
      method: "POST",
      path: "/api/check",
      writes: true,
      answer: (asked) => check(explored, asked),
    },
  ];
}

/** Where marks are written. Throws a RequestError where they cannot be. */
function pathOf({ answers }: Explored): string {
  if (answers.refusal !== null) throw new RequestError(409, answers.refusal);
  return join(answers.folder, marksFile);
}

async function suspects(
  explored: Explored,
  { query }: RouteRequest,
  lists: MeasuredLists,
): Promise<SuspectsAnswer> {
  const { set, model, answers } = explored;
  if (set === null) {
    throw new RequestError(404, "There are no triplets: what is explored is no image set");
  }
  const split = splits.find((each) => each === query.get("split"));
  if (split === undefined) {
    throw wrongValue("split", query.get("split"), `one of ${splits.join(", ")}`);
  }
  const notion = askedNotion(explored, query.get("notion"));
  const range = { least: 1, most: mostWorst, otherwise: 40 };
  const count = askedWholeText("count", query.get("count"), range);
  const marks = await marksOf(explored, join(answers.folder, marksFile));
  const is = new Map(marks.map((mark) => [tripletKey(mark.notion, mark.images), mark.is]));
  const { worst, wrong, total } = await lists.of(notion, split);
  const found = worst.slice(0, count).map(({ place, images, far, near }): SuspectInfo => {
    const [anchor, farInfo, nearInfo] = images.map((image) => imageInfo(explored, image));
    return {
      place,
      ...{ anchor, far: farInfo, near: nearInfo },
      ...{ farDistance: far, nearDistance: near },
      mark: is.get(tripletKey(notion, images)) ?? null,
    };
  });
  const notionIndex = model.notions.indexOf(notion);
  return { suspects: found, wrong, total, notionIndex, marks: info(explored, marks) };
}

async function check(explored: Explored, asked: RouteRequest): Promise<MarksInfo> {
  const { notion, images, is, by, at } = await askedJson(asked);
  const { embeddings, count, set } = explored;
  if (set === null) {
    throw new RequestError(404, "There are no triplets: what is explored is no image set");
  }
  if (!Array.isArray(images) || images.length !== 3) {
    throw wrongValue("images", images, "anchor, far and near");
  }
  if (is !== "right" && is !== "wrong" && is !== null) {
    throw wrongValue("is", is, '"right", "wrong" or null');
  }
  if (!isText(by) || by.trim() === "") throw wrongValue("by", by, "who says so");
  const path = pathOf(explored);
  const triplet = images.map((image) => askedWhole("images", image, 0, count - 1));
  const names = triplet.map((image) => embeddings.names[image]);
  const mark = {
    notion: askedNotion(explored, notion),
    images: triplet as unknown as CheckedTriplet["images"],
    names: names as unknown as CheckedTriplet["names"],
    is,
    by,
    at: typeof at === "string" ? at : new Date().toISOString(),
  } as const;
  // Never marks of two sets in one list.
  await marksOf(explored, path);
  await addCheckedTriplet(path, mark);
  return info(explored, await marksOf(explored, path));
}

function askedNotion({ model }: Explored, notion: unknown): string {
  const found = model.notions.find((name) => name === notion);
  if (found !== undefined) return found;
  throw wrongValue("notion", notion, `one of ${model.notions.join(", ")}`);
}

/** The marks that count. Throws a CsnError where they are about other images. */
async function marksOf({ embeddings }: Explored, path: string): Promise<CheckedTriplet[]> {
  const marks = await readCheckedTriplets(path);
  const others = marks.filter(({ images, names }) =>
    names?.some((name, role) => embeddings.names[images[role]] !== name)
  );
  if (others.length === 0) return marks;
  throw new CsnError(
    `Cannot go on with the marks in ${path}: ${others.length} of its ${marks.length} are about other images than those that are explored; name another folder with \`answers\``,
  );
}

function info({ answers, shownPath }: Explored, marks: readonly CheckedTriplet[]): MarksInfo {
  const count = (is: CheckedTriplet["is"]) => marks.filter((mark) => mark.is === is).length;
  const file = shownPath(join(answers.folder, marksFile));
  return { file, refusal: answers.refusal, right: count("right"), wrong: count("wrong") };
}
