/** The masks of the model and of its run by epoch, as far as the page has them. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { MaskEpochs, MasksAnswer } from "../../protocol.ts";
import { own } from "../curves/run_data.ts";
import { source } from "../explored.ts";
import { latest } from "../latest.ts";
import { connection, report } from "../source.ts";
import { epoch } from "../state.ts";
import { heights, type MaskTable, placeOfEpoch } from "./mask_table.ts";

/** The model's masks; null until they are known. */
export const masks: Signal<MasksAnswer | null> = signal(null);

/** Those of its run by epoch; null until they are known. */
export const history: Signal<MaskEpochs | null> = signal(null);

/** The epochs of which masks are known, in order. */
export const maskEpochs: ReadonlySignal<readonly number[]> = computed(
  () => history.value?.epochs.map((each) => each.epoch) ?? [],
);

/** The masks that are looked at, and of which epoch they are. */
export interface MasksThen {
  readonly epoch: number;
  readonly masks: MaskTable;
  /** Whether they are the model's own. */
  readonly isModel: boolean;
}

/** The masks of the epoch that is looked at, or of the nearest one before; null: not known yet. */
export const masksThen: ReadonlySignal<MasksThen | null> = computed(() => {
  const model = masks.value;
  if (model === null) return null;
  const wanted = epoch.value ?? model.epoch;
  const known = history.value?.epochs ?? [];
  if (wanted === model.epoch || known.length === 0) {
    return { epoch: model.epoch, masks: model.masks, isModel: true };
  }
  return { ...known[placeOfEpoch(maskEpochs.value, wanted)], isModel: false };
});

/** The highest value and sum over all epochs, so that bars of all can be compared. */
export const maskHeights: ReadonlySignal<{ value: number; sum: number }> = computed(() => {
  const known = history.value?.epochs.map((each) => each.masks) ?? [];
  return heights([...masks.value === null ? [] : [masks.value.masks], ...known]);
});

/** Asks for the masks, and for those of more epochs as the run has more. */
export function followMasks(): () => void {
  const askEpochs = latest({
    ask: () =>
      source().maskEpochs({
        generation: history.value?.generation ?? "",
        after: history.value?.epochs.length ?? 0,
      }),
    take: (answer) => {
      const before = history.value;
      const isMore = before !== null && before.generation === answer.generation;
      const epochs = isMore ? [...before.epochs, ...answer.epochs] : answer.epochs;
      history.value = { ...answer, epochs };
    },
    fail: report,
  });
  const stopMasks = effect(() => {
    connection.value.comebacks;
    source().masks().then((answer) => masks.value = answer, report);
  });
  const stopEpochs = effect(() => {
    connection.value.comebacks;
    own.value?.rows;
    askEpochs(null);
  });
  return () => {
    stopMasks();
    stopEpochs();
  };
}
