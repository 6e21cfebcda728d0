import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import "./explorer.css";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { GraphiQL } from "graphiql";
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { examples } from "./examples";
import { examplesPlugin } from "./ExamplesPlugin";
import { createFetcher, type Stream } from "./fetcher";

// The fetcher stays the same whatever is chosen: another one would read the schema anew.
const chosen: { stream: Stream } = { stream: "WebSocket" };
const fetcher = createFetcher(() => chosen.stream);
const plugins = [examplesPlugin, explorerPlugin(), HISTORY_PLUGIN];

const Explorer = () => {
  const [stream, setStream] = useState(chosen.stream);
  return (
    <GraphiQL fetcher={fetcher} plugins={plugins} defaultQuery={examples[0]?.query ?? ""} shouldPersistHeaders={false}>
      <GraphiQL.Logo>
        <a href="/">Device Twin</a>
      </GraphiQL.Logo>
      <GraphiQL.Footer>
        <label className="stream">
          Subscriptions over{" "}
          <select
            value={stream}
            onChange={(event) => {
              chosen.stream = event.currentTarget.value as Stream;
              setStream(chosen.stream);
            }}
          >
            <option>WebSocket</option>
            <option>Server-Sent Events</option>
          </select>
        </label>
      </GraphiQL.Footer>
    </GraphiQL>
  );
};

const root = document.getElementById("root");
if (root === null) {
  throw new Error("The page has no place for the explorer.");
}
createRoot(root).render(
  <StrictMode>
    <Explorer />
  </StrictMode>,
);
