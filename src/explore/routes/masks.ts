import { learnsMasks } from "../../network/variant.ts";
import { askedWholeText } from "../asked_values.ts";
import { answerDimension } from "../answer_dimension.ts";
import { dimensionVariances } from "../dimension_variances.ts";
import type { Explored } from "../explored.ts";
import { FollowedRun } from "../followed_run.ts";
import type { MaskEpochs, MasksAnswer } from "../protocol.ts";
import type { Route } from "../route.ts";
import { sinceThen } from "../since_then.ts";
import { thinned } from "../thinned.ts";

/** Numbers of masks that a page is sent at most; of more, epochs in between are left out. */
const mostNumbers = 2_000_000;

/** `GET /api/masks`, `/api/masks/epochs` and `/api/dimensions/:dimension` */
export function maskRoutes(explored: Explored): Route[] {
  const { embeddings, runFolder } = explored;
  const run = new FollowedRun(runFolder);
  let variances: number[] | null = null;
  return [
    {
      method: "GET",
      path: "/api/masks",
      answer: () => masksOf(explored, variances ??= [...dimensionVariances(embeddings)]),
    },
    {
      method: "GET",
      path: "/api/masks/epochs",
      answer: ({ query }) => maskEpochs(explored, run, query),
    },
    {
      method: "GET",
      path: "/api/dimensions/:dimension",
      answer: ({ params, query }) => {
        const most = embeddings.dimension - 1;
        const dimension = askedWholeText("dimension", params.dimension, { least: 0, most });
        const limits = { least: 1, most: 50, otherwise: 8 };
        return answerDimension(
          explored,
          dimension,
          askedWholeText("count", query.get("count"), limits),
        );
      },
    },
  ];
}

function masksOf({ model }: Explored, variances: readonly number[]): MasksAnswer {
  return {
    isLearned: learnsMasks(model.info.variant),
    epoch: model.info.epoch,
    masks: model.notions.map((notion) => [...model.mask(notion)]),
    variances,
  };
}

async function maskEpochs(
  { model }: Explored,
  run: FollowedRun,
  query: URLSearchParams,
): Promise<MaskEpochs> {
  const none = (lacking: string): MaskEpochs => ({
    ...{ generation: "", epochs: [], areAll: true, lacking },
  });
  if (!learnsMasks(model.info.variant)) return none("The masks of this model are not learned");
  const { items, areAll, generation } = await run.masks();
  const { notions, info: { dimension } } = model;
  // A run that was replaced in the meantime may have others.
  const fitting = items.filter(({ masks }) =>
    masks.length === notions.length && masks.every((mask) => mask.length === dimension)
  );
  if (fitting.length === 0) {
    return none(
      "The run of this model kept no masks by epoch: it is not there, or an older csn made it",
    );
  }
  const { items: epochs, step } = thinned(fitting, notions.length * dimension, mostNumbers);
  return {
    ...sinceThen(query, "epochs", { items: epochs, generation: `${generation}.${step}` }),
    areAll: areAll && step === 1,
    lacking: null,
  };
}
