import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: process.env["SCHEMA"] ?? "../../schema.graphqls",
  documents: "src/*.graphql",
  generates: {
    [process.env["OUT"] ?? "src/generated/"]: {
      preset: "client",
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: "sha256" } }, // a manifest for AUTHGRAPH_TRUSTED_DOCUMENTS
      config: {
        useTypeImports: true,
        enumType: "const",
        strictScalars: true,
        scalars: {
          DateTime: "string", // RFC 3339, UTC
          Duration: "string", // "90s", "10m"
          EmailAddress: "string",
          JSON: "unknown",
        },
      },
    },
  },
};

export default config;
