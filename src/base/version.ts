import configuration from "../../deno.json" with { type: "json" };

/** Version of csn. */
export const version: string = configuration.version;
