/** The maps themselves: canvases, and for each map what pointers and keys do on it. */
import { useEffect, useRef } from "preact/hooks";
import { effect, type Signal, signal } from "@preact/signals";
import { explored, notionColour } from "../explored.ts";
import { goTo, mapCamera, mapPictures, selection } from "../state.ts";
import { theme } from "../theme.ts";
import { connection, report } from "../source.ts";
import { type Camera, middleOf, type Pane, panned, scaleOf, toPlane, zoomed } from "./camera.ts";
import { kept, layouts, maps, points, values } from "./map_data.ts";
import { MapPictures } from "./map_pictures.ts";
import { MovingLayouts } from "./moving_layouts.ts";
import { byDistance, nearestPoint, type Place, pointsInBox, pointsInPolygon } from "./points_in.ts";
import {
  camera,
  chosen,
  colourColumn,
  colouredBy,
  home,
  hovered,
  lookAt,
  mapTitle,
  queryPoint,
  type ShownMap,
  shownMaps,
  stage,
  stageRoom,
} from "./shown_maps.ts";
import { StageDrawing } from "./stage_drawing.ts";

/** What a pointer does when it is dragged. */
export const tool: Signal<"drag" | "lasso" | "box"> = signal("drag");

/** Where the hovered point's card is to lie: on the stage, in CSS pixels; null for no card. */
export const cardPlace: Signal<Place | null> = signal(null);

/** What was done, for screen readers. */
export const spoken: Signal<string> = signal("");

/** The height of the stage at least, and what is left for what stands below it, in CSS pixels. */
const [leastHeight, belowStage] = [360, 56];

/** How near a pointer must come to a dot, in CSS pixels. */
const reach = 12;

/** A pointer that moves less between down and up clicks, in CSS pixels. */
const clickReach = 4;

/** How much nearer a key zooms, and how much of a map it pans. */
const [keyZoom, keyPan] = [1.4, 0.15];

/** The map on which keys act: the last one that was looked at. */
let current = 0;

/** The stage. */
export function Stage() {
  const frame = useRef<HTMLDivElement>(null);
  const dots = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const begun = new StageWork(frame.current!, dots.current!, marks.current!);
    work = begun;
    return () => {
      begun.end();
      work = null;
    };
  }, []);
  const { panes, height } = stage.value;
  return (
    <div class="map-stage" ref={frame} style={{ height: `${height}px` }}>
      <canvas class="map-dots" ref={dots} aria-hidden="true" />
      <canvas class="map-marks" ref={marks} aria-hidden="true" />
      {shownMaps.value.map((map, at) => (
        <MapPane key={map.slot} map={map} at={at} pane={panes[at]} />
      ))}
    </div>
  );
}

/** One map: its title over the canvases, and all that is done on it. */
function MapPane({ map, at, pane }: {
  readonly map: ShownMap;
  readonly at: number;
  readonly pane: Pane;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current!;
    // Preact's handler would be passive: the page would scroll, too.
    const wheel = (event: WheelEvent) => work?.wheel(at, event);
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [at]);
  const column = colourColumn(map.notion);
  const label = `Map ${map.notion === "" ? "without a mask" : `by ${map.notion}`}: ` +
    `${(maps.value?.points ?? 0).toLocaleString("en")} images` +
    (column === null ? "" : `, coloured by ${column}`);
  return (
    <div
      class="map-pane"
      ref={place}
      tabIndex={0}
      role="application"
      aria-roledescription="map"
      aria-label={label}
      aria-describedby="map-keys"
      data-tool={tool.value}
      style={{
        left: `${pane.left}px`,
        top: `${pane.top}px`,
        width: `${pane.width}px`,
        height: `${pane.height}px`,
      }}
      onPointerDown={(event) => work?.down(at, event)}
      onPointerMove={(event) => work?.move(at, event)}
      onPointerUp={(event) => work?.up(at, event)}
      onPointerCancel={() => work?.cancel()}
      onPointerLeave={() => work?.leave()}
      onFocus={() => current = at}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (mapKey(event.key)) event.preventDefault();
      }}
    >
      <p class="map-title">
        <span class="map-spot" style={{ background: spotColour(map.notion) }} />
        {mapTitle(map.notion)}
        <MapProgress notion={map.notion} />
      </p>
    </div>
  );
}

function spotColour(notion: string): string {
  const place = explored.value!.notions.findIndex(({ name }) => name === notion);
  return place === -1 ? "currentColor" : notionColour(place);
}

/** How far a map is, while it is not ready. */
function MapProgress({ notion }: { readonly notion: string }) {
  const info = maps.value?.maps.find((each) => each.notion === notion);
  if (info === undefined || info.stage === "map") return null;
  const text = {
    waiting: "comes at once …",
    plane: `principal plane, being laid out: ${Math.floor(100 * info.share)} %`,
    nothing: "its mask leaves no dimension: there is nothing to lay out",
    failed: `cannot be laid out: ${info.fault}`,
  }[info.stage];
  return <span class="map-progress" data-stage={info.stage}>{text}</span>;
}

/** What a key does on the map that was looked at last; returns whether it does anything. */
export function mapKey(key: string): boolean {
  return work?.key(key) ?? false;
}

/** Shows all points. */
export function lookAtAll(): void {
  lookAt(null);
}

/** The stage that is shown. */
let work: StageWork | null = null;

/** A pointer that is down. */
interface Down {
  readonly at: number;
  readonly began: Place;
  last: Place;
  /** Whether it was moved farther than a click may be. */
  isDrag: boolean;
  readonly does: "drag" | "lasso" | "box";
  readonly adds: boolean;
}

/** Everything that happens on the stage. */
class StageWork {
  readonly #element: HTMLElement;
  readonly #drawing: StageDrawing;
  readonly #pictures: MapPictures;
  readonly #moving = new MovingLayouts();
  readonly #stop = new AbortController();
  readonly #ends: (() => void)[] = [];
  readonly #pointers = new Map<number, Down>();
  #outline: readonly Place[] = [];
  #frame: number | null = null;
  #movedAt = 0;
  /** Where the pointer was last, while it is not known what lies under it now. */
  #unseen: { readonly at: number; readonly place: Place } | null = null;
  /** Points in the order in which keys come to them, and where in it they are. */
  #tour: { readonly points: readonly number[]; at: number } | null = null;

  constructor(element: HTMLElement, dots: HTMLCanvasElement, marks: HTMLCanvasElement) {
    this.#element = element;
    this.#pictures = new MapPictures(() => this.#soon());
    this.#drawing = new StageDrawing(dots, marks, this.#pictures);
    const measure = () => {
      // As high as the window leaves room for, with the first line of what stands below.
      const top = element.getBoundingClientRect().top + scrollY;
      const height = Math.max(leastHeight, Math.round(innerHeight - top - belowStage));
      stageRoom.value = { width: element.clientWidth, height };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    addEventListener("resize", measure);
    measure();
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const soon = () => this.#soon();
    dark.addEventListener("change", soon);
    camera.value = mapCamera.peek();
    this.#ends.push(
      () => observer.disconnect(),
      () => removeEventListener("resize", measure),
      () => dark.removeEventListener("change", soon),
      // The back button, or another link.
      effect(() => {
        camera.value = mapCamera.value;
      }),
      effect(() => this.#follow()),
      effect(() => {
        // Another set of points has other pictures, and so may a server that was started again.
        connection.value.comebacks;
        if (points.value !== null) this.#pictures.open(this.#stop.signal).catch(report);
      }),
    );
  }

  end(): void {
    for (const end of this.#ends) end();
    this.#stop.abort();
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
  }

  /** Reads all that is drawn, so that it is drawn again when any of it changes. */
  #follow(): void {
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    for (const { slot, notion } of shownMaps.value) {
      const layout = layouts.value.get(notion);
      if (layout !== undefined) this.#moving.moveTo(slot, layout, isStill);
      colouredBy(colourColumn(notion));
    }
    camera.value;
    home.value;
    chosen.value;
    hovered.value;
    queryPoint.value;
    mapPictures.value;
    stage.value;
    theme.value;
    values.value;
    this.#soon();
  }

  #soon(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#draw();
    });
  }

  #draw(): void {
    const images = points.peek();
    const { panes, height } = stage.peek();
    this.#drawing.resize(stageRoom.peek().width, height);
    // A map that is dragged or whose points move is drawn whole when it rests.
    const isMoving = this.#moving.isMoving || performance.now() - this.#movedAt < restMs;
    this.#drawing.draw({
      maps: images === null ? [] : shownMaps.peek().flatMap(({ slot, notion }, at) => {
        const layout = this.#moving.at(slot);
        const { words, colours } = colouredBy(colourColumn(notion));
        return layout === null || words.length !== images.length
          ? []
          : [{ pane: panes[at], layout, words, colours }];
      }),
      camera: this.#camera,
      home: home.peek(),
      images: images ?? new Uint32Array(0),
      chosen: chosen.peek(),
      hovered: hovered.peek(),
      query: queryPoint.peek(),
      outline: this.#outline,
      hasPictures: mapPictures.peek() && explored.peek()!.hasPictures,
      isMoving,
    });
    this.#element.dataset.drawn = String(Number(this.#element.dataset.drawn ?? 0) + 1);
    this.#element.dataset.still = String(!isMoving);
    if (isMoving) this.#soon();
    else if (this.#unseen !== null) {
      const { at, place } = this.#unseen;
      this.#unseen = null;
      this.#hover(at, place);
    }
  }

  get #camera(): Camera {
    return camera.peek() ?? home.peek();
  }

  #look(next: Camera): void {
    this.#movedAt = performance.now();
    hovered.value = null;
    cardPlace.value = null;
    this.#tour = null;
    lookAt(next);
  }

  #pane(at: number): Pane {
    return stage.peek().panes[at];
  }

  #places(at: number): Float32Array {
    return this.#moving.at(shownMaps.peek()[at].slot) ?? new Float32Array(0);
  }

  /** Where a pointer is on the stage. */
  #place({ clientX, clientY }: MouseEvent): Place {
    const { left, top } = this.#element.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  /** The point under a place, by its picture or its dot. */
  #pointAt(at: number, place: Place): number | null {
    const shown = this.#drawing.pictureAt(at, place);
    if (shown !== null) return shown;
    const pane = this.#pane(at);
    const within = reach / scaleOf(this.#camera, pane);
    return nearestPoint(this.#places(at), toPlane(this.#camera, pane, ...place), within);
  }

  wheel(at: number, event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const factor = Math.exp(-0.0018 * lines * event.deltaY);
    const place = this.#place(event);
    this.#look(zoomed(this.#camera, this.#pane(at), factor, [...place]));
    this.#unseen = { at, place };
  }

  down(at: number, event: PointerEvent): void {
    if (event.button !== 0) return;
    current = at;
    const place = this.#place(event);
    const does = event.shiftKey ? "lasso" : event.altKey ? "box" : tool.value;
    const adds = event.ctrlKey || event.metaKey;
    this.#pointers.set(event.pointerId, {
      ...{ at, began: place, last: place, isDrag: false, does, adds },
    });
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    cardPlace.value = null;
  }

  move(at: number, event: PointerEvent): void {
    const place = this.#place(event);
    const down = this.#pointers.get(event.pointerId);
    if (down === undefined) {
      if (event.pointerType !== "touch") this.#hover(at, place);
      return;
    }
    if (Math.hypot(place[0] - down.began[0], place[1] - down.began[1]) > clickReach) {
      down.isDrag = true;
    }
    if (this.#pointers.size === 2) this.#pinch(event.pointerId, place);
    else if (down.isDrag) this.#drag(down, place);
    down.last = place;
  }

  #hover(at: number, place: Place): void {
    const point = this.#pointAt(at, place);
    hovered.value = point;
    cardPlace.value = point === null ? null : place;
  }

  #drag(down: Down, place: Place): void {
    if (down.does === "drag") {
      const [right, below] = [place[0] - down.last[0], place[1] - down.last[1]];
      this.#look(panned(this.#camera, this.#pane(down.at), right, below));
      return;
    }
    const [[left, top], [right, bottom]] = [down.began, place];
    this.#outline = down.does === "box"
      ? [[left, top], [right, top], [right, bottom], [left, bottom]]
      : [...this.#outline.length === 0 ? [down.began] : this.#outline, place];
    this.#soon();
  }

  /** Two fingers: the map goes and grows with them. */
  #pinch(moved: number, place: Place): void {
    const [own, other] = [...this.#pointers].map(([id, { last }]) => ({ id, last }))
      .sort(({ id }) => id === moved ? -1 : 1);
    const pane = this.#pane(this.#pointers.get(moved)!.at);
    const far = (a: Place, b: Place) => Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1]));
    const factor = far(place, other.last) / far(own.last, other.last);
    const nearer = zoomed(this.#camera, pane, factor, [...other.last]);
    this.#look(nearer);
    for (const down of this.#pointers.values()) down.isDrag = true;
  }

  up(at: number, event: PointerEvent): void {
    const down = this.#pointers.get(event.pointerId);
    this.#pointers.delete(event.pointerId);
    if (down === undefined) return;
    if (!down.isDrag) this.#click(at, this.#place(event), down.adds);
    else if (down.does !== "drag") this.#select(down);
    this.#outline = [];
    this.#soon();
  }

  cancel(): void {
    this.#pointers.clear();
    this.#outline = [];
    this.#soon();
  }

  leave(): void {
    if (this.#pointers.size > 0) return;
    this.#unseen = null;
    hovered.value = null;
    cardPlace.value = null;
  }

  #click(at: number, place: Place, adds: boolean): void {
    const point = this.#pointAt(at, place);
    if (point === null) {
      // A click beside all points lets go of what was selected.
      if (!adds && tool.value !== "drag") selection.value = [];
      return;
    }
    if (adds) toggle(points.peek()![point]);
    else goTo(points.peek()![point]);
  }

  #select({ at, adds, does }: Down): void {
    const pane = this.#pane(at);
    const corners = this.#outline.map((place) => toPlane(this.#camera, pane, ...place));
    const layout = this.#places(at);
    const found = does === "box"
      ? pointsInBox(layout, corners[0], corners[2])
      : pointsInPolygon(layout, corners);
    // Points that conditions leave out are faint, and are not meant.
    const meets = kept.peek();
    const images = found.filter((point) => meets === null || meets[point] === 1)
      .map((point) => points.peek()![point]);
    selection.value = adds ? [...new Set([...selection.peek(), ...images])] : images;
    spoken.value = `${selection.peek().length} images selected`;
  }

  key(key: string): boolean {
    const pane = this.#pane(Math.min(current, shownMaps.peek().length - 1));
    if (pane === undefined) return false;
    const pan = (right: number, down: number) => {
      this.#look(
        panned(this.#camera, pane, -right * keyPan * pane.width, -down * keyPan * pane.height),
      );
    };
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => pan(-1, 0),
      ArrowRight: () => pan(1, 0),
      ArrowUp: () => pan(0, -1),
      ArrowDown: () => pan(0, 1),
      "+": () => this.#look(zoomed(this.#camera, pane, keyZoom)),
      "=": () => this.#look(zoomed(this.#camera, pane, keyZoom)),
      "-": () => this.#look(zoomed(this.#camera, pane, 1 / keyZoom)),
      "0": () => lookAt(null),
      n: () => this.#visit(1),
      p: () => this.#visit(-1),
      Enter: () => this.#onVisited((image) => goTo(image)),
      " ": () => this.#onVisited(toggle),
      Escape: () => {
        hovered.value = null;
        cardPlace.value = null;
        selection.value = [];
        spoken.value = "Nothing is selected";
      },
    };
    const action = actions[key];
    if (action === undefined) return false;
    action();
    return true;
  }

  #onVisited(does: (image: number) => void): void {
    if (hovered.peek() !== null) does(points.peek()![hovered.peek()!]);
  }

  /** Comes to the next point in view, beginning with that nearest to the middle. */
  #visit(by: number): void {
    const at = Math.min(current, shownMaps.peek().length - 1);
    const [pane, layout] = [this.#pane(at), this.#places(at)];
    this.#tour ??= { points: pointsInView(layout, this.#camera, pane), at: by > 0 ? -1 : 0 };
    const { points: all } = this.#tour;
    if (all.length === 0) {
      spoken.value = "No image is in view";
      return;
    }
    this.#tour.at = (this.#tour.at + by + all.length) % all.length;
    hovered.value = all[this.#tour.at];
    visited.value = { place: this.#tour.at + 1, of: all.length };
    cardPlace.value = [pane.left + 12, pane.top + pane.height - 12];
  }
}

/** Which of the points in view keys came to, for screen readers. */
export const visited: Signal<{ readonly place: number; readonly of: number } | null> = signal(null);

/** Milliseconds after the last movement until maps are drawn whole. */
const restMs = 160;

/** Selects an image, or lets go of it. */
export function toggle(image: number): void {
  const selected = selection.peek();
  selection.value = selected.includes(image)
    ? selected.filter((each) => each !== image)
    : [...selected, image];
  spoken.value = `${selection.peek().length} images selected`;
}

/** Points that a camera sees, that nearest to the middle first. */
export function pointsInView(layout: Float32Array, camera: Camera, pane: Pane): number[] {
  const [x, y] = middleOf(pane);
  const corner = toPlane(camera, pane, pane.left, pane.top);
  const opposite = toPlane(camera, pane, pane.left + pane.width, pane.top + pane.height);
  const seen = pointsInBox(layout, corner, opposite);
  return byDistance(layout, seen, toPlane(camera, pane, x, y));
}
