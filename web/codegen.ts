import type { CodegenConfig } from "@graphql-codegen/cli";

// Types and documents of the console's operations, from the schema of the server.
const scalars = { ID: "string", DateTime: "string", Duration: "string", EmailAddress: "string", JSON: "unknown" };

const config: CodegenConfig = {
  schema: "../schema.graphqls",
  documents: "console/src/operation/*.graphql",
  generates: {
    "console/src/generated/schema.ts": {
      plugins: ["typescript"],
      config: { onlyOperationTypes: true, enumsAsTypes: true, disableDescriptions: true, strictScalars: true, scalars },
    },
    "console/src/generated/operation.ts": {
      plugins: ["typescript-operations", "typed-document-node"],
      config: {
        documentMode: "documentNode",
        optimizeDocumentNode: true,
        nonOptionalTypename: true,
        skipTypeNameForRoot: true,
        enumType: "string-literal",
        strictScalars: true,
        useTypeImports: true,
        disableDescriptions: true,
        documentNodeImport: "@apollo/client#TypedDocumentNode",
        importSchemaTypesFrom: "console/src/generated/schema.ts",
        scalars,
      },
    },
  },
};

export default config;
