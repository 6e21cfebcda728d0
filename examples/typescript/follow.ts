// Follows what happens to an organization's devices, and misses nothing while it is away.
//
// usage: npm start -- <address> <organization> <cursor file>      a token, where one is asked for: TOKEN

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const query = `
  subscription Follow($organization: String!, $after: String) {
    deviceChanged(organizationId: $organization, after: $after) { cursor at by kinds deviceId }
  }
`;

interface Answer {
  deviceChanged: { cursor: string; at: string; by: string; kinds: string[]; deviceId: string };
}

const longestPause = 30_000;
const notAuthenticated = 4401;

const [address, organization, cursorFile] = process.argv.slice(2);
if (address === undefined || organization === undefined || cursorFile === undefined) {
  console.error("usage: npm start -- <address> <organization> <cursor file>");
  process.exit(1);
}

const client = createClient({
  url: `${address.replace(/\/$/, "").replace(/^http/, "ws")}/graphql`,
  webSocketImpl: WebSocket,
  // Read for each connection: a token may have been renewed.
  connectionParams: () => (process.env.TOKEN === undefined ? {} : { Authorization: `Bearer ${process.env.TOKEN}` }),
  keepAlive: 15_000,
  // What is subscribed to again starts at another cursor: the loop below does it.
  retryAttempts: 0,
});

let after = existsSync(cursorFile) ? readFileSync(cursorFile, "utf8") : null;
let pause = 200;
for (;;) {
  try {
    for await (const { data, errors } of client.iterate<Answer>({ query, variables: { organization, after } })) {
      pause = 200;
      if (errors?.[0]?.extensions?.code === "CURSOR_EXPIRED") {
        console.log("What happened since was kept no longer: read the devices anew.");
        rmSync(cursorFile, { force: true });
        after = null;
        break;
      }
      if (data == null) {
        throw new Error(errors?.[0]?.message ?? "There was no answer.");
      }
      const { at, deviceId, kinds, by, cursor } = data.deviceChanged;
      console.log(`${at} ${deviceId} ${kinds.join(",")} by ${by}`);
      // Kept once it is dealt with: what was under way at a crash comes again.
      after = cursor;
      writeFileSync(`${cursorFile}.partial`, cursor);
      renameSync(`${cursorFile}.partial`, cursorFile);
    }
  } catch (lost) {
    if (lost instanceof Object && "code" in lost && lost.code === notAuthenticated) {
      console.error("The service does not take the token.");
      process.exit(1);
    }
    console.error(`Again in ${pause} ms`);
  }
  await wait(pause);
  pause = Math.min(longestPause, pause * 2);
}
