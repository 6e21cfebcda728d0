// How many frames a second the dashboard shows, from Chromium's own trace:
//   npm run frames -- http://localhost:8040 [seconds]
import { chromium } from "playwright-core";

const [address = "http://localhost:8040", seconds = "10"] = process.argv.slice(2);
const time = Number(seconds) * 1000;
const executablePath = process.env.DEVICETWIN_TEST_CHROMIUM ?? "/usr/bin/chromium";

/** The instants (ms) at which frames came to the screen. */
const framesOf = async (page, act) => {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  await session.send("Tracing.start", {
    categories: "disabled-by-default-devtools.timeline.frame,devtools.timeline.frame",
  });
  await act();
  const isComplete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await isComplete;
  return events.filter((event) => event.name === "DrawFrame").map((event) => event.ts / 1000);
};

const tell = (name, instants) => {
  const sorted = instants.toSorted((one, other) => one - other);
  const gaps = sorted
    .slice(1)
    .map((at, index) => at - sorted[index])
    .toSorted((one, other) => one - other);
  const span = sorted.at(-1) - sorted[0];
  const at = (share) => gaps[Math.floor((gaps.length - 1) * share)].toFixed(1);
  console.log(
    `${name}: ${((1000 * gaps.length) / span).toFixed(1)} frames a second; a frame took ${at(0.5)} ms (median), ${at(0.99)} ms (99 of 100), ${at(1)} ms (longest)`,
  );
};

// Something moves all the time, so that Chromium has a frame to draw at each moment that it can.
const keepMoving = () => {
  const dot = document.createElement("div");
  dot.style.cssText = "position:fixed;right:0;bottom:0;width:4px;height:4px;background:gray";
  document.body.append(dot);
  const move = (now) => {
    dot.style.transform = `translateX(${-(now / 50) % 40}px)`;
    requestAnimationFrame(move);
  };
  requestAnimationFrame(move);
};

const scroll = (pixelsPerSecond) => {
  const table = document.querySelector("[role=table]");
  const began = performance.now();
  const step = (now) => {
    table.scrollTop = ((now - began) / 1000) * pixelsPerSecond;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
};

const browser = await chromium.launch({ executablePath, chromiumSandbox: false });
const page = await browser.newPage({ viewport: { width: 1366, height: 860 } });
for (const [name, path, act] of [
  ["Fleet", "/", undefined],
  ["Devices", "/devices", undefined],
  ["Devices, scrolled", "/devices", () => page.evaluate(scroll, 2400)],
]) {
  await page.goto(new URL(path, address).href);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.waitForTimeout(2000);
  await page.evaluate(keepMoving);
  await act?.();
  tell(name, await framesOf(page, () => page.waitForTimeout(time)));
}
await browser.close();
