import { useState } from "preact/hooks";
import type { KeptModel, TaughtInfo } from "../../protocol.ts";
import { explored, source } from "../explored.ts";
import { shellWord } from "../../../base/shell_word.ts";
import { info } from "./label_info.ts";
import { taughtFrom } from "./teach_data.ts";

/** Writes a copy of the model that has the notion. */
export function KeepNotion({ taught }: { readonly taught: TaughtInfo }) {
  const { notion, verdict } = taught;
  const isThere = explored.value!.notions.some(({ name }) => name === notion);
  const [name, setName] = useState(isThere ? `${notion}-taught` : notion);
  const [file, setFile] = useState(`model_with_${notion}`);
  const [anyway, setAnyway] = useState(false);
  const [kept, setKept] = useState<KeptModel | null>(null);
  const [fault, setFault] = useState("");
  const [isBusy, setBusy] = useState(false);
  const isDoubted = verdict === "not learnable";
  const keep = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setFault("");
    try {
      setKept(await source().labels!.keep({ ...taughtFrom(), name, file, anyway }));
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <details class="keep">
      <summary>Keep it: write a copy of the model with this notion</summary>
      <form onSubmit={keep}>
        <label>
          notion{" "}
          <input
            name="name"
            type="text"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label>
          file{" "}
          <input
            name="file"
            type="text"
            value={file}
            onInput={(event) => setFile(event.currentTarget.value)}
          />
        </label>
        {isDoubted && (
          <label class="anyway">
            <input
              name="anyway"
              type="checkbox"
              checked={anyway}
              onChange={(event) => setAnyway(event.currentTarget.checked)}
            />{" "}
            keep it although it is not learnable
          </label>
        )}
        <button type="submit" class="primary" disabled={isBusy || isDoubted && !anyway}>
          Keep
        </button>
        <p class="quiet">
          It is written to <code>{info.value!.folder}</code>; no file is replaced, and{" "}
          <code>{explored.value!.model}</code> stays as it is.
        </p>
      </form>
      <div role="status">
        {fault !== "" && <p class="unkept">{fault}</p>}
        {kept !== null && (
          <p class="kept">
            Written: <code>{kept.file}</code>. See it beside the others:{" "}
            <code>deno task explore --resume {shellWord(kept.file)}</code>
          </p>
        )}
      </div>
    </details>
  );
}
