import { useEffect, useState } from "preact/hooks";
import { explored, source } from "./explored.ts";
import { PartOfSheet } from "./part_of_sheet.tsx";
import { connection, PictureError } from "./source.ts";

/** Why a picture is not shown, in a few words and in a sentence. */
interface Fault {
  readonly label: string;
  readonly message: string;
}

const labels: Readonly<Record<string, string>> = {
  gone: "picture is gone",
  outside: "picture lies outside the folder",
  broken: "picture cannot be read",
};

/** One picture by its index; where there is none, what the image is called, or why there is none. */
export function Thumbnail({ index, name }: { readonly index: number; readonly name: string }) {
  const [fault, setFault] = useState<Fault | null>(null);
  const { comebacks } = connection.value;
  // Another image, or a server that is back, has another picture.
  useEffect(() => setFault(null), [index, comebacks]);
  const picture = explored.value!.hasPictures ? source().thumbnail(index) : null;
  // Nobody can ask an image for it that is not there.
  useEffect(() => {
    if (explored.value!.hasPictures && picture === null) findFault(index).then(setFault);
  }, [index, picture === null]);
  if (picture === null || fault !== null) {
    return (
      <span class="thumbnail no-picture" role="img" aria-label={name} title={fault?.message}>
        {fault?.label ?? name}
      </span>
    );
  }
  if (typeof picture !== "string") return <PartOfSheet part={picture} name={name} />;
  return (
    <img
      class="thumbnail"
      key={`${index} ${comebacks}`}
      src={picture}
      alt={name}
      draggable={false}
      onError={() => findFault(index).then(setFault)}
    />
  );
}

/** A picture that does not come says nothing: why is asked for. */
async function findFault(index: number): Promise<Fault> {
  try {
    await source().wholePicture(index);
    return { label: "no picture", message: "The small picture did not come" };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const state = error instanceof PictureError ? error.state : "";
    return { label: labels[state] ?? "no picture", message };
  }
}
