import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { effect } from "@preact/signals";
import { explored, opening, source } from "./explored.ts";
import { ExportedWords } from "./exported_note.tsx";
import { addShortcuts } from "./keyboard.ts";
import { OpeningProgress } from "./opening_progress.tsx";
import { comeBack, connection, report, trouble } from "./source.ts";
import { stamp, view, type ViewName } from "./state.ts";
import { switchTheme, theme } from "./theme.ts";
import { Help, isHelpShown } from "./help.tsx";
import { SearchBox } from "./search_box.tsx";
import { Check } from "./views/check.tsx";
import { Curves } from "./views/curves.tsx";
import { Label } from "./views/label.tsx";
import { Masks } from "./views/masks.tsx";
import { Maps } from "./views/maps.tsx";
import { Neighbours } from "./views/neighbours.tsx";

/** A view as the navigation shows it. */
interface ViewEntry {
  readonly name: ViewName;
  readonly title: string;
  readonly component: ComponentType;
}

/** The views, in the order of the navigation. */
const views: readonly ViewEntry[] = [
  { name: "neighbours", title: "Neighbours", component: Neighbours },
  { name: "maps", title: "Maps", component: Maps },
  { name: "masks", title: "Masks", component: Masks },
  { name: "curves", title: "Curves", component: Curves },
  { name: "label", title: "Label", component: Label },
  { name: "check", title: "Check", component: Check },
];

/** Everything that is shown. */
export function Shell() {
  useEffect(followExplored, []);
  useEffect(shellShortcuts, []);
  const current = views.find(({ name }) => name === view.value) ?? views[0];
  const View = current.component;
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>Skip to the pictures</a>
      <Header current={current.name} />
      <Messages />
      <main id="main" tabIndex={-1} aria-label={current.title}>
        <OpeningProgress />
        {explored.value !== null && <View />}
        {explored.value === null && opening.value === null && (
          <p class="quiet">Asking what is explored …</p>
        )}
      </main>
      <Help />
    </>
  );
}

/** The address behind "#" is the state, so the link must not be followed. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")!.focus();
}

function Header({ current }: { readonly current: ViewName }) {
  const info = explored.value;
  return (
    <header class="top">
      <div class="what">
        <h1>csn explore</h1>
        {info !== null && (
          <p class="quiet" title={`${info.model}, ${info.variant}, csn ${info.csn}`}>
            <ExportedWords />
            {`${info.images.toLocaleString("en")} images of `}
            <span class="file">{info.among}</span>
            {" · "}
            <span class="file">{info.model}</span>
          </p>
        )}
      </div>
      <nav aria-label="Views">
        <ul>
          {views.map(({ name, title }) => (
            <li key={name}>
              <button
                type="button"
                aria-current={name === current ? "page" : undefined}
                onClick={() => view.value = name}
              >
                {title}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      {info !== null && <SearchBox />}
      <div class="tools">
        <button
          type="button"
          onClick={switchTheme}
          title={`${theme.value}: light, dark, or as the system has it`}
          aria-label={`Light or dark: ${theme.value}`}
        >
          {{ system: "◐", light: "☀", dark: "☾" }[theme.value]}
        </button>
        <button type="button" onClick={() => isHelpShown.value = true} aria-label="Help: keys">
          ?
        </button>
      </div>
    </header>
  );
}

/** What went wrong, and whether the server is there. */
function Messages() {
  return (
    <div class="messages">
      <div role="status">
        {connection.value.isLost && (
          <p class="message lost">
            The server does not answer. It is asked again every second; if it was ended, start{" "}
            <code>explore</code> again and the page goes on.
          </p>
        )}
      </div>
      <div role="alert">
        {trouble.value !== null && (
          <p class="message trouble">
            <span>{trouble.value}</span>
            <button type="button" onClick={() => trouble.value = null} aria-label="Close message">
              ✕
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

/** Milliseconds between two questions how far it is being opened. */
const askAgainMs = 500;

/** Asks what is explored until it is open, and again when the server was away. */
function followExplored(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () => {
    source().explored().then((info) => {
      if ("opening" in info) {
        opening.value = info;
        timer = setTimeout(ask, askAgainMs);
        return;
      }
      const wasOpening = opening.peek() !== null;
      opening.value = null;
      const of = stamp.peek();
      if (of !== "" && of !== info.stamp) {
        trouble.value = "The address was written for other images, or for another order of them: " +
          "the images that it names may be others now";
      }
      stamp.value = info.stamp;
      // What views asked for in the meantime was refused.
      if (wasOpening && explored.peek() !== null) comeBack();
      explored.value = info;
      document.title = `${info.model} – csn explore`;
    }, report);
  };
  const end = effect(() => {
    connection.value.comebacks;
    clearTimeout(timer);
    ask();
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}

function shellShortcuts(): () => void {
  const move = (by: number) => {
    const at = views.findIndex(({ name }) => name === view.value);
    view.value = views[(at + by + views.length) % views.length].name;
  };
  return addShortcuts(
    { keys: ["?"], what: "show this help", run: () => isHelpShown.value = true },
    {
      keys: ["/"],
      what: "search by name or value",
      run: () => document.getElementById("search")?.focus(),
    },
    { keys: ["["], what: "show the view before", run: () => move(-1) },
    { keys: ["]"], what: "show the next view", run: () => move(1) },
    { keys: ["b", "Backspace"], what: "go back one step", run: () => history.back() },
    { keys: ["d"], what: "light, dark, or as the system has it", run: switchTheme },
    {
      keys: ["Escape"],
      what: "close what is open",
      run: () => {
        isHelpShown.value = false;
        trouble.value = null;
      },
    },
  );
}
