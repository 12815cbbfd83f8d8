import { CsnError } from "../base/errors.ts";
import { HeldFolder } from "../files/held_folder.ts";
import { dirname } from "../files/paths.ts";
import { readModelFile, writeModelFile } from "../model/model_file.ts";
import type { Calibration } from "../search/calibration.ts";

/**
 * Stores a calibration in a model's file, in place of an earlier one; nothing else in it changes.
 * Throws a CsnError for a checkpoint, which training goes on writing, and while a run is training
 * in the file's folder.
 */
export async function storeCalibration(path: string, calibration: Calibration): Promise<void> {
  const { path: found, info } = await readModelFile(path);
  if (info.kind === "checkpoint") {
    throw new CsnError(
      `Cannot store the calibration in ${found}: it is a checkpoint, which training writes anew; calibrate the run's model_best`,
    );
  }
  using _ = await HeldFolder.take(dirname(found), {
    what: "the folder of the model",
    another: "calibrate a copy of the model elsewhere",
  });
  // What lies there now: a run may have written a better model before it ended.
  const file = await readModelFile(found);
  const known = info.notions.join() === file.info.notions.join() && info.epoch === file.info.epoch;
  if (!known) {
    throw new CsnError(
      `Cannot store the calibration in ${found}: a run wrote another model there meanwhile; calibrate that`,
    );
  }
  await writeModelFile(found, { info: { ...file.info, calibration }, tensors: file.tensors });
}
