// Relay takes what `extend type` adds for fields of the client's own, so that it gets the schema with everything in its place.
import { readFile, writeFile } from "node:fs/promises";
import { buildSchema, printSchema } from "graphql";

const schema = buildSchema(await readFile(new URL("../../schema.graphqls", import.meta.url), "utf8"));
await writeFile(new URL("schema.graphql", import.meta.url), printSchema(schema));
