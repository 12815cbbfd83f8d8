import { isObject } from "../../base/json_values.ts";
import { askedJson, askedWhole, wrongValue } from "../asked_values.ts";
import type { Explored } from "../explored.ts";
import { imageInfo } from "../image_values.ts";
import type { Asked } from "../labelling.ts";
import type { ValueInfo, ValuesAnswer } from "../protocol.ts";
import type { Route } from "../route.ts";
import type { GivenImages, Valuing } from "../valuing.ts";
import { askedBy, timeOf } from "./label.ts";

/** Images that are given a value at once, and letters of it. */
const [mostImages, mostLetters] = [100_000, 200];

/** `POST /api/values/next`, `give`, `skip` and `undo`. */
export function valueRoutes(explored: Explored, valuing: Valuing): Route[] {
  const post = (
    path: string,
    work: (asked: Asked, json: Readonly<Record<string, unknown>>) => Promise<void> | void,
  ): Route => ({
    ...{ method: "POST", path: `/api/values/${path}`, writes: true },
    answer: async (request) => {
      const json = await askedJson(request);
      const asked = askedBy(json);
      await work(asked, json);
      return await answerTo(explored, valuing, asked);
    },
  });
  return [
    post("next", () => {}),
    post("give", (asked, json) => {
      const { value } = json;
      if (typeof value !== "string" || value.trim() === "" || value.length > mostLetters) {
        throw wrongValue("value", value, `a text of 1 to ${mostLetters} letters`);
      }
      return valuing.give(asked, givenOf(explored, json), value);
    }),
    post("skip", (asked, { image }) => {
      valuing.skip(asked, askedWhole("image", image, 0, explored.count - 1));
    }),
    post(
      "undo",
      (asked, { given }) =>
        valuing.takeBack(asked, isObject(given) ? givenOf(explored, given) : null),
    ),
  ];
}

function givenOf(
  { count }: Explored,
  { images, at }: Readonly<Record<string, unknown>>,
): GivenImages {
  if (!Array.isArray(images) || images.length === 0 || images.length > mostImages) {
    throw wrongValue("images", images, `a list of 1 to ${mostImages} images`);
  }
  return {
    images: images.map((image) => askedWhole("images", image, 0, count - 1)),
    at: timeOf(at),
  };
}

async function answerTo(
  explored: Explored,
  valuing: Valuing,
  asked: Asked,
): Promise<ValuesAnswer> {
  const image = await valuing.image(asked);
  const { values, standing, distinct } = await valuing.values(asked.notion);
  const byValue = Map.groupBy(values, ({ value }) => value);
  const byImage = Map.groupBy(standing, ({ image }) => image);
  return {
    image: image === null ? null : imageInfo(explored, image),
    values: distinct.map((value): ValueInfo => {
      const given = byValue.get(value)!;
      const example = imageInfo(explored, given.at(-1)!.image);
      return { value, images: given.length, example };
    }),
    file: explored.shownPath(valuing.pathOf(asked.notion)),
    images: values.length,
    isOwn: standing.some(({ by }) => by === asked.by),
    annotators: new Set(standing.map(({ by }) => by)).size,
    disputed: [...byImage.values()]
      .filter((given) => new Set(given.map(({ value }) => value)).size > 1).length,
  };
}
