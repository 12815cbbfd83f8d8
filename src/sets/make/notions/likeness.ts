import type { Attribute } from "../../attribute.ts";
import { compareDistance } from "./distance.ts";

/** How two images compare by a notion. */
export type Likeness = "alike" | "unlike" | "not compared";

/** How images number `a` and `b` compare by an attribute. */
export function likeness(attribute: Attribute, a: number, b: number): Likeness {
  switch (attribute.kind) {
    case "categorical": {
      const [one, other] = [attribute.values[a], attribute.values[b]];
      if (one === "" || other === "") return "not compared";
      return one === other ? "alike" : "unlike";
    }
    case "multi": {
      const [some, others] = [attribute.values[a], attribute.values[b]];
      if (some.length === 0 || others.length === 0) return "not compared";
      return some.some((value) => others.includes(value)) ? "alike" : "unlike";
    }
    case "ordinal": {
      const [one, other] = [attribute.values[a], attribute.values[b]];
      if (compareDistance(one, other, attribute.alike) <= 0) return "alike";
      return compareDistance(one, other, attribute.unlike) >= 0 ? "unlike" : "not compared";
    }
  }
}
