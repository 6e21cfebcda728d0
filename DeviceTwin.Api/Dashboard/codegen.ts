import type { CodegenConfig } from "@graphql-codegen/cli";

// A change of the schema that breaks a page breaks its build.
const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: ["src/**/*.{ts,tsx}", "!src/generated/**"],
  generates: {
    "./src/generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        scalars: { DateTime: "string", JSON: "unknown", Long: "number" },
        enumsAsTypes: true,
        useTypeImports: true,
      },
    },
  },
};

export default config;
