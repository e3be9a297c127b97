// Which operations of a client a schema would break: node check.mjs SCHEMA FILE… names each, with what is wrong.
import { readFileSync } from "node:fs";
import { buildSchema, Kind, parse, validate, visit } from "graphql";

const [schemaFile, ...files] = process.argv.slice(2);
const schema = buildSchema(readFileSync(schemaFile, "utf8"));
const definitions = files.flatMap((file) =>
  parse(readFileSync(file, "utf8")).definitions.map((definition) => ({ file, definition })),
);
const fragments = new Map(
  definitions.filter(({ definition }) => definition.kind === Kind.FRAGMENT_DEFINITION).map(({ definition }) => [definition.name.value, definition]),
);

/** An operation with the fragments that it uses, directly or through others. */
function whole(operation) {
  const used = new Set();
  const follow = (node) =>
    visit(node, {
      FragmentSpread({ name: { value } }) {
        const fragment = fragments.get(value);
        if (fragment && !used.has(fragment)) {
          used.add(fragment);
          follow(fragment);
        }
      },
    });
  follow(operation);
  return { kind: Kind.DOCUMENT, definitions: [operation, ...used] };
}

const operations = definitions.filter(({ definition }) => definition.kind === Kind.OPERATION_DEFINITION);
for (const { file, definition } of operations) {
  for (const { message } of validate(schema, whole(definition))) {
    console.log(`${file}: ${definition.operation} ${definition.name.value}: ${message}`);
    process.exitCode = 1;
  }
}
if (operations.length === 0) {
  console.log("there are no operations to check");
  process.exitCode = 1;
}
