import { version } from "../base/version.ts";

/** A JSON schema (2020-12), as far as the description uses it. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly minItems?: number;
  readonly contentEncoding?: string;
  readonly default?: unknown;
}

interface Content {
  readonly [type: string]: { readonly schema?: Schema };
}

interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly schema: Schema }>>;
  readonly content?: Content;
}

interface Parameter {
  readonly name: string;
  readonly in: "query";
  readonly description: string;
  readonly schema: Schema;
  readonly explode?: boolean;
}

interface Operation {
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, Answer>>;
}

/** A description of a service, as far as it is used: OpenAPI 3.1. */
export interface OpenApi {
  /** The version of OpenAPI. */
  readonly openapi: "3.1.0";
  /** What is described. */
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  /** What is answered, by path and method. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What the paths refer to. */
  readonly components: {
    /** JSON schemas by name. */
    readonly schemas: Readonly<Record<string, unknown>>;
    /** How requests prove that they may ask. */
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
  /** What is asked of requests: the token or, where the service has none, nothing. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
}

const text: Schema = { type: "string" };
const number: Schema = { type: "number" };
const count: Schema = { type: "integer", minimum: 0 };
const numbers: Schema = { type: "array", items: number };
const byNotion: Schema = { type: "object", additionalProperties: number };
const weights: Schema = { type: "object", additionalProperties: { type: "number", minimum: 0 } };
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const listOf = (items: Schema): Schema => ({ type: "array", items });

/** An object of exactly these properties; those of `optional` may be left out. */
function object(required: Record<string, Schema>, optional: Record<string, Schema> = {}): Schema {
  return {
    type: "object",
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

const base64: Schema = { ...text, contentEncoding: "base64", description: "an image file" };
const galleryName: Schema = { ...text, description: "the name of an image that is searched" };

const images: Record<string, Schema> = {
  name: galleryName,
  image: base64,
  images: {
    type: "array",
    minItems: 1,
    items: { oneOf: [object({ name: galleryName }), object({ image: base64 })] },
  },
};

const searchOptions: Record<string, Schema> = {
  notion: { ...text, description: "compare by one notion" },
  mix: { ...weights, description: "compare by several notions, with weights" },
  like: { ...weights, description: "notions to be like by" },
  unlike: { ...weights, description: "with like: notions to be unlike by" },
  raw: { type: "boolean", default: false, description: "do not balance the notions" },
  where: { ...listOf(text), description: "conditions, such as gender=women or heel<=2.5" },
  k: { type: "integer", minimum: 1, default: 10, description: "how many hits at most" },
  combine: { enum: ["mean", "all"], default: "mean", description: "how several images count" },
};

const chance: Schema = { type: ["number", "null"] };

const hit = (value: "distance" | "score"): Schema =>
  object({
    name: text,
    index: count,
    [value]: number,
    parts: byNotion,
    shares: byNotion,
    dimensions: listOf(object({ dimension: count, share: number })),
    query: count,
  }, {
    chances: {
      type: "object",
      additionalProperties: object({}, { nearer: chance, same: chance }),
    },
  });

const schemas: Record<string, Schema> = {
  Hit: { anyOf: [hit("distance"), hit("score")] },
  Neighbours: object({
    images: listOf(text),
    where: listOf(object({
      column: text,
      operator: { enum: ["=", "!=", "<", "<=", ">", ">="] },
      values: listOf(text),
    })),
    hits: listOf(ref("Hit")),
    by: listOf(object({ notion: text, weight: number, scale: { type: ["number", "null"] } })),
    combine: { enum: ["mean", "all", null] },
    compared: count,
    among: count,
  }, { notion: text, mix: weights, like: weights, unlike: weights }),
  Embeddings: object({
    dimension: count,
    embeddings: listOf(object({ name: text, embedding: numbers })),
  }),
  Notions: object({
    notions: listOf(object({ name: text, mask: numbers })),
    dimension: count,
    images: count,
    columns: { type: ["array", "null"], items: text },
  }),
  Health: object({ status: { enum: ["ok"] } }),
  Error: object({ error: text }),
  AskNeighbours: object({}, { ...images, ...searchOptions }),
  AskEmbeddings: object({}, images),
};

/** What an option is in a query: weights and numbers are written as text. */
function parameter([name, { description = "", ...schema }]: [string, Schema]): Parameter {
  const isWeights = ["mix", "like", "unlike"].includes(name);
  return {
    name,
    in: "query",
    description: isWeights ? `${description}: heel=0.7,colour=0.3` : description,
    schema: isWeights ? text : schema,
    ...name === "where" ? { explode: true } : {},
  };
}

const form = (options: Record<string, Schema>): Schema => ({
  type: "object",
  properties: {
    image: { type: "array", items: {}, description: "one file or several" },
    ...Object.fromEntries(Object.keys(options).map((name) => [name, text])),
  },
});

function body(json: string, options: Record<string, Schema>) {
  return {
    required: true,
    content: {
      "image/*": {},
      "multipart/form-data": { schema: form(options) },
      "application/json": { schema: ref(json) },
    },
  };
}

function answers(schema: string, refusals: Readonly<Record<string, string>>) {
  const refused = Object.entries(refusals).map(([status, description]): [string, Answer] => [
    status,
    {
      description,
      content: { "application/json": { schema: ref("Error") } },
      ...status === "503" ? { headers: { "Retry-After": { schema: count } } } : {},
    },
  ]);
  return {
    "200": {
      description: "the answer",
      content: { "application/json": { schema: ref(schema) } },
    },
    ...Object.fromEntries(refused),
  };
}

const always = {
  "401": "the token is missing or wrong",
  "403": "the Host header names another host",
  "503": "the service is ending, or the database of its images cannot be used for now",
};

const ofImages = {
  ...always,
  "400": "the body cannot be read",
  "404": "no image that is searched has this name",
  "408": "the body came too slowly",
  "413": "the body or an image is too large",
  "415": "the body is of another type",
  "422": "what is asked cannot be: a notion, weights, a condition, an image that cannot be decoded",
  "503": "the service is busy or ending, or the database of its images cannot be used for now",
};

const operations: Record<string, Record<string, Operation>> = {
  "/neighbours": {
    post: {
      summary: "the images that are nearest to one or several by a notion or a mixture of notions",
      parameters: Object.entries(searchOptions).map(parameter),
      requestBody: body("AskNeighbours", searchOptions),
      responses: answers("Neighbours", ofImages),
    },
  },
  "/embed": {
    post: {
      summary: "the unmasked embeddings of images",
      requestBody: body("AskEmbeddings", {}),
      responses: answers("Embeddings", ofImages),
    },
  },
  "/notions": {
    get: {
      summary: "the notions with their masks, and the columns that conditions may name",
      responses: answers("Notions", always),
    },
  },
  "/healthz": {
    get: {
      summary: "whether the service answers",
      security: [],
      responses: answers("Health", { "403": always["403"], "503": always["503"] }),
    },
  },
  "/openapi.json": {
    get: {
      summary: "this description",
      responses: {
        ...answers("Error", always),
        "200": {
          description: "the answer",
          content: { "application/json": { schema: { type: "object" } } },
        },
      },
    },
  },
};

/** What a service answers, for programs: OpenAPI 3.1. */
export const openApi: OpenApi = {
  openapi: "3.1.0",
  info: {
    title: "csn",
    version,
    description:
      "Images embedded once, compared by notion. Options of a search stand in the JSON " +
      "body, or after the path where the body is an image or a form.",
  },
  paths: operations,
  components: {
    schemas,
    securitySchemes: { token: { type: "http", scheme: "bearer" } },
  },
  security: [{}, { token: [] }],
};
