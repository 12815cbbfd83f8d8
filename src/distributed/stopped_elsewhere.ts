import { CsnError } from "../base/errors.ts";

/** What is thrown where another process's signal was aborted. */
export class StoppedElsewhere extends CsnError {
  constructor() {
    super("Cannot go on together: another process was stopped; begin again on all of them");
  }
}
