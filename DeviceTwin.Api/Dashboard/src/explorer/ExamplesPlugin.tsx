import { type GraphiQLPlugin, useGraphiQLActions, useGraphiQL } from "@graphiql/react";
import { examples, nameOf } from "./examples";

const Examples = () => {
  const actions = useGraphiQLActions();
  const editor = useGraphiQL((state) => state.queryEditor);
  // They come after the page: until both are there, an example or its run would be lost without a word.
  const isReady = useGraphiQL((state) => state.queryEditor !== undefined && state.responseEditor !== undefined);
  return (
    <section aria-label="Examples">
      <h2 className="graphiql-doc-explorer-title">Examples</h2>
      {[...new Set(examples.map((example) => example.chapter))].map((chapter) => (
        <div key={chapter}>
          <h3>{chapter}</h3>
          <ul className="examples">
            {examples
              .filter((example) => example.chapter === chapter)
              .map((example) => (
                <li key={example.query}>
                  <button
                    type="button"
                    className="graphiql-un-styled"
                    disabled={!isReady}
                    onClick={() => {
                      if (editor?.getValue().trim() !== "") {
                        actions.addTab();
                      }
                      editor?.setValue(example.query);
                    }}
                  >
                    {nameOf(example)}
                  </button>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </section>
  );
};

const Icon = () => (
  <svg
    viewBox="0 0 16 16"
    width="16"
    height="16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.5"
    aria-hidden="true"
  >
    <path d="M2 3h12M2 8h12M2 13h8" />
  </svg>
);

/** The requests of the API guide, to open and run. */
export const examplesPlugin: GraphiQLPlugin = { title: "Examples", icon: Icon, content: Examples };
