import { useRef, useState } from "preact/hooks";
import type { ImageInfo } from "../../../protocol.ts";
import { Conditions } from "../../conditions.tsx";
import { explored, source } from "../../explored.ts";
import { PartOfSheet } from "../../part_of_sheet.tsx";
import { ownQuery, query, returnTo, trail } from "../../state.ts";
import { Thumbnail } from "../../thumbnail.tsx";
import { queryInfo } from "./answers.ts";
import { isEmbedding, ownPicture, searchFrom } from "./own_picture.ts";
import { Swatch } from "./row.tsx";

/** What is searched from, where it was before, and what images must meet. */
export function QueryPanel() {
  const info = queryInfo.value;
  return (
    <section class="query" aria-labelledby="query-title">
      <h2 id="query-title">Query</h2>
      {ownQuery.value !== ""
        ? <OwnQuery text={ownQuery.value} />
        : query.value === null
        ? (
          <p class="quiet">
            {source().embed === null
              ? "None yet: choose a picture, or search a name."
              : "None yet: choose a picture, search a name, or drop a picture of yours."}
          </p>
        )
        : info !== null && <KnownQuery key={info.index} info={info} />}
      <OwnPictureButton />
      <Trail />
      <Conditions />
    </section>
  );
}

function KnownQuery({ info }: { readonly info: ImageInfo }) {
  const [isGone, setGone] = useState(false);
  const { notions, hasPictures } = explored.value!;
  const picture = hasPictures ? source().picture(info.index) : null;
  const title = `the query, ${info.name}`;
  return (
    <>
      {hasPictures && (isGone || picture === null
        ? <p class="empty">Its picture is gone; its neighbours are still known.</p>
        : typeof picture !== "string"
        ? <PartOfSheet part={picture} name={title} kind="large" />
        : <img class="large" src={picture} alt={title} onError={() => setGone(true)} />)}
      <p class="file" id="query-name">{info.name}</p>
      {info.values.some((value) => value !== "") && (
        <dl>
          {notions.map(({ name }, at) =>
            info.values[at] !== "" && (
              <div key={name}>
                <dt>
                  <Swatch notion={at} />
                  {name}
                </dt>
                <dd>{info.values[at]}</dd>
              </div>
            )
          )}
        </dl>
      )}
    </>
  );
}

function OwnQuery({ text }: { readonly text: string }) {
  const picture = ownPicture(text);
  return (
    <>
      {picture !== null && picture.url !== "" && (
        <img class="large" src={picture.url} alt={`the query, your picture ${picture.name}`} />
      )}
      <p class="file" id="query-name">{picture?.name ?? "a picture of another browser's"}</p>
      <p class="quiet">
        It was embedded and not kept.{picture === null && " The address holds its embedding."}
      </p>
    </>
  );
}

function OwnPictureButton() {
  const input = useRef<HTMLInputElement>(null);
  if (source().embed === null) {
    return <p class="quiet">A picture of yours can be the query where the server runs.</p>;
  }
  return (
    <p>
      <input
        ref={input}
        id="own-picture"
        type="file"
        accept="image/*"
        hidden
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file !== undefined) searchFrom(file);
        }}
      />
      <button type="button" disabled={isEmbedding.value} onClick={() => input.current!.click()}>
        {isEmbedding.value ? "Embedding …" : "Choose a picture of yours …"}
      </button>
    </p>
  );
}

/** The queries before, the last one last. */
function Trail() {
  if (trail.value.length === 0) return null;
  return (
    <nav aria-label="Earlier queries" class="trail">
      <ol>
        {trail.value.map((image, at) => (
          <li key={at}>
            <button type="button" onClick={() => returnTo(at)} title={`image ${image}`}>
              <Thumbnail key={image} index={image} name={`earlier query, image ${image}`} />
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
